import { compareRuns } from '../../../src/report/compare-runs';
import { comparisonPage } from '../../../src/report/page/comparison';
import { BROWSER, seen } from '../../support/browser';
import { namedRun, week } from '../../support/compared-runs';
import { needs } from '../../support/tools';

jest.setTimeout(120_000);

function textOf(page: string): string {
  return page
    .replace(/<style>.*?<\/style>/gs, '')
    .replace(/<svg[^>]*>.*?<\/svg>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

test('says what each run shows, in the order of the runs', () => {
  const page = comparisonPage(week());
  expect(page.match(/<div class="answer">.*?<\/div>/s)?.[0].match(/<p>[^<]*/g)).toEqual([
    '<p>tuesday: no difference from monday is shown in 8 figures.',
    '<p>wednesday is worse than monday in 4 of 8 figures and better in none.',
    '<p>thursday is better than monday in 4 of 8 figures and worse in none.',
    '<p>friday: no difference from monday is shown in 8 figures.',
  ]);
  expect(textOf(page)).toMatch(
    /rbd, random IOPS, more is better 2[34]\.\d k IOPS 2[34]\.\d k IOPS (?:0\.99|1\.0\d)× \[\d\.\d\d, \d\.\d\d\] no difference shown 1[67]\.\d k IOPS 0\.\d\d× \[0\.\d\d, 0\.\d\d\] ▼ worse/,
  );
});

test('runs are compared with any of them', () => {
  const runs = [namedRun('before', 1, 1), namedRun('after', 1.5, 2)];
  const text = textOf(comparisonPage(compareRuns(runs, runs[1])));
  expect(text).toContain('before is worse than after in 4 of 8 figures and better in none.');
  expect(text).toContain('Ratios are to after.');
  expect(text).toContain('2. after (baseline)');
});

test('a run without cells in common has its own figures, and nothing is compared', () => {
  const other = namedRun('other', 1, 2, { name: 'nightly', settings: { storage: ['nfs'] }, repeats: 3 });
  const text = textOf(comparisonPage(compareRuns([namedRun('one', 1, 1), other])));
  expect(text).toContain('other has no figure to compare with one.');
  expect(text).toContain('1 cell of other has no counterpart in one');
  expect(text).toMatch(/<?nfs IOPS, more is better not measured \d/);
});

test('one repeat decides nothing, and an incomplete cell is marked', () => {
  const shape = { settings: { storage: ['rbd'] }, repeats: 1 };
  const text = textOf(comparisonPage(compareRuns([namedRun('one', 1, 1, shape), namedRun('two', 1, 2, shape)])));
  expect(text).toContain('two: nothing is decided against one, in 2 figures.');
  expect(text).toContain('not decided: one repeat');
  const { results } = namedRun('three', 1, 3);
  const cells = results.cells.map((cell, index) => (index === 0 ? { ...cell, complete: false, why: ['repeat 1: no record'] } : cell));
  const incomplete = { name: 'three', results: { ...results, cells } };
  expect(textOf(comparisonPage(compareRuns([namedRun('one', 1, 1), incomplete])))).toContain('(incomplete)');
});

test('shows when runs began, and their tuning', () => {
  const [one, two] = [namedRun('one', 1, 1), namedRun('two', 1, 2)];
  const facts = { schema: 'virtwork.facts/1' as const, groups: { g: { started: '2026-01-02T03:04:05.000Z', seconds: 1, vms: {} } } };
  const text = textOf(comparisonPage(compareRuns([one, { ...two, results: { ...two.results, tuning: 'bluefs-2', facts } }])));
  expect(text).toContain(
    'Run Experiment Tuning Began Complete cells 1. one (baseline) nightly – – 4 of 4 2. two nightly bluefs-2 2026-01-02 03:04 UTC 4 of 4',
  );
});

test('names of runs and cells are text, not markup', () => {
  const shape = { name: '<img src=x>', settings: { storage: ['<script>alert(1)</script>'] }, repeats: 2 };
  const page = comparisonPage(compareRuns([namedRun('"><script>', 1, 1, shape), namedRun('b', 1, 2, shape)]));
  expect(page).toContain('&lt;script&gt;');
  expect(page).not.toMatch(/<script|<img/);
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

test('of many figures, the first table has those that differ; the first sections have charts', () => {
  const shape = { settings: { storage: Array.from({ length: 70 }, (_, index) => `class-${index}`) }, repeats: 2 };
  const page = comparisonPage(compareRuns([namedRun('one', 1, 1, shape), namedRun('two', 1, 2, shape)]));
  expect(textOf(page)).toMatch(/The first \d+ of 140 figures in which a run differs from the baseline/);
  expect(textOf(page)).toContain('Only the first 60 parts have charts.');
  expect(page.match(/<h3>class-/g)).toHaveLength(70);
  expect(page.match(/role="img"/g)).toHaveLength(120);
});

needs(BROWSER)('each figure has a chart over the runs, with intervals and the line of the baseline', () => {
  expect(seen(comparisonPage(week()), 'trends')).toEqual({
    answers: 4,
    parts: 4,
    charts: 8,
    means: 40,
    intervals: 40,
    lines: 8,
    baselines: 8,
    ticks: '1 2 3 4 5',
    requests: 0,
    scripts: 0,
    unnamed: 0,
  });
});

needs(BROWSER).each([360, 1280])('nothing is wider than a window of %d pixels', (width) => {
  const long = compareRuns([namedRun('runs/nightly/2026-01-02T030405-with-a-long-name', 1, 1), namedRun('b', 1, 2)]);
  for (const page of [week(), long].map(comparisonPage))
    expect(seen(page, 'overflow', { width })).toEqual({ width, window: width, wide: [] });
});

needs(BROWSER).each([false, true])('all text, lines and dots have enough contrast; dark: %s', (dark) => {
  expect(seen(comparisonPage(week()), 'faint', { dark })).toMatchObject({ found: [] });
});
