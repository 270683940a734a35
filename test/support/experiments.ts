import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { ExperimentPlan, PlannedCell, PlannedGroup, PlannedMetric } from '../../src/experiment/experiment-plan';
import { planHash } from '../../src/experiment/plan-hash';
import { collect } from '../../src/report/collect';
import type { ExperimentResults } from '../../src/report/experiment-results';
import { readMember, type TrialRecord } from '../../src/report/record';
import { experimentResults } from '../../src/report/results';
import type { Result } from '../../src/results/result';
import { record } from './trial-records';

export const METRICS: readonly PlannedMetric[] = [
  { key: 'iops', unit: '1/s', better: 'more', vms: 'sum' },
  { key: 'read-iops', unit: '1/s', better: 'more', vms: 'sum' },
  { key: 'read-latency', unit: 'ns', better: 'less', vms: 'merge' },
  { key: 'write-latency', unit: 'ns', better: 'less', vms: 'merge' },
  { key: 'cpu-per-io', unit: 's', better: 'less', vms: 'mean' },
  { key: 'cpu-busy', unit: '%', better: 'less', vms: 'max' },
  { key: 'errors', unit: '1', better: 'less', vms: 'sum' },
];

type AxisSizes = { readonly [axis: string]: readonly string[] };

/** What a test says of a plan. Axes of `settings` make groups, those of `params` make trials. */
export interface PlanProps extends Partial<Omit<ExperimentPlan, 'axes' | 'groups' | 'cells' | 'totals'>> {
  readonly settings?: AxisSizes;
  readonly params?: AxisSizes;
  /** VMs of each group. @default 1 */
  readonly vms?: number;
  /** Params of every trial. */
  readonly trialParams?: { readonly [key: string]: string };
}

/** A plan as `virtwork experiment synth` writes it. */
export function planOf(props: PlanProps = {}): ExperimentPlan {
  const { settings = {}, params = {}, vms = 1, repeats = 3, trialParams = {}, ...more } = props;
  const ofGroups = combinations(settings);
  const ofTrials = combinations(params);
  const cells: PlannedCell[] = [];
  const groups = ofGroups.map((own, number): PlannedGroup => {
    const id = `g${number}-abcdef`;
    const ownCells = ofTrials.map(
      (values, trial): PlannedCell => ({ id: `${id}.t${trial}`, group: id, trial: `t${trial}`, values: { ...own, ...values } }),
    );
    cells.push(...ownCells);
    const trials = Array.from({ length: repeats }, (_, repeat) => ownCells.map((cell) => ({ cell, repeat: repeat + 1 }))).flat();
    return {
      id,
      settings: own,
      workload: 'fio-bench',
      vms,
      plan: digestOf({ number, own, params, repeats }),
      seconds: 100,
      vcpus: 2,
      memoryBytes: 2 ** 31,
      diskBytes: 2 ** 33,
      trials: trials.map(({ cell, repeat }, index) => ({
        id: String(index + 1).padStart(3, '0'),
        name: cell.trial,
        cell: cell.id,
        repeat,
        seconds: 70,
        params: trialParams,
      })),
    };
  });
  const axes = [
    ...Object.entries(settings).map(([name, values]) => ({ name, values, kind: 'settings' as const })),
    ...Object.entries(params).map(([name, values]) => ({ name, values, kind: 'params' as const })),
  ];
  const sum = (of: (group: PlannedGroup) => number) => groups.reduce((total, group) => total + of(group), 0);
  const content = {
    name: 'rank',
    workload: 'fio-bench',
    seed: 1,
    repeats,
    namespace: 'bench',
    axes,
    metrics: METRICS,
    groups,
    cells,
    score: [],
    expect: [],
    totals: {
      groups: groups.length,
      cells: cells.length,
      trials: cells.length * repeats,
      vms: groups.length * vms,
      records: cells.length * repeats * vms,
      seconds: sum(({ seconds }) => seconds),
      peak: { vcpus: 2, memoryBytes: 2 ** 31, diskBytes: 2 ** 33 },
    },
    ...more,
  };
  return { schema: 'virtwork.plan/1', ...content, hash: planHash(content) };
}

function digestOf(value: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(value)).digest('hex')}`;
}

function combinations(axes: AxisSizes): { readonly [axis: string]: string }[] {
  return Object.entries(axes).reduce<{ [axis: string]: string }[]>(
    (all, [axis, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [axis]: value }))),
    [{}],
  );
}

/** What one VM leaves of one repeat of a cell. */
export interface Spot {
  readonly cell: PlannedCell;
  readonly values: { readonly [axis: string]: string };
  readonly repeat: number;
  readonly index: number;
}

/** All records of a plan, with what a test says of them. @param more undefined: the VM has no such record */
export function resultsOf(plan: ExperimentPlan, more: (spot: Spot) => Partial<Result> | undefined): Result[] {
  return plan.groups.flatMap((group) =>
    Array.from({ length: group.vms }, (_, index) =>
      group.trials.flatMap((trial) => {
        const cell = plan.cells.find(({ id }) => id === trial.cell) as PlannedCell;
        const own = more({ cell, values: cell.values, repeat: trial.repeat, index });
        if (own === undefined) return [];
        return [
          record({
            plan: group.plan,
            group: group.id,
            trial: trial.id,
            name: trial.name,
            repeat: trial.repeat,
            vm: `virtwork-fio-bench-${index}`,
            index,
            params: trial.params,
            barrier: { expected: group.vms, outcome: group.vms > 1 ? 'together' : 'none', late: 0 },
            histograms: {},
            series: {},
            ...own,
          }),
        ];
      }),
    ).flat(),
  );
}

/** Records as they are read from files. */
export function readBack(results: readonly Result[]): TrialRecord[] {
  return results.map((result) => {
    const place = `${result.group}/${result.vm}/${result.trial}`;
    const reading = readMember(JSON.stringify(result), place);
    if ('record' in reading) return reading.record;
    throw new Error('why' in reading ? reading.why : 'a state');
  });
}

/** Evaluates a plan with these records. */
export function evaluate(plan: ExperimentPlan, more: (spot: Spot) => Partial<Result> | undefined): ExperimentResults {
  return experimentResults(plan, collect(plan, { records: readBack(resultsOf(plan, more)), broken: [] }));
}

/** A histogram of samples. */
export function histogramOf(samples: readonly number[]): { unit: string; count: number; bins: [number, number][] } {
  const counts = new Map<number, number>();
  for (const sample of samples) counts.set(sample, (counts.get(sample) ?? 0) + 1);
  return { unit: 'ns', count: samples.length, bins: [...counts].sort(([a], [b]) => a - b) };
}

/** Records as files have them: one gzip member for each. */
export function membersOf(values: readonly unknown[]): Buffer {
  return Buffer.concat(values.map((value) => gzipSync(`${JSON.stringify(value)}\n`)));
}
