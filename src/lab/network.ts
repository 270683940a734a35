import { createHash } from 'node:crypto';
import type { RolePlan, VmPlan, WorkloadPlan } from '../plan/plan';

/** The most VMs of one `lab up`: they share one /24 network. */
export const MOST_VMS = 254;
const NETWORK = '10.77.0';
const LOOPBACK = '127.0.0.1';

/** A VM of the plan with its address on the link. */
export interface Machine {
  readonly workload: WorkloadPlan;
  readonly role: RolePlan;
  readonly vm: VmPlan;
  readonly address: string;
}

/** A machine as the others on its link know it. */
export interface Neighbor {
  readonly address: string;
  readonly names: readonly string[];
}

/** Gives each VM of the workloads an address on the link. */
export function machinesOf(workloads: readonly WorkloadPlan[]): Machine[] {
  return workloads
    .flatMap((workload) => workload.roles.flatMap((role) => role.vms.map((vm) => ({ workload, role, vm }))))
    .map((each, index) => ({ ...each, address: `${NETWORK}.${index + 1}` }));
}

/** Names as in a cluster's DNS. The name of a Service leads to the first VM behind it. */
export function neighborsOf(machines: readonly Machine[]): Neighbor[] {
  return machines.map(({ workload, role, vm, address }) => {
    const services = workload.services.filter((service) => !service.headless && (service.role === undefined || service.role === role.role));
    const first = role.vms[0] === vm && (role.role !== undefined || workload.roles[0] === role);
    return { address, names: [vm.name, ...(first ? services.map((service) => service.name) : [])] };
  });
}

/** A locally administered address, always the same for a card of a VM. */
export function hardwareAddress({ uuid }: VmPlan, card: string): string {
  const digits = createHash('sha256').update(`${uuid}/${card}`).digest('hex').slice(0, 6);
  return `52:54:00:${digits.match(/../g)?.join(':')}`;
}

/** @returns different ports of the loopback interface that no program uses */
export async function freePorts(count: number): Promise<number[]> {
  const { default: getPort } = require('get-port') as typeof import('get-port');
  const ports: number[] = [];
  // get-port reserves a port for a while, so that the next call does not return it again.
  while (ports.length < count) ports.push(await getPort({ host: LOOPBACK }));
  return ports;
}
