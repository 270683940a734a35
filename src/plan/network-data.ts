import { parseIp } from '../kubernetes/ip-address';
import type { CardPlan, GuestNetworkPlan, NetworkPlan } from './plan';

/** Cards by the names of their networks, as in version 2 of cloud-init's network data. */
export type Ethernets = { readonly [network: string]: object };

/**
 * What a guest configures. Cards are found by their MAC addresses, because their names depend on the image.
 * @see https://cloudinit.readthedocs.io/en/latest/reference/network-config-format-v2.html
 */
export function ethernets(networks: readonly NetworkPlan[], cards: readonly CardPlan[] = []): Ethernets {
  return Object.fromEntries(
    networks.flatMap(({ name, multus, guest }, index) => {
      const { mac, addresses } = cards[index] ?? { addresses: [] };
      return guest === undefined || mac === undefined ? [] : [[name, ethernet(guest, { mac, addresses }, multus !== undefined)]];
    }),
  );
}

/**
 * YAML with a line of JSON for each card: every string has quotes, whatever its characters are, so the texts of two VMs differ only in these
 * strings.
 * @returns the network data of a VM; undefined if the guest needs none
 */
export function networkData(networks: readonly NetworkPlan[] = [], cards: readonly CardPlan[] = []): string | undefined {
  const lines = Object.entries(ethernets(networks, cards)).map(([name, card]) => `  ${JSON.stringify(name)}: ${inOneLine(card)}\n`);
  return lines.length === 0 ? undefined : `version: 2\nethernets:\n${lines.join('')}`;
}

/** Netplan needs the same for both IP families. */
const AFTER_POD = { 'route-metric': 1000 };

function inOneLine(value: object): string {
  return JSON.stringify(value, undefined, 1).replace(/\n */g, ' ');
}

function ethernet(
  { dhcp, slaac, gateways, routes, nameservers }: GuestNetworkPlan,
  { mac, addresses }: CardPlan,
  isSecondary: boolean,
): object {
  return {
    match: { macaddress: mac },
    ...(dhcp ? { dhcp4: true } : {}),
    // The default route and the DNS servers are those of the pod network, where there is one.
    ...(dhcp && isSecondary ? { 'dhcp4-overrides': AFTER_POD } : {}),
    // With dhcp6, every guest OS uses router advertisements, and DHCPv6 only if the router asks for it.
    ...(slaac ? { dhcp6: true, 'dhcp6-overrides': AFTER_POD } : {}),
    ...(addresses.length > 0 ? { addresses } : {}),
    // Older versions of cloud-init write a wrong prefix for a default route among the routes.
    ...Object.fromEntries(gateways.map((gateway) => [`gateway${parseIp(gateway)?.family}`, gateway])),
    ...(routes.length > 0 ? { routes: routes.map(({ to, via }) => ({ to, via })) } : {}),
    ...(nameservers.length > 0 ? { nameservers: { addresses: nameservers } } : {}),
  };
}
