import { createHash } from 'node:crypto';

const MAC = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i;

/** KubeVirt's bridge between the pod and a VM with the binding masquerade. */
export const RESERVED_MAC = '02:00:00:00:00:00';

/** @returns the canonical form, in lowercase and with colons; undefined for a string that is not the MAC address of one card */
export function canonicalMac(text: string): string | undefined {
  const mac = text.toLowerCase().replaceAll('-', ':');
  const isGroup = Number.parseInt(mac.slice(0, 2), 16) % 2 === 1;
  return MAC.test(text) && !isGroup && mac !== '00:00:00:00:00:00' ? mac : undefined;
}

/** @returns the address that follows after so many others; undefined after the last one of the manufacturer */
export function laterMac(mac: string, steps: number): string | undefined {
  const digits = mac.replaceAll(':', '');
  const card = Number.parseInt(digits.slice(6), 16) + steps;
  return card > 0xff_ff_ff ? undefined : withColons(digits.slice(0, 6) + card.toString(16).padStart(6, '0'));
}

/** A locally administered address of one card, always the same for a name. It begins with a letter, so YAML needs no quotes. */
export function derivedMac(name: string): string {
  return withColons(`ae${createHash('sha256').update(name).digest('hex').slice(0, 10)}`);
}

function withColons(digits: string): string {
  return (digits.match(/../g) ?? []).join(':');
}
