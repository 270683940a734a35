import type { Problems } from '../../catalog/problems';
import type { FoundVm } from '../../companion/measured';
import { formatProblem } from '../../errors';
import { ENTRY, ROLE } from '../../kubernetes/labels';
import { catalogEntries } from '../../load-plan';
import type { Options } from '../../options/options';
import type { Plan } from '../../plan/plan';
import { type Shape, shapeOf } from '../../signals/shape';
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
    const shape = plan && shapeIn(plan, workload, role);
    return {
      workload,
      ...(role === undefined ? {} : { role }),
      ...(shape === undefined ? {} : { shape }),
      ...(entry?.idle ? { idle: true } : {}),
      signals: signalsOf(entry ?? {}, role),
    };
  }
}

/** The role of a VM by its labels. */
export function roleOf({ labels }: Pick<FoundVm, 'labels'>): string | undefined {
  return labels[ROLE] || undefined;
}

/** Trials measure the full load. */
function shapeIn({ workloads }: Plan, name: string, role: string | undefined): Shape | undefined {
  const found = workloads.find((each) => each.name === name)?.roles.find((each) => each.role === role);
  const shape = found === undefined || found.trials ? undefined : shapeOf(found.guest.params);
  return shape?.kind === 'constant' ? undefined : shape;
}
