import { allUnits, type Entry, type ParamSpec } from '../catalog/entry';
import type { Problem } from '../errors';
import type { Options } from '../options/options';
import type { GivenParams } from '../options/workload-settings';
import { nearest } from '../text/suggest';
import { TRAFFIC } from './messages';
import type { Params, TrialParams } from './params';
import { peersOf } from './peers';
import type { RolePlan } from './plan';

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

/** The network must be one in which virtwork knows the addresses of the servers. */
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

function wrong({ networks = [] }: Options, name: string) {
  const known = networks.flatMap((each) => ('pod' in each ? [] : [each]));
  const network = known.find((each) => each.name === name);
  if (network === undefined) {
    const names = known.map((each) => each.name);
    return (key: string, workload: string) => TRAFFIC.unknown(key, workload, name, names, nearest(name, names));
  }
  const hasAddresses = network.addresses?.some((text) => text !== 'dhcp' && !text.includes(':'));
  return hasAddresses ? undefined : (key: string, workload: string) => TRAFFIC.noAddresses(key, workload, name);
}

/** The roles of a workload; its clients know the addresses of their servers in these networks. */
export function withPeerAddresses(
  entry: Entry,
  networks: readonly string[],
  roles: readonly RolePlan[],
  files: RolePlan['guest']['files'],
): RolePlan[] {
  const servers = roles.find(({ role }) => role !== undefined && role === peersOf(entry));
  const param = trafficParam(entry);
  if (networks.length === 0 || servers === undefined || param === undefined) return [...roles];
  const addresses = Object.fromEntries(networks.map((name) => [name, addressesIn(servers, name)]));
  const traffic = { param: param.key, addresses };
  return roles.map((role) =>
    role === servers ? role : { ...role, guest: { ...role.guest, traffic, files: [...role.guest.files, ...files] } },
  );
}

/** IPv4: not every program accepts an IPv6 address where it expects a name. */
function addressesIn({ networks = [], vms }: RolePlan, name: string): string[] {
  const index = networks.findIndex((network) => network.name === name);
  return vms.map(({ cards = [] }) => {
    const [address = ''] = (cards[index]?.addresses ?? []).filter((each) => !each.includes(':'));
    return address.replace(/\/.*$/, '');
  });
}
