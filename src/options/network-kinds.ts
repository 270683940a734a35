import { networkOf, parseIp, parseIpRange, showIp } from '../kubernetes/ip-address';
import { canonicalMac } from '../kubernetes/mac-address';
import { didYouMean } from '../text/messages';
import { kindOf } from '../text/show';
import { misspelt } from '../text/suggest';
import { bool, choice, type Kind, objectName } from './kinds';
import { fromText, isMap, items, record } from './structured';
import { MUST } from './value-messages';

// Kinds of values that describe the networks of VMs, as KubeVirt has them.

/** Emulated network cards. */
export type CardModel = 'virtio' | 'e1000' | 'e1000e' | 'igb' | 'ne2k_pci' | 'pcnet' | 'rtl8139';

/** The pod network. */
export interface PodNetwork {
  /** How the VM is connected: `masquerade`, `bridge`, or the name of a binding plugin such as `l2bridge`. */
  readonly pod: string;
  /** The guest gets the IPv6 address that KubeVirt translates; only with `masquerade`. @default false */
  readonly ipv6?: boolean;
  /** MAC address of the first VM; each further VM has the next one. @default that of the cluster */
  readonly mac?: string;
  /** @default 'virtio' */
  readonly model?: CardModel;
}

/** A secondary network. */
export interface SecondaryNetwork {
  /** Unique name in the VM. */
  readonly name: string;
  /** NetworkAttachmentDefinition: its name, or `namespace/name`. */
  readonly multus: string;
  /** How the VM is connected: `bridge`, `sriov`, or the name of a binding plugin. @default 'bridge' */
  readonly binding?: string;
  /** MAC address of the first VM; each further VM has the next one. @default derived from the VM with `addresses`, else that of the cluster */
  readonly mac?: string;
  /** @default 'virtio', or none with `sriov` */
  readonly model?: CardModel;
  /**
   * `'dhcp'`, `'slaac'` (IPv6 by router advertisements), or addresses and ranges with prefix, such as `'192.0.2.10-192.0.2.19/24'`: each VM
   * gets one of each IP family.
   * @default the guest does not configure the network
   */
  readonly addresses?: string | readonly string[];
  /** Default gateways, one for each IP family. @default none */
  readonly gateway?: string | readonly string[];
  /** Routes to other networks. @default none */
  readonly routes?: readonly Route[];
  /** Addresses of DNS servers. @default none */
  readonly nameservers?: string | readonly string[];
}

export interface Route {
  /** Network with its prefix, such as `'198.51.100.0/24'`. */
  readonly to: string;
  /** Address of the router. */
  readonly via: string;
}

/** A network as a program states it. */
export type Network = PodNetwork | SecondaryNetwork;

/** A network in its final form: lists instead of single values. */
export type NetworkSetting =
  | PodNetwork
  | (Omit<SecondaryNetwork, 'addresses' | 'gateway' | 'nameservers'> & {
      readonly addresses?: readonly string[];
      readonly gateway?: readonly string[];
      readonly nameservers?: readonly string[];
    });

/** How a guest gets its address from the network: with DHCP for IPv4, or from a router for IPv6. */
const AUTOMATIC = ['dhcp', 'slaac'];
/** Words of netplan and other programs for the same. */
const MEANT: { readonly [word: string]: string } = { dhcp4: 'dhcp', dhcpv4: 'dhcp', dhcp6: 'slaac', dhcpv6: 'slaac', ra: 'slaac' };

const model = choice('virtio', 'e1000', 'e1000e', 'igb', 'ne2k_pci', 'pcnet', 'rtl8139');
const mac = string(MUST.mac, canonicalMac);
const ip = string(MUST.ip, (text) => shownIp(text));
const address = string(MUST.addresses, (text) => (AUTOMATIC.includes(text) ? text : rangeOf(text)));
const addresses = atLeastOne(oneOrMore(hinted(address, meantAddress)), MUST.someAddress);
const route = record<{ to?: string; via?: string }>({ to: string(MUST.networkOfRoute, destination), via: ip }, ['to', 'via']);

const podBinding = hinted(binding('masquerade', 'bridge'), (raw) => (isMap(raw) ? 'write pod: masquerade' : undefined));
const pod = record<{ [K in keyof PodNetwork]?: PodNetwork[K] }>({ pod: podBinding, ipv6: bool, mac, model }, ['pod']);
const secondary = record<{ [K in keyof SecondaryNetwork]?: unknown }>(
  {
    name: string(MUST.networkName, (text) => (/^[A-Za-z0-9_-]{1,63}$/.test(text) ? text : undefined)),
    multus: hinted(
      string(MUST.multus, (text) => (isAttachment(text) ? text : undefined)),
      // As in a VirtualMachine.
      (raw) => (isMap(raw) && isAttachment(String(raw.networkName)) ? `write multus: ${raw.networkName}` : undefined),
    ),
    binding: binding('bridge', 'sriov'),
    mac,
    model,
    addresses,
    gateway: oneOrMore(ip),
    routes: items(route),
    nameservers: oneOrMore(ip),
  },
  ['name', 'multus'],
);

