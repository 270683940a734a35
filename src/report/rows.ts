import type { ExperimentResults } from './experiment-results';

/** A row of a table of figures: text, a number, or nothing. */
export type Row = readonly (string | number | undefined)[];

/** Stands for all VMs together in the column `vm`. */
const ALL_VMS = 'all';

/**
 * Every figure in one row: cell, values of the axes, repeat, VM, metric, unit, value. Rows of a single VM have the mean of its repeats, and no
 * repeat. Of a run with a tuning, each row ends with it.
 */
export function* valueRows({ axes, cells, metrics, tuning }: ExperimentResults): Generator<Row> {
  const [header, last] = tuning === undefined ? [[], []] : [['tuning'], [tuning]];
  yield ['cell', ...axes.map(({ name }) => name), 'group', 'complete', 'repeat', 'vm', 'metric', 'unit', 'value', ...header];
  for (const { id, values, group, complete, figures, vms } of cells) {
    const first = [id, ...axes.map(({ name }) => values[name]), group, complete ? 'yes' : 'no'];
    for (const { key, unit } of metrics) {
      for (const [repeat, value] of (figures[key]?.values ?? []).entries()) {
        if (value !== null) yield [...first, repeat + 1, ALL_VMS, key, unit, value, ...last];
      }
      for (const { vm, figures: own } of vms) {
        if (own[key] !== undefined) yield [...first, undefined, vm, key, unit, own[key], ...last];
      }
    }
  }
}

/** Every mean in one row, with its interval and the comparison with the baseline. */
export function* figureRows(results: ExperimentResults): Generator<Row> {
  const { axes, cells, metrics, comparisons } = results;
  const compared = new Map(comparisons.map((each) => [`${each.metric} ${each.cell}`, each]));
  yield [
    ...['cell', ...axes.map(({ name }) => name), 'complete', 'metric', 'unit', 'n', 'mean', 'low', 'high'],
    ...['ratio to baseline', 'ratio low', 'ratio high', 'p', 'verdict'],
  ];
  for (const { id, values, complete, figures } of cells) {
    for (const { key, unit } of metrics) {
      const figure = figures[key];
      if (figure?.mean === undefined) continue;
      const { ratio, low, high, p, verdict } = compared.get(`${key} ${id}`) ?? {};
      yield [
        ...[
          id,
          ...axes.map(({ name }) => values[name]),
          complete ? 'yes' : 'no',
          key,
          unit,
          figure.n,
          figure.mean,
          figure.low,
          figure.high,
        ],
        ...[ratio, low, high, p, verdict],
      ];
    }
  }
}
