import type { Problems } from '../../catalog/problems';
import type { FoundVm } from '../../companion/measured';
import { formatProblem } from '../../errors';
import { ENTRY, ROLE } from '../../kubernetes/labels';
import { catalogEntries } from '../../load-plan';
import type { Options } from '../../options/options';
import type { Plan } from '../../plan/plan';
import { fullLoadOf } from '../../signals/full-load';
import { shapeOf } from '../../signals/shape';
import { signalsOf } from '../../signals/signal';
import type { TruthWorkload } from '../../verify/truth';
import type { Context } from '../context';
import { entryMissing } from './messages';

/** What the guests of a role count, by the labels of their VM. */
export type WorkloadOf = (vm: Pick<FoundVm, 'workload' | 'labels'>) => TruthWorkload;

/** @param plan absent: the configuration is not known */
export function workloadsOf({ catalogDir }: Options, { cwd, log }: Context, plan: Plan | undefined): WorkloadOf {
  const entries = catalogEntries(catalogDir, cwd);
  const known = new Map<string, TruthWorkload>();
  return (vm) => {
    const role = roleOf(vm);
    const key = JSON.stringify([vm.workload, role]);
    const found = known.get(key) ?? workloadNamed(vm, role);
    known.set(key, found);
    return found;
  };
  function workloadNamed({ workload, labels }: Pick<FoundVm, 'workload' | 'labels'>, role: string | undefined): TruthWorkload {
    const name = labels[ENTRY] || workload;
    const findings: Problems = { problems: [], warnings: [] };
    const entry = entries.open(name, findings);
    if (entry === undefined) log.warn(formatProblem(entryMissing(name)));
    const params = plan && paramsIn(plan, workload, role);
    const shape = params && shapeOf(params);
    const signals = signalsOf(entry ?? {}, role);
    const load = params && shape && shape.kind !== 'constant' ? { shape, full: fullLoadOf(signals, role, params) } : undefined;
    return {
      workload,
      ...(role === undefined ? {} : { role }),
      ...(load ? { shape: load.shape, ...(load.full ? { full: load.full } : {}) } : {}),
      ...(entry?.idle ? { idle: true } : {}),
      signals,
    };
  }
}

/** The role of a VM by its labels. */
export function roleOf({ labels }: Pick<FoundVm, 'labels'>): string | undefined {
  return labels[ROLE] || undefined;
}

/** Trials measure the full load, without a shape. */
function paramsIn({ workloads }: Plan, name: string, role: string | undefined) {
  const found = workloads.find((each) => each.name === name)?.roles.find((each) => each.role === role);
  return found === undefined || found.trials ? undefined : found.guest.params;
}
