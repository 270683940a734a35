import type { ExperimentPlan, PlannedGroup } from '../../src/experiment/experiment-plan';
import { rampCounts } from '../../src/experiment/ramp';
import { group, planOf, type SetUp, setUp, vmsOf, writeExperiment } from './experiment-runs';
import { type Guest, podOf } from './fake-guests';
import type { Scenario } from './fake-kubectl';
import { guestOf } from './trial-records';

/** A group with one trial for each job. */
function groupAt(storage: string, count: number, jobs: readonly string[]): PlannedGroup {
  const id = `${storage}-c${count}-000000`;
  const planned = group(id, { storage, vm_count: String(count) }, count);
  const trials = jobs.map((name, index) => ({ id: `00${index + 1}`, name, cell: `${id}/${name}`, repeat: 1, seconds: 20, params: {} }));
  return { ...planned, trials };
}

export interface RampProps {
  /** @default 8 */
  readonly to?: number;
  /** @default one */
  readonly storages?: readonly string[];
  /** Params, each with a ramp of its own. @default one */
  readonly jobs?: readonly string[];
  /** Bytes that the VMs of a count need. */
  readonly memoryOf?: (count: number) => number;
}

/** The limit of the write latency, in nanoseconds. */
export const LIMIT = 5e6;

/** A plan whose number of VMs grows from 1, until p99 of the write latency is above 5 ms. */
export function rampPlan({ to = 8, storages = ['rbd'], jobs = ['random'], memoryOf }: RampProps = {}): ExperimentPlan {
  const { steps, counts } = rampCounts(1, to);
  const groups = storages.flatMap((storage) =>
    counts.map((count) => ({ ...groupAt(storage, count, jobs), ...(memoryOf ? { memoryBytes: memoryOf(count) } : {}) })),
  );
  return planOf(groups, {
    name: 'density',
    axes: [
      { name: 'storage', values: storages, kind: 'settings' },
      { name: 'vm_count', values: counts.map(String), kind: 'settings' },
      { name: 'job', values: jobs, kind: 'params' },
    ],
    metrics: [
      { key: 'iops', unit: '1/s', better: 'more', vms: 'sum' },
      { key: 'write-latency', unit: 'ns', better: 'less', vms: 'merge' },
    ],
    ramp: { axis: 'vm_count', steps, counts, until: { of: 'write-latency.p99', above: LIMIT } },
  });
}

/** Samples that all have one value. */
export function latencyOf(milliseconds: number) {
  const value = milliseconds * 1e6;
  return {
    'write-latency': { unit: 'ns', count: 2000, sum: value * 2000, min: value, max: value, bins: [[value, 2000]] as [number, number][] },
  };
}

/** What a VM of a group measures: milliseconds, or why it does not answer. */
export type Measure = (of: {
  readonly storage: string;
  readonly count: number;
  readonly job: string;
  readonly vm: string;
  /** How often the group was applied. */
  readonly round: number;
}) => number | 'unreachable';

/** An experiment in `dist/density`, and guests that have measured as soon as they start. */
export async function rampSetUp(
  measure: Measure,
  props: RampProps = {},
  scenario: Scenario = {},
): Promise<SetUp & { readonly plan: ExperimentPlan }> {
  const plan = rampPlan(props);
  const ready = await setUp([], scenario);
  const { cluster, guests } = ready;
  for (const each of plan.groups) {
    for (const [index, vm] of vmsOf(each).entries()) guests[podOf(vm)] = guestAt(each, vm, index);
  }
  return { ...ready, plan, dist: writeExperiment(cluster, plan) };

  function guestAt(planned: PlannedGroup, vm: string, index: number): Guest {
    return (path) => {
      const deleted = cluster.calls.filter((call) => call.startsWith('delete virtualmachines') && call.includes(`=${planned.id} `));
      const round = deleted.length + 1;
      const { storage = '', vm_count: count } = planned.settings;
      const values = planned.trials.map(({ name: job }) => measure({ storage, count: Number(count), job, vm, round }));
      if (values.includes('unreachable')) return 'unreachable';
      const boot = `6f1c2a34-5b6d-4e7f-8a9b-${String(round).padStart(12, '0')}`;
      const barrier = { expected: planned.vms, outcome: planned.vms > 1 ? ('together' as const) : ('none' as const) };
      const records = planned.trials.map(({ name }, at) => ({
        group: planned.id,
        workload: 'bench',
        index,
        barrier,
        name,
        guest: { boot },
        histograms: latencyOf(values[at] as number),
      }));
      return guestOf(vm, records, { group: planned.id, index, boot })(path);
    };
  }
}
