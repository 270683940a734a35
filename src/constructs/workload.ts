import { Construct } from 'constructs';
import type { RolePlan, WorkloadPlan } from '../plan/plan';
import { Access } from './access';
import { RoleService } from './role-service';
import { UserDataSecret } from './user-data-secret';
import { VirtualMachine } from './virtual-machine';

export interface WorkloadProps {
  readonly plan: WorkloadPlan;
  /** The user data of each role, in the order of the plan. */
  readonly guests: readonly Guest[];
}

/** What the guests of one role are told. */
export interface Guest {
  readonly userData: string;
  /** Changes when the user data does. */
  readonly hash: string;
}

/** Everything that one workload needs: its Secrets, its rights, its Services and its VMs. */
export class Workload extends Construct {
  constructor(scope: Construct, id: string, { plan, guests }: WorkloadProps) {
    super(scope, id);
    const roles = plan.roles.map((role, index) => ({ role, guest: guests[index] as Guest }));
    for (const { role, guest } of roles) {
      new UserDataSecret(this, `secret-${role.userDataSecret}`, {
        ...owner(role),
        name: role.userDataSecret,
        namespace: role.namespace,
        userData: guest.userData,
      });
    }
    if (plan.access) new Access(this, 'access', plan.access);
    for (const service of plan.services) new RoleService(this, `service-${service.name}`, service);
    for (const { role, guest } of roles) {
      for (const vm of role.vms) new VirtualMachine(this, `vm-${role.userDataSecret}-${vm.name}`, { role, vm, userDataHash: guest.hash });
    }
  }
}

function owner({ workload, role, runId }: RolePlan) {
  return { workload, runId, ...(role === undefined ? {} : { role }) };
}
