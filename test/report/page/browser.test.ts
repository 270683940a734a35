import type { ExperimentResults } from '../../../src/report/experiment-results';
import { pageOf } from '../../../src/report/page/page';
import { BROWSER, printed, seen } from '../../support/browser';
import { experimentResults } from '../../support/experiment-results';
import { needs } from '../../support/tools';

jest.setTimeout(120_000);

const rank = () => pageOf(experimentResults());
const depths = () =>
  pageOf(
    experimentResults({ depths: ['1', '4', '16', '64'], jobs: ['random-4k', 'log-8k'], incomplete: ['cephfs/random-4k/64'], score: false }),
  );
const eight = () => experimentResults({ storage: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], incomplete: [] });

needs(BROWSER)('the page shows the answer, ranks, and for each class the mean, interval, repeats, percentiles, VMs and seconds', () => {
  expect(seen(rank(), 'counts')).toEqual({
    answer: 'rbd-virt ranks first, with 98.0 of 100 points.',
    ranks: 2,
    // Three metrics of three classes.
    means: 9,
    intervals: 9,
    repeats: 45,
    baselines: 3,
    // Two histograms.
    percentiles: 6,
    // Two VMs of three classes, and thin lines over time.
    vms: 6,
    medians: 3,
    requests: 0,
    scripts: 0,
    charts: 20,
    unnamed: 0,
  });
});

needs(BROWSER)('queue depths are curves with a knee, without the incomplete cell', () => {
  const shown = seen(depths(), 'curves');
  expect(shown).toEqual({ curves: 3, points: 11, knees: 3, values: '1 4 16 64 1 4 16 64 1 4 16' });
});

needs(BROWSER).each([360, 390, 768, 1280])('nothing is wider than a window of %d pixels', (width) => {
  const long = { storage: ['ocs-storagecluster-ceph-rbd-virtualization-with-a-long-name', 'b', 'c'], incomplete: [] };
  for (const page of [rank(), depths(), pageOf(experimentResults(long))])
    expect(seen(page, 'overflow', { width })).toEqual({ width, window: width, wide: [] });
});

needs(BROWSER).each<[string, ExperimentResults, object]>([
  // Of two classes that rank: 8 cells and 2 charts. Of three jobs with three metrics: a heading, and 4 cells for each metric.
  ['3 classes', experimentResults(), { scrolled: [], cells: 2 * 10 + 3 * (1 + 3 * 4) }],
  ['8 classes', eight(), { scrolled: ['part-1', 'part-2', 'part-3'], cells: 8 * 10 + 3 * (1 + 3 * 9) }],
])('on a phone, all of score and overview can be reached, and tables that scroll show it: %s', (_, results, shown) => {
  expect(seen(pageOf(results), 'tables', { width: 390 })).toEqual({ ...shown, unmarked: [], hidden: [], unnamed: 0 });
});

needs(BROWSER).each([
  ['light', false, 'rgb(246, 247, 249)'],
  ['dark', true, 'rgb(14, 17, 22)'],
])('all text, lines and dots have enough contrast in %s mode', (_, dark, background) => {
  for (const page of [depths(), pageOf(eight())]) expect(seen(page, 'faint', { dark })).toEqual({ background, found: [] });
});

needs(BROWSER, 'pdftotext')('on paper, closed parts are open', () => {
  const text = printed(rank());
  expect(text).toContain('rbd-virt ranks first, with 98.0 of 100 points.');
  expect(text).toMatch(/p99\.99 of read latency/);
  expect(text).toMatch(/bench-1: [\d.]+ k IOPS/);
});
