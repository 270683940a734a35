import type { Entry } from '../catalog/entry';
import { type ExpectedAlert, firedBy } from '../signals/alert';
import { CANNOT_BE_EVICTED } from './messages';
import type { Params } from './params';
import type { Plan, RolePlan, WorkloadPlan } from './plan';

/** An alert, and the VMs of which at least one fires it. */
export interface PlannedAlert extends ExpectedAlert {
  readonly workload: string;
  readonly namespace: string;
  readonly vms: readonly string[];
}

/** The alerts of KubeVirt and Kubernetes that the VMs of a plan fire. */
export function expectedAlerts({ workloads }: Pick<Plan, 'workloads'>): PlannedAlert[] {
  return workloads
    .flatMap((workload) => {
      const { name, namespace, roles, alerts = [] } = workload;
      const others = workloads.filter((each) => each !== workload).flatMap((each) => each.roles);
      return [
        ...alerts.map((alert) => ({ ...alert, workload: name, namespace, vms: vmsOf(alert.others ? others : roles) })),
        { ...CANNOT_BE_EVICTED, workload: name, namespace, vms: vmsOf(roles.filter(staysOnNode)) },
      ];
    })
    .filter(({ vms }) => vms.length > 0);
}

function vmsOf(roles: readonly RolePlan[]): string[] {
  return roles.flatMap(({ vms }) => vms.map(({ name }) => name));
}

/** What a workload fires with these params. A measured workload has no continuous load. */
export function alertsOf(entry: Entry, roles: readonly RolePlan[], params: Params): Pick<WorkloadPlan, 'alerts'> {
  const alerts = roles.some(({ trials }) => trials) ? [] : firedBy(entry.alerts, params);
  return alerts.length === 0 ? {} : { alerts };
}

/** The eviction strategy requires a live migration, and a disk is known to allow none. */
function staysOnNode({ evictionStrategy, boot, disks }: RolePlan): boolean {
  const volumes = [...disks, ...(boot.kind === 'dataSource' ? [boot] : [])];
  return evictionStrategy === 'LiveMigrate' && volumes.some(({ accessModes }) => accessModes && !accessModes.includes('ReadWriteMany'));
}
