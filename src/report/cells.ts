import type { ExperimentPlan, PlannedCell, PlannedTrial } from '../experiment/experiment-plan';
import { outcomeOf } from '../results/messages';
import { ENOUGH, overlapsOf } from '../results/overlap';
import { fairnessOf } from '../statistics/fairness';
import { medianOf } from '../statistics/median';
import { type GroupRecords, keyOf } from './collect';
import type { CellResult, CellSeries, Figure, MergedHistogram, VmFigures } from './experiment-results';
import { figureOf, type PlannedFigure, samplesOf, together } from './figures';
import { flagsOf } from './flags';
import { grouped } from './grouped';
import {
  errorsIn,
  inRepeats,
  metricMissing,
  NO_RECORD,
  ofVms,
  overlapOf,
  REJECTED,
  shareOfMedian,
  startedApart,
  theTrial,
} from './messages';
import type { TrialRecord } from './record';

/** One repeat of a cell. */
export interface Repeat {
  readonly trial: PlannedTrial;
  /** By index of the VM. undefined: it has no record. */
  readonly row: readonly (TrialRecord | undefined)[];
  /** Of all VMs. Empty: one of them has not done the trial. */
  readonly records: readonly TrialRecord[];
}

type Flag = CellResult['flags'][number];

/**
 * Evaluates a cell.
 * @param trials those of the cell
 * @param main figures that the report leads with
 */
export function evaluated(
  plan: ExperimentPlan,
  cell: PlannedCell,
  trials: readonly PlannedTrial[],
  group: GroupRecords,
  planned: readonly PlannedFigure[],
  main: readonly string[],
): CellResult {
  const repeats = [...trials].sort((a, b) => a.repeat - b.repeat).map((trial) => repeatOf(trial, group));
  const apart = reasonsOf(repeats, overlapReason);
  const errors = reasonsOf(repeats, errorReasons);
  const zeros = reasonsOf(repeats, (repeat) => zeroReasons(planned, repeat, main));
  const absent = reasonsOf(repeats, (repeat) => absentReasons(plan, repeat, group));
  const figures = figuresOf(planned, repeats, main);
  const summed = planned.find(({ metric }) => metric.vms === 'sum')?.key;
  const vms = vmsOf(planned, repeats, group.vms, main);
  const shares = summed === undefined ? [] : vms.flatMap((vm) => vm.figures[summed] ?? []);
  const fairness = shares.length < group.vms.length ? undefined : fairnessOf(shares);
  const why = [...absent, ...errors, ...apart];
  return {
    id: cell.id,
    values: cell.values,
    group: cell.group,
    complete: why.length === 0,
    why,
    flags: [
      ...flagged('incomplete', absent),
      ...flagged('errors', errors),
      ...flagged('overlap', apart),
      ...flagged('zero', zeros),
      ...slowVms(summed, vms),
      ...flagsOf(
        plan,
        repeats.map(({ records }) => records),
        figures,
        planned,
        main,
      ),
    ],
    main,
    figures,
    vms,
    ...(fairness === undefined ? {} : { fairness }),
    histograms: histogramsOf(plan, repeats),
    series: seriesOf(medianRepeat(repeats, summed === undefined ? undefined : figures[summed])),
  };
}

function repeatOf(trial: PlannedTrial, { vms, records: all }: GroupRecords): Repeat {
  const row = vms.map((_, index) => all.get(keyOf(index, trial.id)));
  const records = row.filter((record) => record?.outcome === 'done') as TrialRecord[];
  return { trial, row, records: records.length === vms.length ? records : [] };
}

function flagged(kind: Flag['kind'], texts: readonly string[]): Flag[] {
  return texts.length === 0 ? [] : [{ kind, text: texts.join('; ') }];
}

/** What is wrong with repeats. What is the same in several of them is one reason. */
function reasonsOf(repeats: readonly Repeat[], of: (repeat: Repeat) => readonly string[]): string[] {
  const found = repeats.flatMap((repeat) => of(repeat).map((text) => ({ text, number: repeat.trial.repeat })));
  return grouped(found, ({ text }) => text).map((own) =>
    inRepeats(
      own.map(({ number }) => number),
      own[0]?.text ?? '',
    ),
  );
}

/** Records that do not exist or are of failed trials, and metrics that only some VMs have. */
function absentReasons({ metrics }: ExperimentPlan, { trial, row, records }: Repeat, { vms, rejected }: GroupRecords): string[] {
  const without = vms.filter((_, index) => row[index] === undefined);
  const isRejected = (vm: string) => rejected.has(`${vm} ${trial.id}`);
  const absent = without.filter((vm) => !isRejected(vm));
  const wrong = without.filter(isRejected);
  const failed = row.filter((record) => record !== undefined && record.outcome !== 'done') as TrialRecord[];
  const outcomes = grouped(
    failed.map(({ vm, outcome, why }) => ({ vm, text: theTrial(outcomeOf(outcome, why)) })),
    ({ text }) => text,
  );
  const partly = metrics.flatMap(({ key, vms: how }) => {
    const others = records.filter((record) => record.metrics?.[key] === undefined);
    return how === 'merge' || others.length === 0 || others.length === records.length
      ? []
      : [
          metricMissing(
            key,
            others.map(({ vm }) => vm),
          ),
        ];
  });
  return [
    ...(absent.length > 0 ? [ofVms(absent, NO_RECORD)] : []),
    ...(wrong.length > 0 ? [ofVms(wrong, REJECTED)] : []),
    ...outcomes.map((own) =>
      ofVms(
        own.map(({ vm }) => vm),
        own[0]?.text ?? '',
      ),
    ),
    ...partly,
  ];
}

