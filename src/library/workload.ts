import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { PlannedWorkload, type PlannedWorkloadProps } from '../constructs/planned-workload';
import { type Problem, refuse, UserError } from '../errors';
import { formatPath } from '../schema/schema-errors';
import { guestsOf } from '../synth/guests';
import { patchProblems } from '../synth/patched';
import { addGuestSecret } from '../synth/planned-workload';
import { notName } from './messages';
import { COMMON, type CommonOptions, type Keys, OF_WORKLOAD, type WorkloadOptions } from './options';
import { inPlace, keyed, statedPlan } from './stated';

export interface WorkloadProps extends CommonOptions, WorkloadOptions {
  /** Name of the workload, e.g. `'cpu'` or `'disk-ceph'`. @default the id of the construct */
  readonly workload?: string;
}

const KEYS: Keys<WorkloadProps> = { workload: 'workload', ...OF_WORKLOAD, ...COMMON };

/**
 * A workload of virtwork in a chart: its Secrets, permissions, Services and VMs.
 *
 * ```ts
 * const cpu = new Workload(chart, 'cpu', { vmCount: 3, params: { 'cpu-load-percent': 60 } });
 * for (const vm of cpu.virtualMachines) ApiObject.of(vm).metadata.addAnnotation('team', 'storage');
 * ```
 */
export class Workload extends PlannedWorkload {
  /** Oddities of the props that are not errors; empty if there are none. */
  readonly warnings: readonly string[];

  /** @throws UserError with every problem of the props, named after the path of the construct */
  constructor(scope: Construct, id: string, props: WorkloadProps = {}) {
    const { warnings, ...planned } = plannedProps(scope, id, props);
    super(scope, id, planned);
    addGuestSecret(Chart.of(scope), planned.plan);
    this.warnings = warnings;
  }
}

function plannedProps(scope: Construct, id: string, props: WorkloadProps): PlannedWorkloadProps & { readonly warnings: readonly string[] } {
  return inPlace([scope.node.path, id].filter((part) => part !== '').join('/'), () => {
    const problems: Problem[] = [];
    const { workload = id, entry, vm_count, params, trials, repeats, seed, ...common } = keyed(props, KEYS, '', problems);
    if (typeof workload !== 'string') throw new UserError([...problems, { where: 'workload', ...notName(workload) }]);
    const { namespace } = Chart.of(scope);
    const { workloads, warnings } = statedPlan({
      // The construct renders no Namespace object, so a namespace of the cluster is allowed.
      common: { create_namespace: false, ...(namespace === undefined ? {} : { namespace }), ...common },
      workloads: { [workload]: { entry, vm_count, params, trials, repeats, seed } },
      locate: (path) => formatPath(path[0] === 'workloads' ? path.slice(2) : path),
      problems,
    });
    const [plan] = workloads as [PlannedWorkloadProps['plan']];
    refuse(patchProblems(workloads));
    return { plan, guests: guestsOf(plan), warnings };
  });
}
