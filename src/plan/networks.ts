import type { Entry } from '../catalog/entry';
import type { Problem } from '../errors';
import { type IpRange, networkOf, parseIp, parseIpRange, showIp } from '../kubernetes/ip-address';
import { derivedMac, laterMac, RESERVED_MAC } from '../kubernetes/mac-address';
import type { NetworkSetting } from '../options/network-kinds';
import type { Options } from '../options/options';
import type { DocumentPath } from '../yaml/yaml-file';
import { NETWORK } from './messages';
import { networkData } from './network-data';
import { usesNames } from './peers';
import type { CardPlan, GuestNetworkPlan, NetworkPlan, RolePlan, VmPlan, WorkloadPlan } from './plan';
import { hasPod } from './pod-network';

/** The name of the pod network in a VM. */
export const POD = 'default';
/** What KubeVirt translates to the IPv6 address of the pod. */
const POD_IPV6 = { address: 'fd10:0:2::2/120', gateway: 'fd10:0:2::1' };
const FAMILIES = [4, 6] as const;

/** The part of a role's plan about its networks. */
export function networksOf({ networks: stated, networkMultiqueue }: Options): Pick<RolePlan, 'networks' | 'networkMultiqueue'> {
  const needsData = stated?.some(configures) ?? false;
  return {
    ...(stated === undefined ? {} : { networks: stated.map((network) => networkPlan(network, needsData)) }),
    ...(networkMultiqueue ? { networkMultiqueue } : {}),
  };
}

/** Whether a guest needs network data for it: without any, guests ask for an address of their first card. */
function configures(network: NetworkSetting): boolean {
  return 'pod' in network ? network.ipv6 === true : network.addresses !== undefined;
}

/** @param needsData whether the guest has network data for one of its networks, and so needs it for the pod network too */
function networkPlan(network: NetworkSetting, needsData: boolean): NetworkPlan {
  if ('pod' in network) {
    const { pod: binding, model = 'virtio', ipv6 } = network;
    const guest = { dhcp: true, gateways: ipv6 ? [POD_IPV6.gateway] : [], routes: [], nameservers: [] };
    return { name: POD, binding, model, ...(needsData ? { guest } : {}) };
  }
  const { name, multus, binding = 'bridge', model = binding === 'sriov' ? undefined : 'virtio', addresses } = network;
  const { gateway: gateways = [], routes = [], nameservers = [] } = network;
  const slaac = addresses?.includes('slaac') ? { slaac: true } : {};
  const guest: GuestNetworkPlan = { dhcp: addresses?.includes('dhcp') ?? false, ...slaac, gateways, routes, nameservers };
  return { name, multus, binding, ...(model === undefined ? {} : { model }), ...(addresses === undefined ? {} : { guest }) };
}

/**
 * The roles of a workload with the cards of their VMs. VM by VM, in the order of the roles, each takes the next address of a range.
 * @param found networks whose cards guests find by their MAC addresses, also without network data
 */
export function withCards({ networks: stated }: Options, roles: readonly RolePlan[], found: readonly string[] = []): RolePlan[] {
  if (stated === undefined) return [...roles];
  const pools = stated.map(poolsOf);
  let index = 0;
  return roles.map((role) => ({
    ...role,
    vms: role.vms.map((vm) => {
      const cards = stated.map((network, at) => cardOf(network, role.networks?.[at], pools[at] ?? [], vm, index, found));
      index += 1;
      return { ...vm, cards };
    }),
  }));
}

function cardOf(
  network: NetworkSetting,
  plan: NetworkPlan | undefined,
  pools: readonly Pool[],
  vm: VmPlan,
  index: number,
  found: readonly string[],
): CardPlan {
  const needed = plan !== undefined && (plan.guest !== undefined || (plan.multus !== undefined && found.includes(plan.name)));
  const derived = needed ? derivedMac(`${vm.uuid}/${plan.name}`) : undefined;
  const mac = network.mac === undefined ? derived : laterMac(network.mac, index);
  const taken = pools.flatMap((pool) => pool.address(BigInt(index)) ?? []);
  const addresses = 'pod' in network && network.ipv6 ? [POD_IPV6.address] : taken;
  return { ...(mac === undefined ? {} : { mac }), addresses };
}

/** The addresses of one IP family of a network. */
interface Pool {
  readonly family: 4 | 6;
  readonly ranges: readonly IpRange[];
  readonly size: bigint;
  /** @returns the address with its prefix; undefined behind the last one */
  readonly address: (index: bigint) => string | undefined;
}

function poolsOf(network: NetworkSetting): Pool[] {
  const ranges = 'pod' in network ? [] : (network.addresses ?? []).flatMap((text) => parseIpRange(text) ?? []);
  return FAMILIES.flatMap((family) => {
    const own = ranges.filter((range) => range.family === family);
    return own.length === 0 ? [] : [pool(family, own)];
  });
}

