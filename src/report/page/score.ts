import type { ExperimentResults } from '../experiment-results';
import { limited } from '../gaps';
import { type Html, html } from '../html';
import { labelOf, metricName } from '../layout';
import { reasonsNamed } from '../messages';
import { digits } from '../quantity';
import { bar, list, rankStrip, table } from './parts';

/** What ranks, with the interval of each rank. */
export function score({ score }: ExperimentResults): Html | undefined {
  if (!score) return undefined;
  const { entries, unranked } = score;
  const parts = entries[0]?.parts ?? [];
  const others = limited(unranked);
  return html`<section id="score"><h2>Score</h2>
<div class="card">${
    entries.length > 0 &&
    table(
      'Each part gives 100 points to the best and a share to the others. The rank is a range: after all that are shown to be better, and before all that are shown to be worse.',
      [
        { name: '' },
        { name: 'Points', isNumber: true },
        { name: '' },
        { name: 'Rank', isNumber: true },
        { name: '' },
        ...parts.map(({ of }) => ({ name: metricName(of), isNumber: true })),
      ],
      entries.map(({ values, points, rank, parts }, index) => ({
        ...(index === 0 ? { class: 'first' } : {}),
        cells: [
          labelOf(values),
          digits(points),
          bar(points),
          rankText(rank),
          rankStrip(rank, entries.length),
          ...parts.map((part) => digits(part.points)),
        ],
      })),
      'ranking stacked',
    )
  }${
    unranked.length > 0 &&
    html`<p>Not ranked:</p>${list([
      ...others.rows.map(({ values, why }) => html`<strong>${labelOf(values)}</strong>: ${reasonsNamed(why)}`),
      ...[others.more ?? []].flat(),
    ])}`
  }</div></section>
`;
}

function rankText([from, to]: readonly [number, number]): string {
  return from === to ? String(from) : `${from} to ${to}`;
}
