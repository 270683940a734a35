import type { ExperimentResults } from '../experiment-results';
import { type Html, html, type Part, plain } from '../html';
import { labelOf } from '../layout';
import { digits } from '../quantity';
import { isNotVisited } from '../ramp';
import { list, table } from './parts';

/** What was expected, and what limits the trust in the figures. */

export function expectations({ expect, cells }: ExperimentResults): Html | undefined {
  if (expect.length === 0) return undefined;
  const of = (id: string | undefined) => labelOf(cells.find((cell) => cell.id === id)?.values ?? {});
  const signs: { readonly [outcome: string]: string } = { met: 'better', 'not met': 'worse' };
  return html`<section id="expectations"><h2>Expectations</h2>
<div class="card">${table(
    'What the experiment file expects',
    [{ name: 'Expected' }, { name: 'Of' }, { name: 'Outcome' }, { name: 'Measured' }],
    expect.map(({ text, outcome, got, cell }) => ({
      cells: [text, of(cell), html`<span class="${signs[outcome]}">${outcome}</span>`, got],
    })),
  )}</div></section>
`;
}

export function flags({ cells }: ExperimentResults): Html | undefined {
  const flagged = cells.flatMap(({ values, flags }) => flags.map(({ kind, text }) => ({ cells: [labelOf(values), kind, text] })));
  return html`<section id="flags"><h2>Flags</h2>
${
  flagged.length === 0
    ? html`<p>No figure is flagged.</p>`
    : html`<div class="card">${table('What may explain a figure, or limit what it means', [{ name: 'Cell' }, { name: 'Flag' }, { name: 'Reason' }], flagged)}</div>`
}</section>
`;
}

export function missing({ cells, missing, broken }: ExperimentResults): Html | undefined {
  const incomplete = cells.filter((cell) => !cell.complete && !isNotVisited(cell));
  if (incomplete.length + missing.length + broken.length === 0)
    return html`<section id="missing"><h2>Missing</h2><p>Nothing is missing.</p></section>
`;
  return html`<section id="missing"><h2>Missing</h2>
<div class="card">${
    incomplete.length > 0 &&
    table(
      'Incomplete cells: they are shown and do not rank',
      [{ name: 'Cell' }, { name: 'Reason' }],
      incomplete.map(({ values, why }) => ({ cells: [labelOf(values), why.join('; ')] })),
    )
  }${
    missing.length > 0 &&
    table(
      'Missing records',
      [{ name: 'Group' }, { name: 'VM' }, { name: 'Trial' }, { name: 'Reason' }],
      missing.map(({ group, vm, trial, why }) => ({ cells: [group, vm ?? 'all', trial ?? 'all', why] })),
    )
  }${
    broken.length > 0 &&
    table(
      'Records that do not count',
      [{ name: 'Place' }, { name: 'Reason' }],
      broken.map(({ place, why }) => ({ cells: [place, why] })),
    )
  }</div></section>
`;
}

/** Folder of a run that has the records. */
const RECORDS = 'groups';

/** What takes time until a VM can work, in the order in which it happens. */
const STEPS = ['provisioning', 'attach', 'start', 'boot'] as const;

interface Ready {
  readonly place: readonly string[];
  readonly seconds: { readonly [step: string]: number };
}

/** How long VMs took until they could be measured, if the facts of the run have it. */
export function readiness({ cells, facts }: ExperimentResults): Html | undefined {
  const found = readyTimes(facts, []);
  if (found.length === 0) return undefined;
  const steps = STEPS.filter((step) => found.some(({ seconds }) => seconds[step] !== undefined));
  const groups = new Map<string, Ready[]>();
  for (const each of found) {
    const group = each.place.find((part) => cells.some((cell) => cell.group === part)) ?? '';
    groups.set(group, [...(groups.get(group) ?? []), each]);
  }
  return html`<section id="ready"><h2>Times until ready</h2>
<div class="card">${table(
    'Seconds of the VMs of a group: median, and the longest one',
    [{ name: 'Group' }, { name: 'VMs', isNumber: true }, ...steps.map((name) => ({ name, isNumber: true }))],
    [...groups].map(([group, own]) => ({
      cells: [group || 'all', own.length, ...steps.map((step) => secondsOf(own.flatMap(({ seconds }) => seconds[step] ?? [])))],
    })),
  )}</div></section>
`;
}

/** The objects of the facts that have a duration. Facts have any depth, and a place is the keys on the way. */
function readyTimes(facts: unknown, place: readonly string[]): readonly Ready[] {
  if (facts === null || typeof facts !== 'object' || place.length > 6) return [];
  const seconds = Object.fromEntries(
    Object.entries(facts).filter(([key, value]) => (STEPS as readonly string[]).includes(key) && typeof value === 'number'),
  );
  if (Object.keys(seconds).length > 0) return [{ place, seconds }];
  return Object.entries(facts).flatMap(([key, value]) => readyTimes(value, [...place, key]));
}

function secondsOf(seconds: readonly number[]): string {
  const sorted = [...seconds].sort((a, b) => a - b);
  if (sorted.length === 0) return '–';
  return `${digits(sorted[sorted.length >> 1] as number)} (${digits(sorted.at(-1) as number)})`;
}

export function provenance({ plan, tuning, facts, cells, records }: ExperimentResults): Html {
  return html`<section id="provenance"><h2>Where the figures come from</h2>
<div class="card"><p>Plan: <code>${plan}</code></p>${tuning !== undefined && html`<p>Tuning: ${tuning}</p>`}${
    facts !== undefined && html`<details><summary>Facts of the run</summary><pre>${JSON.stringify(facts, null, 2)}</pre></details>`
  }<details class="records"><summary>Records of each cell</summary>${cells.map(
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