function pool(family: 4 | 6, ranges: readonly IpRange[]): Pool {
  const sizeOf = ({ first, last }: IpRange) => last - first + 1n;
  const address = (index: bigint) => {
    let rest = index;
    for (const range of ranges) {
      if (rest < sizeOf(range)) return `${showIp({ family, value: range.first + rest })}/${range.prefix}`;
      rest -= sizeOf(range);
    }
    return undefined;
  };
  return { family, ranges, size: ranges.reduce((sum, range) => sum + sizeOf(range), 0n), address };
}

/** What a rule finds: the part of the option, and what is wrong. */
type Found = readonly [applies: boolean, at: DocumentPath, message: string | { readonly message: string; readonly hint?: string }];

/**
 * What KubeVirt would reject, or what could not work.
 * @param usesAddresses whether the load does not need the names of servers
 * @see https://github.com/kubevirt/kubevirt, pkg/network/admitter
 */
export function networkProblems(options: Options, entry: Entry, roles: readonly RolePlan[], usesAddresses = false): Problem[] {
  const { networks: stated, place } = options;
  if (stated === undefined) return [];
  const found = [
    ...stated.flatMap((network, index) => [...ofNetwork(stated, network, index, roles), ...(options.pool ? inPool(network, index) : [])]),
    ...withoutPod(entry, roles, usesAddresses),
    ...tooMuchData(roles),
  ];
  return found
    .filter(([applies]) => applies)
    .map(([, at, text]) => ({ where: place('networks', at), ...(typeof text === 'string' ? { message: text } : text) }));
}

function ofNetwork(stated: readonly NetworkSetting[], network: NetworkSetting, index: number, roles: readonly RolePlan[]): Found[] {
  const vms = roles.reduce((sum, role) => sum + role.vms.length, 0);
  const at = (...path: DocumentPath) => [index, ...path];
  const { mac, model } = network;
  const [binding, key] = 'pod' in network ? [network.pod, 'pod'] : [network.binding ?? 'bridge', 'binding'];
  const common: Found[] = [
    [mac === RESERVED_MAC && binding === 'masquerade', at('mac'), NETWORK.reservedMac(RESERVED_MAC)],
    [mac !== undefined && laterMac(mac, vms - 1) === undefined, at('mac'), NETWORK.fewMacs(vms, mac ?? '')],
    [binding === 'sriov' && model !== undefined, at('model'), NETWORK.sriovModel],
  ];
  const others = stated.slice(0, index);
  const pods = stated.filter((each) => 'pod' in each).length;
  if ('pod' in network) {
    const needsData = stated.some(configures);
    return [
      ...common,
      [others.some((each) => 'pod' in each), at('pod'), NETWORK.onePod],
      [binding === 'sriov', at('pod'), NETWORK.sriovOnPod],
      [network.ipv6 === true && binding !== 'masquerade', at('ipv6'), NETWORK.ipv6Masquerade(binding)],
      [needsData && binding !== 'masquerade' && mac === undefined, at('pod'), NETWORK.needsMac(binding)],
    ];
  }
  const { name } = network;
  return [
    ...common,
    [others.some((each) => !('pod' in each) && each.name === name), at('name'), NETWORK.sameName(name)],
    [name === POD && pods > 0, at('name'), NETWORK.podName(name)],
    [binding === 'masquerade', at(key), NETWORK.masqueradeOfPod],
    ...ofAddresses(network, vms, pods > 0, at),
  ];
}

function ofAddresses(network: NetworkSetting, vms: number, isBesidePod: boolean, at: (...path: DocumentPath) => DocumentPath): Found[] {
  if ('pod' in network) return [];
  const { addresses, gateway = [], routes = [], nameservers = [] } = network;
  const pools = poolsOf(network);
  const lost = { gateway: gateway.length, routes: routes.length, nameservers: nameservers.length };
  if (addresses === undefined) {
    return Object.entries(lost).map(([key, count]): Found => [count > 0, at(key), NETWORK.onlyWithAddresses]);
  }
  const automatic = [...(addresses.includes('dhcp') ? [4] : []), ...(addresses.includes('slaac') ? [6] : [])];
  const isNear = (text: string) => {
    const family = parseIp(text)?.family ?? 0;
    // Only the DHCP server or the router knows the network of the guest then.
    if (automatic.includes(family)) return true;
    return pools.some((each) => each.ranges.some((range) => contains(range, text)) || (each.family === family && isOfLink(text)));
  };
  const familyOf = (text: string) => (parseIp(text) ?? parseIpRange(text))?.family;
  return [
    ...pools.map(({ family, size }): Found => [size < vms, at('addresses'), NETWORK.fewAddresses(family, vms, Number(size))]),
    ...FAMILIES.map((family): Found => {
      const several = gateway.filter((text) => parseIp(text)?.family === family).length > 1;
      return [several, at('gateway'), NETWORK.oneGateway(family)];
    }),
    [gateway.length > 0 && isBesidePod, at('gateway'), NETWORK.gatewayOfPod],
    ...gateway.map((text): Found => [!isNear(text), at('gateway'), NETWORK.outside(text)]),
    ...routes.map(({ to, via }, index): Found => {
      const isOther = familyOf(to) !== familyOf(via);
      return [isOther || !isNear(via), at('routes', index, 'via'), isOther ? NETWORK.otherFamily(to, via) : NETWORK.outside(via)];
    }),
  ];
}

