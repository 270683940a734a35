import { type Html, html, type Part } from '../html';
import type { Subject } from '../layout';
import { colorOf, dashOf, symbolOf } from './draw';

/** Parts that several sections of a page have. */

export interface Column {
  readonly name: Part;
  readonly isNumber?: boolean;
}

/**
 * A table that scrolls in itself if it is wider than the screen. The first cell of a row is its heading.
 * @param className stacked: on a narrow screen, each cell is a line that begins with the name of its column
 */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly { readonly class?: string; readonly cells: readonly Part[] }[],
  className = '',
): Html {
  const kind = (index: number) => (columns[index]?.isNumber ? html` class="number"` : undefined);
  return html`<p class="caption">${caption}</p><div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table${className !== '' && html` class="${className}"`} aria-label="${caption}"><thead><tr>${columns.map(
    ({ name }, index) => html`<th scope="col"${kind(index)}>${name}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ({ class: rowClass, cells }) =>
      html`<tr${rowClass !== undefined && html` class="${rowClass}"`}>${cells.map((cell, index) =>
        index === 0 ? html`<th scope="row">${cell}</th>` : html`<td${kind(index)}${columnLabel(columns[index]?.name)}>${cell}</td>`,
      )}</tr>`,
  )}</tbody></table></div>
`;
}

/** The name of a column as an attribute of its cells, for the style of stacked tables. */
export function columnLabel(name: Part): Part {
  return typeof name === 'string' && name !== '' && html` data-label="${name}"`;
}

export function card(title: Part, note: Part, ...content: readonly Part[]): Html {
  return html`<section class="card"><h4>${title} <small>${note}</small></h4>${content}</section>
`;
}

export function grid(cards: readonly Part[]): Html {
  return html`<div class="grid">${cards}</div>
`;
}

const MARKS: { readonly [symbol: string]: string } = {
  circle: 'M13,2A4,4 0 1 1 12.9,2Z',
  square: 'M9,2H17V10H9Z',
  triangle: 'M13,1L18,10H8Z',
  diamond: 'M13,1L18,6L13,11L8,6Z',
  cross: 'M11.5,2H14.5V4.5H17V7.5H14.5V10H11.5V7.5H9V4.5H11.5Z',
  star: 'M13,0L14.5,4.5H19L15.5,7L17,11.5L13,9L9,11.5L10.5,7L7,4.5H11.5Z',
};

/** The line and the symbol of each subject. */
export function legend(subjects: readonly Subject[], shown: readonly number[]): Html {
  return html`<ul class="legend">${shown.map((index) => {
    const color = colorOf(index);
    const dash = dashOf(index);
    return html`<li><svg class="swatch" viewBox="0 0 26 12" aria-hidden="true"><path d="M0,6H26" stroke="${color}" stroke-width="2"${
      dash !== undefined && html` stroke-dasharray="${dash}"`
    }/><path d="${MARKS[symbolOf(index)]}" fill="${color}" stroke="${color}"/></svg>${subjects[index]?.label}</li>`;
  })}</ul>`;
}

/** A bar of 0 to 100. */
export function bar(share: number): Html {
  return html`<svg class="inline bar" viewBox="0 0 110 12" preserveAspectRatio="none" aria-hidden="true"><rect width="110" height="12" fill="var(--line)"/><rect width="${(1.1 * Math.min(100, Math.max(0, share))).toFixed(1)}" height="12" fill="var(--c0)"/></svg>`;
}

/** An interval of ranks among all ranks. */
export function rankStrip([from, to]: readonly [number, number], count: number): Html {
  const at = (rank: number) => (count < 2 ? 55 : 8 + (94 * (rank - 1)) / (count - 1)).toFixed(1);
  const ranks = count <= 20 ? Array.from({ length: count }, (_, index) => index + 1) : [1, count];
  return html`<svg class="inline rank" viewBox="0 0 110 12" aria-hidden="true">${ranks.map(
    (rank) => html`<circle cx="${at(rank)}" cy="6" r="1.5" fill="var(--dim)"/>`,
  )}<path class="rank-interval" d="M${at(from)},6H${at(to)}" stroke="var(--c0)" stroke-width="6" stroke-linecap="round"/></svg>`;
}

export function list(items: readonly Part[]): Html {
  return html`<ul class="plain">${items.map((item) => html`<li>${item}</li>`)}</ul>
`;
}
