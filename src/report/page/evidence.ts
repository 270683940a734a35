import { simpleStatistics } from '../../statistics/libraries';
import type { Expectation, ExperimentResults } from '../experiment-results';
import { flagRows, incompleteRows, limited, missingRows } from '../gaps';
import { type Html, html, type Part, plain } from '../html';
import { labelOf } from '../layout';
import { digits } from '../quantity';
import { readyTimes, STEPS } from '../ready';
import { list, table } from './parts';

/** What was expected, and what limits the trust in the figures. */

/** Expectations that are not met come first. */
const OUTCOMES = ['not met', 'not decided', 'met'] as const;
/** Expectations that are shown. The others are folded, and those that are met always are. */
const MOST_OPEN = 12;

export function expectations({ expect, cells }: ExperimentResults): Html | undefined {
  if (expect.length === 0) return undefined;
  const of = (id: string | undefined) => labelOf(cells.find((cell) => cell.id === id)?.values ?? {});
  const signs: { readonly [outcome: string]: string } = { met: 'better', 'not met': 'worse' };
  const rowsOf = (caption: string, rows: readonly Expectation[]) =>
    table(
      caption,
      [{ name: 'Expected' }, { name: 'Of' }, { name: 'Outcome' }, { name: 'Measured' }],
      rows.map(({ text, outcome, got, cell }) => ({
        cells: [text, of(cell), html`<span class="${signs[outcome]}">${outcome}</span>`, got],
      })),
      'stacked',
    );
  const sorted = OUTCOMES.flatMap((outcome) => expect.filter((each) => each.outcome === outcome));
  const open = sorted.filter(({ outcome }) => outcome !== 'met').slice(0, MOST_OPEN);
  const folded = sorted.slice(open.length);
  return html`<section id="expectations"><h2>Expectations</h2>
<div class="card">${open.length > 0 && rowsOf('What the experiment file expects, and is not met or not decided', open)}${
    folded.length > 0 &&
    html`<details><summary>${open.length > 0 && 'Others: '}${outcomeCounts(folded)}</summary>
${rowsOf(open.length > 0 ? 'The other expectations' : 'What the experiment file expects', folded)}</details>`
  }</div></section>
`;
}

/** Such as `2 not decided, 24 met`. */
function outcomeCounts(rows: readonly Expectation[]): string {
  return OUTCOMES.map((outcome) => ({ outcome, count: rows.filter((each) => each.outcome === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${outcome}`)
    .join(', ');
}

export function flags({ cells }: ExperimentResults): Html | undefined {
  const rows = flagRows(cells);
  return html`<section id="flags"><h2>Flags</h2>
${
  rows.length === 0
    ? html`<p>No figure is flagged.</p>`
    : html`<div class="card">${limitedTable('What may explain a figure, or limit what it means', ['Cell', 'Flag', 'Reason'], rows)}</div>`
}</section>
`;
}

export function missing({ cells, missing, broken }: ExperimentResults): Html | undefined {
  const incomplete = incompleteRows(cells);
  if (incomplete.length + missing.length + broken.length === 0)
    return html`<section id="missing"><h2>Missing</h2><p>Nothing is missing.</p></section>
`;
  return html`<section id="missing"><h2>Missing</h2>
<div class="card">${limitedTable('Incomplete cells: they are shown and do not rank', ['Cell', 'Reason'], incomplete)}${limitedTable(
    'Missing records',
    ['Group', 'VM', 'Trial', 'Reason'],
    missingRows(missing),
  )}${limitedTable(
    'Records that do not count',
    ['Place', 'Reason'],
    broken.map(({ place, why }) => [place, why]),
  )}</div></section>
`;
}

/** @returns nothing without rows */
function limitedTable(caption: string, columns: readonly string[], all: readonly (readonly string[])[]): Part {
  const { rows, more } = limited(all);
  return (
    rows.length > 0 && [
      table(
        caption,
        columns.map((name) => ({ name })),
        rows.map((cells) => ({ cells })),
      ),
      more !== undefined && html`<p class="dim">${more}</p>`,
    ]
  );
}

/** Folder of a run that has the records. */
const RECORDS = 'groups';

/** How long VMs took until they could be measured, if the facts of the run have it. */
export function readiness({ facts }: ExperimentResults): Html | undefined {
  const found = [...readyTimes(facts)];
  const steps = STEPS.filter((step) => found.some(([, vms]) => vms.some((times) => times[step] !== undefined)));
  if (found.length === 0) return undefined;
  return html`<section id="ready"><h2>Times until ready</h2>
<div class="card">${table(
    'Seconds of the VMs of a group: median, and the longest one',
    [{ name: 'Group' }, { name: 'VMs', isNumber: true }, ...steps.map((name) => ({ name, isNumber: true }))],
    found.map(([group, vms]) => ({
      cells: [group, vms.length, ...steps.map((step) => secondsOf(vms.flatMap((times) => times[step] ?? [])))],
    })),
  )}</div></section>
`;
}

function secondsOf(seconds: readonly number[]): string {
  if (seconds.length === 0) return '–';
  return `${digits(simpleStatistics().median([...seconds]))} (${digits(Math.max(...seconds))})`;
}

export function provenance({ plan, tuning, facts, cells, records }: ExperimentResults): Html {
  return html`<section id="provenance"><h2>Where the figures come from</h2>
<div class="card"><p>Plan: <code>${plan}</code></p>${tuning !== undefined && html`<p>Tuning: ${tuning}</p>`}${
    facts !== undefined && html`<details><summary>Facts of the run</summary><pre>${JSON.stringify(facts, null, 2)}</pre></details>`
  }<details class="records"><summary>Records of each cell</summary>${cells
    .filter(({ id }) => records[id]?.length)
    .map(
      ({ id, values, group }) =>
        html`<h4>${labelOf(values)} <small>cell ${id}, group ${group}</small></h4>${list((records[id] ?? []).map(recordLink))}`,
    )}</details></div></section>
`;
}

/** A link to a record in the run folder, which is where the page is. Other places are text. */
function recordLink(place: string): Part {
  const all = place.split('/');
  const inside = all.slice(all.lastIndexOf(RECORDS));
  const isInside = inside[0] === RECORDS && place.endsWith('.gz') && !inside.some((part) => part === '' || part === '.' || part === '..');
  if (!isInside) return html`<code>${place}</code>`;
  return html`<a href="${inside.map((part) => encodeURIComponent(plain(part))).join('/')}">${inside.join('/')}</a>`;
}