const either = {
  parse: (raw: unknown) => {
    const isNone = !isMap(raw) || [raw.pod, raw.name, raw.multus].every((each) => each === undefined);
    if (isNone) return { must: MUST.network, got: isMap(raw) ? 'neither' : kindOf(raw) };
    return (raw.pod === undefined ? secondary : pod).parse(raw);
  },
  schema: { anyOf: [pod.schema, secondary.schema] },
} as Kind<NetworkSetting>;

const list = items(either);

export const networks = fromText<readonly NetworkSetting[]>(
  atLeastOne({ ...list, schema: { ...list.schema, minItems: 1 } }, MUST.someNetwork),
  '[{pod: masquerade}]',
);

/** @param must for a list without items */
function atLeastOne<T>(kind: Kind<T>, must: string): Kind<T> {
  return { ...kind, parse: (raw) => (Array.isArray(raw) && raw.length === 0 ? { must, got: 'none' } : kind.parse(raw)) };
}

/** @param hint for a rejected value; undefined if there is none */
function hinted<T>(kind: Kind<T>, hint: (raw: unknown) => string | undefined): Kind<T> {
  return {
    ...kind,
    parse: (raw) => {
      const parsed = kind.parse(raw);
      const more = 'must' in parsed ? hint(raw) : undefined;
      return more === undefined ? parsed : { ...parsed, hint: more };
    },
  };
}

function meantAddress(raw: unknown): string | undefined {
  const word = String(raw).toLowerCase();
  const meant = MEANT[word] ?? (AUTOMATIC.includes(word) ? word : misspelt(word, AUTOMATIC));
  return meant === undefined ? undefined : didYouMean(meant);
}

/** The name of a binding of KubeVirt, or of a plugin. */
function binding(...own: readonly string[]): Kind<string> {
  return {
    ...objectName,
    parse: (raw) => {
      const meant = typeof raw === 'string' ? misspelt(raw.toLowerCase(), own) : undefined;
      const parsed = objectName.parse(raw);
      if ('value' in parsed && meant === undefined) return parsed;
      return { must: MUST.binding(own), ...(meant === undefined ? {} : { hint: didYouMean(meant) }) };
    },
  };
}

function isAttachment(text: string): boolean {
  const parts = text.split('/');
  return parts.length <= 2 && parts.every((part) => 'value' in objectName.parse(part));
}

/** One value or a list of values; the result is a list. */
function oneOrMore(kind: Kind<string>): Kind<readonly string[]> {
  const several = items(kind);
  return {
    parse: (raw) => {
      if (Array.isArray(raw)) return several.parse(raw);
      const one = kind.parse(raw);
      return 'value' in one ? { value: [one.value] } : one;
    },
    schema: { anyOf: [kind.schema, several.schema] },
  };
}

function shownIp(text: string): string | undefined {
  const parsed = parseIp(text);
  return parsed && showIp(parsed);
}

/** @returns the canonical form; undefined if not all addresses can be those of a VM in one network */
function rangeOf(text: string): string | undefined {
  const range = parseIpRange(text);
  if (!range) return undefined;
  const { family, first, last, prefix } = range;
  const network = networkOf({ family, value: first }, prefix);
  const hasEnds = family === 4 && prefix < 31;
  const [least, most] = hasEnds ? [network.first + 1n, network.last - 1n] : [network.first, network.last];
  if (first > last || first < least || last > most) return undefined;
  const shown = showIp({ family, value: first });
  return first === last ? `${shown}/${prefix}` : `${shown}-${showIp({ family, value: last })}/${prefix}`;
}

/** @returns undefined if it is not the first address of a network, with its prefix */
function destination(text: string): string | undefined {
  const range = parseIpRange(text);
  if (!range || range.first !== range.last || range.prefix === 0) return undefined;
  const address = { family: range.family, value: range.first };
  return networkOf(address, range.prefix).first === range.first ? `${showIp(address)}/${range.prefix}` : undefined;
}

/** @param canonical the final form of a string; undefined for a wrong one */
function string(must: string, canonical: (text: string) => string | undefined): Kind<string> {
  return {
    parse: (raw) => {
      const value = typeof raw === 'string' ? canonical(raw) : undefined;
      return value === undefined ? { must } : { value };
    },
    schema: { type: 'string' },
  };
}
