import { allUnits, type Entry, type ParamSpec } from '../catalog/entry';
import type { Problem } from '../errors';
import { parseIpRange } from '../kubernetes/ip-address';
import type { NetworkSetting } from '../options/network-kinds';
import type { Options } from '../options/options';
import type { GivenParams } from '../options/workload-settings';
import { nearest } from '../text/suggest';
import { TRAFFIC } from './messages';
import type { Params, TrialParams } from './params';
import { peersOf } from './peers';
import type { CardPlan, PeersPlan, RolePlan } from './plan';

/** The param that names the network of the load. */
export function trafficParam({ params }: Entry): ParamSpec | undefined {
  return params.find(({ type }) => type === 'network');
}

/** The params of a workload and of its trials. */
interface Settled {
  readonly params: Params;
  readonly trials?: readonly TrialParams[];
}

/** The secondary networks over which a workload runs its load, in some of its trials or always. */
export function trafficNetworks(entry: Entry, { params, trials = [] }: Settled): string[] {
  const key = trafficParam(entry)?.key ?? '';
  return [...new Set([params, ...trials.map((trial) => trial.params)].map((each) => each[key] ?? '').filter((name) => name !== ''))];
}

/** Whether the load never uses the names of servers, which only the DNS of the cluster knows. */
export function usesAddresses(entry: Entry, { params, trials = [] }: Settled): boolean {
  const key = trafficParam(entry)?.key ?? '';
  const used = trials.length > 0 ? trials.map((trial) => trial.params) : [params];
  return used.every((each) => (each[key] ?? '') !== '');
}

/** Without a network, guests get no variable of the param, as if the entry did not have it. */
export function withoutTraffic<T extends Settled>(entry: Entry, settled: T): T {
  const param = trafficParam(entry);
  if (param === undefined || trafficNetworks(entry, settled).length > 0 || isPlaceholder(entry, param)) return settled;
  const rest = ({ [param.key]: _, ...params }: Params): Params => params;
  const trials = settled.trials?.map((trial) => ({ ...trial, params: rest(trial.params) }));
  return { ...settled, params: rest(settled.params), ...(trials ? { trials } : {}) };
}

function isPlaceholder({ roles }: Entry, { key: param }: ParamSpec): boolean {
  return roles.some((role) =>
    [...allUnits(role), ...role.files].some(({ placeholders = [] }) => placeholders.some(({ key }) => key === param)),
  );
}

/** The network must be one in which clients know the addresses of their servers, or can ask for them. */
export function trafficProblems(options: Options, entry: Entry, { trials = [] }: Settled): Problem[] {
  const param = trafficParam(entry);
  if (param === undefined) return [];
  const given: GivenParams[] = [options.settings.get(entry.name)?.params ?? new Map(), ...trials.map(({ trial }) => trial.params)];
  return given.flatMap((params) => {
    const [value] = params.get(param.key) ?? [];
    // What is no name at all is reported like every wrong value of a param.
    const name = /^[A-Za-z0-9_-]{1,63}$/.exec(String(value?.raw))?.[0];
    const text = name === undefined ? undefined : wrong(options, name);
    return value === undefined || text === undefined ? [] : [{ where: value.source(), ...text(param.key, entry.name) }];
  });
}

function wrong({ networks = [], healthPort, spell }: Options, name: string) {
  const known = networks.flatMap((each) => ('pod' in each ? [] : [each]));
  const network = known.find((each) => each.name === name);
  if (network === undefined) {
    const names = known.map((each) => each.name);
    return (key: string, workload: string) => TRAFFIC.unknown(key, workload, name, names, nearest(name, names));
  }
  if (hasStatic(network) || (isOnPod(networks) && healthPort > 0)) return undefined;
  return (key: string, workload: string) =>
    TRAFFIC.cannotAsk(key, workload, name, healthPort > 0 ? undefined : spell('health_port', '9998'));
}

function isOnPod(networks: readonly NetworkSetting[]): boolean {
  return networks.some((each) => 'pod' in each);
}

/** Whether the configuration has the addresses of the VMs in a network. */
function hasStatic(network: NetworkSetting): boolean {
  return !('pod' in network) && (network.addresses ?? []).some((text) => parseIpRange(text) !== undefined);
}

/** Those of the networks whose addresses only the guests know. */
export function learntNetworks({ networks: stated = [] }: Options, names: readonly string[]): string[] {
  return names.filter((name) => stated.some((each) => !('pod' in each) && each.name === name && !hasStatic(each)));
}

/** What guests get in addition: clients that run their load over a secondary network, and servers that report their addresses. */
interface MoreFiles {
  readonly ofClients: () => RolePlan['guest']['files'];
  readonly ofServers: () => RolePlan['guest']['files'];
}

/**
 * The roles of a workload; its clients know how to find their servers in these networks.
 * @param learnt those of the networks in which the servers report their addresses
 */
export function withPeerAddresses(
  entry: Entry,
  networks: readonly string[],
  learnt: readonly string[],
  roles: readonly RolePlan[],
  files: MoreFiles,
): RolePlan[] {
  const servers = roles.find(({ role }) => role !== undefined && role === peersOf(entry));
  const param = trafficParam(entry);
  if (networks.length === 0 || servers === undefined || param === undefined) return [...roles];
  const peersIn = (name: string): PeersPlan =>
    learnt.includes(name) ? { askAt: servers.healthPort } : { addresses: addressesIn(servers, name) };
  const traffic = { param: param.key, peers: byName(networks, peersIn) };
  const reported = byName(learnt, (name) => cardsIn(servers, name).map(({ mac = '' }) => mac));
  return roles.map((role) => {
    if (role !== servers) return { ...role, guest: { ...role.guest, traffic, files: [...role.guest.files, ...files.ofClients()] } };
    if (learnt.length === 0) return role;
    return { ...role, guest: { ...role.guest, reported, files: [...role.guest.files, ...files.ofServers()] } };
  });
}

function byName<T>(names: readonly string[], value: (name: string) => T): { readonly [name: string]: T } {
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}

/** IPv4 where there is one: not every program accepts an IPv6 address where it expects a name. */
function addressesIn(servers: RolePlan, name: string): string[] {
  return cardsIn(servers, name).map(({ addresses }) => {
    const [address = ''] = [...addresses.filter((each) => !each.includes(':')), ...addresses];
    return address.replace(/\/.*$/, '');
  });
}

function cardsIn({ networks = [], vms }: RolePlan, name: string): CardPlan[] {
  const index = networks.findIndex((network) => network.name === name);
  return vms.map(({ cards = [] }) => cards[index] ?? { addresses: [] });
}
