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
