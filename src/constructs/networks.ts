import type {
  VirtualMachineSpecTemplateSpecDomainDevices as Devices,
  VirtualMachineSpecTemplateSpecDomainDevicesInterfaces as Interface,
  VirtualMachineSpecTemplateSpec as Spec,
} from '../../imports/kubevirt.io';
import type { NetworkPlan, RolePlan, VmPlan } from '../plan/plan';

type NetworkedRole = Pick<RolePlan, 'networks' | 'networkMultiqueue'>;

const DEFAULT: readonly NetworkPlan[] = [{ name: 'default', binding: 'masquerade', model: 'virtio' }];

/** Bindings of KubeVirt itself; others are plugins. */
const OWN = ['masquerade', 'bridge', 'sriov'];

/** The networks of a VM. */
export function networks({ networks: planned = DEFAULT }: NetworkedRole): Pick<Spec, 'networks'> {
  return {
    networks: planned.map(({ name, multus }) => ({ name, ...(multus === undefined ? { pod: {} } : { multus: { networkName: multus } }) })),
  };
}

/** The network cards of a VM. */
export function networkDevices(
  { networks: planned = DEFAULT, networkMultiqueue }: NetworkedRole,
  { cards = [] }: Pick<VmPlan, 'cards'>,
): Pick<Devices, 'interfaces' | 'networkInterfaceMultiqueue'> {
  return {
    interfaces: planned.map((network, index) => card(network, cards[index]?.mac)),
    ...(networkMultiqueue ? { networkInterfaceMultiqueue: true } : {}),
  };
}

function card({ name, binding, model }: NetworkPlan, mac: string | undefined): Interface {
  return {
    name,
    ...(model === undefined ? {} : { model }),
    ...(mac === undefined ? {} : { macAddress: mac }),
    ...(OWN.includes(binding) ? { [binding]: {} } : { binding: { name: binding } }),
  };
}