/** Whether an IPv6 address is valid on every link. Routers have one of these. */
function isOfLink(text: string): boolean {
  return contains({ family: 6, first: 0xfe80n << 112n, last: 0n, prefix: 10 }, text);
}

/** The VMs of a pool differ in nothing but their names. */
function inPool(network: NetworkSetting, index: number): Found[] {
  return (['mac', 'addresses', 'ipv6'] as const).map((key) => [
    key in network && (network as { readonly [key: string]: unknown })[key] !== false,
    [index, key],
    NETWORK.ofPool,
  ]);
}

function contains({ family, first: value, prefix }: IpRange, text: string): boolean {
  const ip = parseIp(text);
  const network = networkOf({ family, value }, prefix);
  return ip?.family === family && network.first <= ip.value && ip.value <= network.last;
}

/** KubeVirt's limit for network data in the VM itself. The last VM of a role has the longest addresses. */
const MOST_DATA = 2048;

function tooMuchData(roles: readonly RolePlan[]): Found[] {
  const bytes = Math.max(...roles.map(({ networks, vms }) => Buffer.byteLength(networkData(networks, vms.at(-1)?.cards) ?? '')));
  return [[bytes > MOST_DATA, [], NETWORK.tooMuchData(MOST_DATA, bytes)]];
}

/** What guests need the pod network for. */
function withoutPod(entry: Entry, roles: readonly RolePlan[], usesAddresses: boolean): Found[] {
  if (roles.every(hasPod)) return [];
  return [
    [!usesAddresses && usesNames(entry), [], NETWORK.noDns(entry.name, entry.params.find(({ type }) => type === 'network')?.key)],
    [entry.access !== undefined, [], NETWORK.noApi(entry.name)],
    [roles.some(({ trials }) => trials !== undefined), [], NETWORK.noResults(entry.name)],
  ];
}

/** What a user should know about networks that work. */
export function networkWarnings({ networks: stated = [], evictionStrategy, place }: Options, { name }: Entry): Problem[] {
  const found: Found[] = [
    ...stated.map((each, index): Found => {
      const isStuck = 'pod' in each && each.pod === 'bridge' && evictionStrategy !== 'None';
      return [isStuck, [index, 'pod'], NETWORK.noMigration(name)];
    }),
    [stated.length > 0 && !stated.some((each) => 'pod' in each), [], NETWORK.noPod(name)],
  ];
  return found
    .filter(([applies]) => applies)
    .map(([, at, text]) => ({ where: place('networks', at), ...(typeof text === 'string' ? { message: text } : text) }));
}

/** Two VMs with one MAC address or with one address of a network. */
export function sharedAddresses(options: Options, workloads: readonly WorkloadPlan[]): Problem[] {
  const owners = new Map<string, string>();
  const reported = new Set<string>();
  const problems: Problem[] = [];
  const claim = (key: string, what: string, vm: VmPlan, where: string) => {
    const other = owners.get(key);
    if (other === undefined) owners.set(key, vm.name);
    // One problem for each setting: those of the further VMs have the same cause.
    else if (!reported.has(where)) {
      reported.add(where);
      problems.push({ where, ...NETWORK.taken(what, vm.name, other) });
    }
  };
  for (const { name, namespace, roles } of workloads) {
    const own = options.of(name);
    for (const { networks = [], vms } of roles) {
      for (const [index, { multus, guest }] of networks.entries()) {
        if (multus === undefined && own.networks?.[index]?.mac === undefined) continue;
        if (guest === undefined && own.networks?.[index]?.mac === undefined) continue;
        const network = multus === undefined || multus.includes('/') ? (multus ?? POD) : `${namespace}/${multus}`;
        for (const vm of vms) {
          const { mac, addresses = [] } = vm.cards?.[index] ?? {};
          if (mac !== undefined) claim(mac, `the MAC address ${mac}`, vm, own.place('networks', [index, 'mac']));
          if (multus === undefined) continue;
          for (const address of addresses) {
            const [ip = ''] = address.split('/');
            claim(`${network} ${ip}`, `the address ${ip} of ${network}`, vm, own.place('networks', [index, 'addresses']));
          }
        }
      }
    }
  }
  return problems;
}
