import { createHash } from 'node:crypto';
import { type Ethernets, ethernets } from '../plan/network-data';
import type { NetworkPlan, RolePlan, VmPlan, WorkloadPlan } from '../plan/plan';
import type { Card } from './machine';

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

/** A card of a VM in a secondary network: as QEMU has it, and as the guest configures it. */
export interface OtherCards {
  readonly others: readonly Card[];
  readonly ethernets: Ethernets;
}

/**
 * The cards of a VM in secondary networks. The lab has its own default route and DNS. It has neither DHCP servers nor routers, so it gives
 * guests the addresses that they would get from them.
 * @param networks numbers of the networks, by their NetworkAttachmentDefinitions
 */
export function otherCards(machine: Machine, networks: ReadonlyMap<string, number>): OtherCards {
  const { role, vm } = machine;
  const planned = (role.networks ?? []).map((network, index) => {
    const { mac = hardwareAddress(vm, network.name), addresses = [] } = vm.cards?.[index] ?? {};
    const guest = network.guest && { ...network.guest, dhcp: false, slaac: false, gateways: [], nameservers: [] };
    const assigned = assignedAddresses(machine, index, networks);
    return { network: { ...network, ...(guest ? { guest } : {}) }, card: { mac, addresses: [...addresses, ...assigned] } };
  });
  const known = planned.filter(({ network }) => network.multus !== undefined);
  return {
    others: known.map(({ network, card }) => ({
      mac: card.mac,
      ...(network.model === undefined ? {} : { model: network.model }),
      network: networks.get(attachment(role, network)) ?? 1,
    })),
    ethernets: ethernets(
      known.map(({ network }) => network),
      known.map(({ card }) => card),
    ),
  };
}

/** 10.78.NETWORK.VM for DHCP, and fd00:78:NETWORK::VM for router advertisements. A further card of a VM in a network is in another subnet. */
function assignedAddresses({ role, address }: Machine, index: number, networks: ReadonlyMap<string, number>): string[] {
  const all = role.networks ?? [];
  const [own, vm] = [all[index], Number(address.split('.').at(-1))];
  if (own?.multus === undefined || own.guest === undefined) return [];
  const name = attachment(role, own);
  const network = networks.get(name) ?? 1;
  const subnet = 78 + all.slice(0, index).filter((each) => each.multus !== undefined && attachment(role, each) === name).length;
  return [
    ...(own.guest.dhcp ? [`10.${subnet}.${network}.${vm}/24`] : []),
    ...(own.guest.slaac ? [`fd00:${subnet}:${network}::${vm.toString(16)}/64`] : []),
  ];
}

/** Numbers of all secondary networks of these machines, from 1. */
export function otherNetworks(machines: readonly Machine[]): Map<string, number> {
  const names = machines.flatMap(({ role }) => (role.networks ?? []).filter(({ multus }) => multus).map((each) => attachment(role, each)));
  return new Map([...new Set(names)].map((name, index) => [name, index + 1]));
}

function attachment({ namespace }: RolePlan, { multus = '' }: NetworkPlan): string {
  return multus.includes('/') ? multus : `${namespace}/${multus}`;
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
