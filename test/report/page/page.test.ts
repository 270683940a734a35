import type { ExperimentResults } from '../../../src/report/experiment-results';
import { NOT_MEASURED } from '../../../src/report/messages';
import { pageOf } from '../../../src/report/page/page';
import { experimentResults } from '../../support/experiment-results';

/** The page as text, without what is only in charts. */
function textOf(page: string): string {
  return page
    .replace(/<style>.*?<\/style>/gs, '')
    .replace(/<svg[^>]*>.*?<\/svg>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

test('the page loads nothing, and forbids everything but its own style', () => {
  const page = pageOf(experimentResults());
  expect(page).toContain(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`);
  expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|form|base)\b|\bon\w+=|@import|url\(|\bsrc=/i);
  expect(page.match(/https?:[^"'\s<]*/g) ?? []).toEqual([]);
  expect(page.match(/href="[^"]*"/g)?.filter((each) => !/^href="(#\w|groups\/)/.test(each))).toEqual([]);
});

test('the same results give the same page', () => {
  expect(pageOf(experimentResults())).toBe(pageOf(experimentResults()));
});

const HOSTILE = `</title></text><script>alert(1)</script><img src=x onerror=alert(1)>"'&\u202e\u0000\ud800`;

/** Results of which every string that a user or a guest writes is hostile. */
function hostile(): ExperimentResults {
  const strings = (value: unknown): unknown => {
    if (typeof value === 'string')
      return /^(more|less|params|settings|virtwork|met|better|worse|no |ns$|1\/s$|B\/s$|s$)/.test(value) ? value : value + HOSTILE;
    if (Array.isArray(value)) return value.map(strings);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, strings(each)]));
  };
  return strings(experimentResults()) as ExperimentResults;
}

test('no string of the results becomes markup, also in charts', () => {
  const page = pageOf(hostile());
  expect(page).toContain('&lt;script&gt;');
  expect(page).not.toMatch(/<script|<img/);
  for (const char of ['\u202e', '\u0000', '\ud800']) expect(page).not.toContain(char);
  const tags = (text: string) => [...new Set(text.match(/<\/?[a-z][\w]*/gi) ?? [])].sort();
  expect(tags(pageOf(experimentResults()))).toEqual(expect.arrayContaining(tags(page)));
});

test.each<[string, boolean]>([
  ['groups/a/vm-0/001-x-r1.json.gz', true],
  ['groups/a b/vm&0/001#x.json.gz', true],
  ['../runs/rank/first/groups/a/vm-0/001-x-r1.json.gz', true],
  ['groups/../../etc/passwd.gz', false],
  ['results.gz', false],
  ['javascript:alert(1)//.gz', false],
  ['/etc/shadow.gz', false],
  ['results.gz part 3', false],
])('a record at %s is a link: %s', (place, isLink) => {
  const results = experimentResults();
  const id = results.cells[0]?.id ?? '';
  const page = pageOf({ ...results, records: { [id]: [place] } });
  expect(/<li><a href="groups\/[^"]*gz">/.test(page)).toBe(isLink);
});

test('says what is missing, and why something does not rank', () => {
  const text = textOf(pageOf(experimentResults()));
  expect(text).toContain('Not ranked, because measurements are missing or wrong: cephfs.');
  expect(text).toContain('1 of 9 cells is incomplete.');
  expect(text).toContain('cephfs, log-8k repeat 1: no record (bench-1)');
  expect(text).toContain('the trial has another record, which counts');
  expect(text).toContain('rbd-virt, sequential-1m read-again each block was read 3.2 times on average');
});

test('with a baseline and no score, each class is compared with the baseline', () => {
  const text = textOf(pageOf(experimentResults({ score: false })));
  expect(text).toContain('rbd-virt is better than rbd in 8 of 8 figures and worse in none.');
  expect(text).toContain('cephfs is worse than rbd in 6 of 8 figures and better in none.');
});

/** The first box, with spaces between its parts. */
const boxOf = (results: ExperimentResults) => textOf(/<div class="answer">.*?<\/div>/s.exec(pageOf(results))?.[0] ?? '');

test('the first box has the ratio of each candidate to the baseline, or counts if there are many conditions', () => {
  const one = experimentResults({ jobs: ['random-4k'], incomplete: [] });
  const [better, none, worse] = ['better', 'no difference shown', 'worse'] as const;
  const row = (index: number, verdict: (typeof one.comparisons)[0]['verdict'], ratio: number) => ({
    ...(one.comparisons.filter(({ metric }) => metric === 'iops')[index] as (typeof one.comparisons)[0]),
    ...{ verdict, ratio, low: ratio - 0.05, high: ratio + 0.05 },
  });
  expect(boxOf({ ...one, comparisons: [row(0, better, 1.4), row(1, none, 1.02)] })).toContain(
    'IOPS as a ratio to rbd: rbd-virt : 1.40× [1.35, 1.45], better cephfs : 1.02× [0.97, 1.07], no difference shown',
  );
  expect(boxOf({ ...one, comparisons: [row(0, worse, 0.5)] })).toContain(
    'rbd-virt : 0.50× [0.45, 0.55], worse cephfs : nothing to compare',
  );
  expect(boxOf(experimentResults())).toMatch(/rbd-virt : \S+ \[.*?\], better \(random-4k\); \S+ \[.*?\], better \(sequential-1m\);/);
  const many = { jobs: ['a', 'b', 'c', 'd'], incomplete: [] };
  expect(boxOf(experimentResults(many))).toContain('rbd-virt is better than rbd in 12 of 12 figures and worse in none.');
  expect(boxOf(experimentResults({ ...many, score: false })).match(/rbd-virt is better/g)).toHaveLength(1);
  expect(boxOf({ ...one, comparisons: [] })).not.toContain('ratio');
});

test('no difference at all is the answer, and the ratios follow', () => {
  const results = experimentResults({ jobs: ['random-4k'], incomplete: [], score: false });
  const comparisons = results.comparisons.map((each) => ({ ...each, verdict: 'no difference shown' as const }));
  expect(boxOf({ ...results, comparisons })).toMatch(
    /^ No difference is shown in 6 comparisons with the baseline\. .*IOPS as a ratio to rbd:/,
  );
});

test.each<[string, readonly string[], number[]]>([
  ['the best candidate, if it is better', ['better', 'better'], [1]],
  ['nothing, if no difference is shown', ['no difference shown', 'no difference shown'], []],
  ['nothing, if only another one is worse', ['no difference shown', 'worse'], []],
  ['nothing with one repeat', ['not decided: one repeat', 'not decided: one repeat'], []],
])('in the overview, bold is %s', (_, verdicts, bold) => {
  const results = experimentResults({ jobs: ['random-4k'], incomplete: [] });
  expect(boldOf(results, verdicts)).toEqual(bold);
});

test.each<[string, readonly string[], number[]]>([
  ['all others are worse', ['worse', 'worse'], [0]],
  ['one of the others is not', ['worse', 'no difference shown'], []],
])('in the overview, a baseline with the best mean is bold if %s: %j', (_, verdicts, bold) => {
  // The classes with half of the speed of the first one and less.
  const results = experimentResults({ storage: ['a', 'b', 'c', 'd'], jobs: ['random-4k'], incomplete: [] });
  const cells = results.cells.filter(({ values }) => values.storage !== 'b');
  const comparisons = results.comparisons.filter(({ cell }) => cells.some(({ id }) => id === cell));
  expect(boldOf({ ...results, cells, comparisons }, verdicts)).toEqual(bold);
});

/** Columns of the overview with a bold figure in the row of IOPS, if the others have these verdicts in each row. */
function boldOf(results: ExperimentResults, verdicts: readonly string[]): number[] {
  const others = [...new Set(results.comparisons.map(({ cell }) => cell))];
  const comparisons = results.comparisons.map((each) => ({
    ...each,
    verdict: verdicts[others.indexOf(each.cell)] as (typeof results.comparisons)[0]['verdict'],
  }));
  const row = /<th scope="row">IOPS<.*?<\/tr>/s.exec(pageOf({ ...results, comparisons }))?.[0] ?? '';
  return [...row.matchAll(/<td.*?<\/td>/gs)].flatMap(([cell], index) => (cell.includes('class="best"') ? [index] : []));
}

test('without a baseline, no mean is bold', () => {
  const page = pageOf({ ...experimentResults(), comparisons: [] });
  expect(page).toContain('Mean over the repeats.');
  expect(page).not.toContain('class="best"');
});

const ADJUSTED = 'A verdict allows for the number of rows and for the bins of a percentile, an interval does not';

test('tables with verdicts say that these are adjusted, unless nothing was tested', () => {
  expect(textOf(pageOf(experimentResults())).split(ADJUSTED)).toHaveLength(3);
  expect(textOf(pageOf(experimentResults({ repeats: 1, incomplete: [] })))).not.toContain(ADJUSTED);
});

test('expectations that are not met come first, then those not decided; those that are met are folded', () => {
  const rules = (['met', 'not decided', 'not met', 'met', 'not met'] as const).map((outcome, index) => ({
    text: `rule ${index}`,
    outcome,
    got: '1',
  }));
  const sectionOf = (expectations: ExperimentResults['expect']) =>
    /<section id="expectations">.*?<\/section>/s.exec(pageOf({ ...experimentResults(), expect: expectations }))?.[0] ?? '';
  const [open = '', folded = ''] = sectionOf(rules).split('<details>');
  expect(open.match(/rule \d/g)).toEqual(['rule 2', 'rule 4', 'rule 1']);
  expect(folded.match(/rule \d/g)).toEqual(['rule 0', 'rule 3']);
  expect(folded).toContain('<summary>Others: 2 met</summary>');
  const many = Array.from({ length: 30 }, () => rules).flat();
  expect(
    sectionOf(many)
      .split('<details>')[0]
      ?.match(/rule \d/g),
  ).toHaveLength(12);
  expect(sectionOf(many)).toContain('<summary>Others: 48 not met, 30 not decided, 60 met</summary>');
  const met = sectionOf(rules.filter(({ outcome }) => outcome === 'met'));
  expect(met).toContain('<div class="card"><details><summary>2 met</summary>');
});

test('with neither, the answer is the knee of each curve', () => {
  const results = experimentResults({ storage: ['rbd'], depths: ['1', '4', '16'], jobs: ['random-4k'], incomplete: [], score: false });
  expect(textOf(pageOf({ ...results, expect: [] }))).toMatch(
    /rbd, random-4k has the most throughput for its latency at queue-depth 4: 6\.\d\d k IOPS and a p99 of read latency of \d\.\d\d ms\./,
  );
});

test('one repeat has no interval and decides nothing', () => {
  const text = textOf(pageOf(experimentResults({ repeats: 1, incomplete: [] })));
  expect(text).toContain('With one repeat, no interval is known and nothing is decided.');
  expect(text).toContain('not decided: one repeat');
});

test('times until VMs are ready', () => {
  const vms = {
    'bench-0': { claims: [], phases: {}, node: 'a', provisioning: 12, attach: 3.5, boot: 41 },
    'bench-1': { claims: [], phases: {}, node: 'b', provisioning: 20, attach: 4, boot: 40 },
    'bench-2': { claims: [], phases: {} },
  };
  const groups = { 'rbd-000000': { started: '2026-01-01T00:00:00.000Z', seconds: 60, vms } };
  const text = textOf(pageOf({ ...experimentResults(), facts: { schema: 'virtwork.facts/1', groups } }));
  expect(text).toContain('Group VMs provisioning attach boot rbd-000000 2 16.0 (20.0) 3.75 (4.00) 40.5 (41.0)');
  expect(textOf(pageOf(experimentResults()))).not.toContain('Times until ready');
});

test.each<[string, unknown]>([
  ['no groups', null],
  ['a list of groups', [{ vms: { a: { boot: 'soon' } } }]],
  ['a group without VMs', { g: null }],
  ['a VM that is no object', { g: { vms: { a: 5, b: null } } }],
])('facts that a user has changed have no times: %s', (_, groups) => {
  const facts = { schema: 'virtwork.facts/1', groups } as unknown as NonNullable<ExperimentResults['facts']>;
  expect(textOf(pageOf({ ...experimentResults(), facts }))).not.toContain('Times until ready');
});

test('a ramp shows the band in which expectations change from met to not met', () => {
  const counts = ['1', '2', '4', '8'];
  const results = experimentResults({ storage: ['rbd'], depths: counts, jobs: ['random-4k'], incomplete: [], score: false });
  const outcome = ['met', 'met', 'not decided', 'not met'] as const;
  const page = pageOf({
    ...results,
    axes: results.axes.map((axis) => (axis.name === 'queue-depth' ? { ...axis, kind: 'settings' } : axis)),
    expect: results.cells.map(({ id }, index) => ({ text: 'p99 at most 5 ms', outcome: outcome[index] ?? 'met', got: '4 ms', cell: id })),
  });
  expect(page.match(/class="undecided"/g)).toHaveLength(3);
  expect(page).toContain('<p>rbd, random-4k keeps its limits up to queue-depth 2, and passes one at 8.</p>');
  expect(textOf(page)).toContain('In the shaded range, the limit is neither known to be kept nor known to be passed.');
});

test('a ramp ends where its figure passes the limit; counts that it did not visit are not shown', () => {
  const counts = ['1', '2', '4', '8', '16'];
  const results = experimentResults({ storage: ['rbd'], depths: counts, jobs: ['random-4k'], incomplete: [], score: false });
  const key = 'write-latency.p99';
  // The intervals end 3 % from the mean: 1 is below the limit, 2 may be either, 4 is above it.
  const at = (mean: number) => ({ values: [mean], n: 5, mean, low: mean * 0.97, high: mean * 1.03 });
  const means = [4e6, 5.05e6, 6e6, 7e6];
  const cells = results.cells.map((cell, index) => {
    const mean = means[index];
    if (mean !== undefined) return { ...cell, figures: { ...cell.figures, [key]: at(mean) } };
    return { ...cell, complete: false, why: [`${NOT_MEASURED}4 is beyond the limit`], figures: {}, vms: [], histograms: {}, series: {} };
  });
  const page = pageOf({
    ...results,
    cells,
    axes: results.axes.map((axis) => (axis.name === 'queue-depth' ? { ...axis, kind: 'settings' } : axis)),
    expect: [],
    ramp: { axis: 'queue-depth', steps: [1, 2, 4, 8, 16], counts: [1, 2, 4, 8, 16], until: { of: key, above: 5e6 } },
  });
  expect(page).toContain('<p>rbd, random-4k keeps its limits up to queue-depth 1, and passes one at 4.</p>');
  expect(page.match(/class="limit"/g)).toHaveLength(1);
  expect(page).not.toContain('<summary>queue-depth 16');
  expect(textOf(page)).not.toContain(NOT_MEASURED);
  const counted = results.cells.map(({ id }, index) => ({
    count: 2 ** index,
    cell: id,
    outcome: 'within' as const,
    decided: true,
    rounds: 2,
  }));
  const last = { ...(counted[4] as (typeof counted)[0]), outcome: 'not measured' as const, rounds: 0, why: '8 is beyond the limit' };
  const ramp = { axis: 'queue-depth', steps: [1, 2, 4, 8, 16], counts: [1, 2, 4, 8, 16], until: { of: key, above: 5e6 } };
  const ramps = [{ values: { storage: 'rbd' }, counts: [...counted.slice(0, 2), last] }];
  expect(textOf(pageOf({ ...results, ramp, ramps }))).toContain(
    'rbd: measured at queue-depth 1 (2 times), 2 (2 times). Not measured: 16 (8 is beyond the limit).',
  );
});

test('many sections: the first ones have charts, all have tables', () => {
  const jobs = Array.from({ length: 70 }, (_, index) => `job-${index}`);
  const page = pageOf(experimentResults({ storage: ['a', 'b'], jobs, incomplete: [], repeats: 2, vms: 1 }));
  expect(textOf(page)).toContain('Only the first 60 parts have charts.');
  expect(page.match(/<h3>job-/g)).toHaveLength(70);
  expect(page.length).toBeLessThan(6e6);
});

test('results without any cell are a page', () => {
  const empty = { ...experimentResults(), cells: [], comparisons: [], expect: [], missing: [], broken: [], records: {} };
  const { score: _, ...unscored } = empty;
  expect(textOf(pageOf(unscored))).toContain('0 of 0 cells are complete.');
});