/** Metrics named `errors`, or `…-errors`, count what failed while the load ran. */
function errorReasons({ row }: Repeat): string[] {
  const sums = new Map<string, number>();
  for (const record of row) {
    for (const [key, value] of Object.entries(record?.metrics ?? {})) {
      if (/^(.*-)?errors$/.test(key) && value > 0) sums.set(key, (sums.get(key) ?? 0) + value);
    }
  }
  return [...sums].map(([key, count]) => errorsIn(key, count));
}

/** Rates that the report leads with and that are 0, of all VMs or of some. */
function zeroReasons(planned: readonly PlannedFigure[], { records }: Repeat, main: readonly string[]): string[] {
  const rates = planned.filter(({ key, better, percent }) => better === 'more' && percent === undefined && main.includes(key));
  return rates.flatMap(({ key }) => {
    const idle = records.filter(({ metrics }) => metrics?.[key] === 0);
    if (idle.length === 0) return [];
    const names = idle.map(({ vm }) => vm);
    return [idle.length === records.length ? errorsIn(key, 0) : ofVms(names, errorsIn(key, 0))];
  });
}

/** Share of the median below which a VM is slow. */
const SLOW = 0.5;

/** VMs that are much slower than the others, which the sum does not show. @param summed the first metric with `vms: sum` */
function slowVms(summed: string | undefined, vms: readonly VmFigures[]): Flag[] {
  const known =
    summed === undefined ? [] : vms.flatMap(({ vm, figures: { [summed]: value } }) => (value === undefined ? [] : [{ vm, value }]));
  if (summed === undefined || known.length < 2) return [];
  const middle = medianOf(known.map(({ value }) => value));
  const slow = known.filter(({ value }) => value > 0 && value < SLOW * middle);
  return flagged(
    'slow-vm',
    slow.map(({ vm, value }) => shareOfMedian(vm, summed, value / middle)),
  );
}

function overlapReason({ records }: Repeat): string[] {
  const [overlap] = overlapsOf(records);
  if (overlap) return overlap.share < ENOUGH ? [overlapOf(overlap.share)] : [];
  // Without their times, it is only known whether they started together.
  const apart = records.filter(({ barrier }) => barrier.outcome === 'alone' || barrier.outcome === 'partial');
  return apart.length > 0 && records.length > 1 ? [startedApart(apart.map(({ vm }) => vm))] : [];
}

function figuresOf(
  planned: readonly PlannedFigure[],
  repeats: readonly Repeat[],
  main: readonly string[],
): { readonly [key: string]: Figure } {
  const values = repeats.map(({ records }) => together(planned, records));
  return Object.fromEntries(
    planned.flatMap((each) => {
      const figure = figureOf(
        each,
        values.map((of) => of[each.key]),
        main,
      );
      return figure ? [[each.key, figure]] : [];
    }),
  );
}

/** The figures of each VM that has a record. */
function vmsOf(
  planned: readonly PlannedFigure[],
  repeats: readonly Repeat[],
  vms: readonly string[],
  main: readonly string[],
): VmFigures[] {
  return vms.flatMap((vm, index) => {
    const records = repeats.flatMap(({ row }) => (row[index]?.outcome === 'done' ? [row[index] as TrialRecord] : []));
    if (records.length === 0) return [];
    const values = records.map((record) => together(planned, [record]));
    const figures = planned.flatMap((each): [string, number][] => {
      const figure = figureOf(
        each,
        values.map((of) => of[each.key]),
        main,
      );
      return figure?.mean === undefined ? [] : [[each.key, figure.mean]];
    });
    return [{ vm, figures: Object.fromEntries(figures) }];
  });
}

function histogramsOf({ metrics }: ExperimentPlan, repeats: readonly Repeat[]): { readonly [key: string]: MergedHistogram } {
  const records = repeats.flatMap((repeat) => repeat.records);
  const found = metrics.flatMap(({ key, vms }): [string, MergedHistogram][] => {
    const samples = vms === 'merge' ? samplesOf(key, records) : undefined;
    if (!samples) return [];
    const { unit, values, counts } = samples;
    const bins = Array.from(values, (value, index): [number, number] => [value, counts[index] as number]);
    return [[key, { unit, count: counts.reduce((sum, count) => sum + count, 0), bins }]];
  });
  return Object.fromEntries(found);
}

/** The repeat whose figure is the median, or the lower one of two. */
function medianRepeat(repeats: readonly Repeat[], figure: Figure | undefined): Repeat | undefined {
  const whole = repeats
    .map((repeat, index) => ({ repeat, value: figure?.values[index] ?? 0 }))
    .filter(({ repeat }) => repeat.records.length > 0);
  return whole.sort((a, b) => a.value - b.value)[Math.floor((whole.length - 1) / 2)]?.repeat;
}

function seriesOf(repeat: Repeat | undefined): { readonly [key: string]: CellSeries } {
  const [first, ...others] = repeat?.records ?? [];
  const found = Object.entries(first?.series ?? {}).flatMap(([key, { every, values }]): [string, CellSeries][] => {
    const rest = others.flatMap(({ series }) => series?.[key] ?? []);
    const isWhole = rest.length === others.length && rest.every((each) => each.every === every);
    return isWhole ? [[key, { every, values: [values, ...rest.map((each) => each.values)] }]] : [];
  });
  return Object.fromEntries(found);
}
