import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { UserError } from '../errors';
import type { RolePlan, WorkloadPlan } from '../plan/plan';
import { Access } from './access';
import { workloadTwice } from './messages';
import { RoleService } from './role-service';
import { UserDataSecret } from './user-data-secret';
import { VirtualMachine } from './virtual-machine';
import { VirtualMachinePool } from './virtual-machine-pool';

export interface PlannedWorkloadProps {
  readonly plan: WorkloadPlan;
  /** The user data of each role, in the order of the plan. */
  readonly guests: readonly Guest[];
}

/** The user data of the guests of one role. */
export interface Guest {
  readonly userData: string;
  /** Changes when the user data or the guest disk does. */
  readonly hash: string;
}

/** All objects of one workload: its Secrets, permissions, Services and VMs. */
export class PlannedWorkload extends Construct {
  /** Every name, number and value of what is rendered. */
  readonly plan: WorkloadPlan;
  /** One for each role, in the order of the plan. */
  readonly secrets: readonly UserDataSecret[];
  /** Its account, token and roles. @default none: the guests do not use the API server */
  readonly access?: Access;
  readonly services: readonly RoleService[];
  /** Role by role, in the order of the plan, without those of pools. `ApiObject.of(vm)` is the object of one. */
  readonly virtualMachines: readonly VirtualMachine[];
  /** One for each role that has a pool. */
  readonly pools: readonly VirtualMachinePool[];

  constructor(scope: Construct, id: string, { plan, guests }: PlannedWorkloadProps) {
    super(scope, id);
    claim(this, plan);
    this.plan = plan;
    const roles = plan.roles.map((role, index) => ({ role, guest: guests[index] as Guest }));
    this.secrets = roles.map(
      ({ role, guest }) =>
        new UserDataSecret(this, `secret-${role.userDataSecret}`, {
          ...owner(role),
          name: role.userDataSecret,
          namespace: role.namespace,
          userData: guest.userData,
        }),
    );
    if (plan.access) this.access = new Access(this, 'access', plan.access);
    this.services = plan.services.map((service) => new RoleService(this, `service-${service.name}`, service));
    this.virtualMachines = roles.flatMap(({ role, guest }) =>
      (role.pool === undefined ? role.vms : []).map(
        (vm) => new VirtualMachine(this, `vm-${role.userDataSecret}-${vm.name}`, { role, vm, userDataHash: guest.hash }),
      ),
    );
    this.pools = roles.flatMap(({ role, guest: { hash: userDataHash } }) => {
      const { pool: name, vms } = role;
      return name === undefined ? [] : [new VirtualMachinePool(this, `pool-${name}`, { name, replicas: vms.length, role, userDataHash })];
    });
  }
}

/** By chart, the path of each workload. */
const CLAIMED = new WeakMap<Chart, Map<string, string>>();

/** Names of objects are derived from the workload, so a chart can contain it once per namespace. */
function claim({ node }: Construct, { name, namespace }: WorkloadPlan): void {
  const chart = Chart.of(node.scope as Construct);
  const claimed = CLAIMED.get(chart) ?? new Map<string, string>();
  const other = claimed.get(`${namespace}/${name}`);
  if (other !== undefined) {
    throw new UserError([{ where: node.path, ...workloadTwice(name, namespace, other) }]);
  }
  CLAIMED.set(chart, claimed.set(`${namespace}/${name}`, node.path));
}

function owner({ workload, entry = workload, role, runId }: RolePlan) {
  return { workload, entry, runId, ...(role === undefined ? {} : { role }) };
}
