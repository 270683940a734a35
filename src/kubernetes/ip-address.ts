/** An IP address as a number. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** One address or a range of addresses, with the length of the network's prefix. */
export interface IpRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
  readonly prefix: number;
}

const BITS = { 4: 32, 6: 128 } as const;

/** @returns undefined for a string that is not an address */
export function parseIp(text: string): IpAddress | undefined {
  // Few runs read an address, and the module takes a millisecond to load.
  const { isIP } = require('node:net') as typeof import('node:net');
  const family = isIP(text);
  // A zone such as %eth0 belongs to one machine.
  if ((family !== 4 && family !== 6) || text.includes('%')) return undefined;
  return { family, value: family === 4 ? number(text.split('.'), 8, 10) : number(groups(text), 16, 16) };
}

/** The canonical form of an address (RFC 5952). */
export function showIp({ family, value }: IpAddress): string {
  const parts = Array.from({ length: family === 4 ? 4 : 8 }, (_, index) => {
    const size = family === 4 ? 8 : 16;
    return (value >> BigInt(BITS[family] - size * (index + 1))) & BigInt(2 ** size - 1);
  });
  if (family === 4) return parts.join('.');
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

/** @returns undefined for a string other than `ADDRESS/PREFIX` and `FIRST-LAST/PREFIX` */
export function parseIpRange(text: string): IpRange | undefined {
  const [, from = '', to = from, digits = ''] = /^([^-/]+)(?:-([^-/]+))?\/([0-9]{1,3})$/.exec(text) ?? [];
  const [first, last, prefix] = [parseIp(from), parseIp(to), Number(digits)];
  if (!first || !last || first.family !== last.family || prefix > BITS[first.family]) return undefined;
  return { family: first.family, first: first.value, last: last.value, prefix };
}

/** The network that contains an address: its first and its last address. */
export function networkOf({ family, value }: IpAddress, prefix: number): { readonly first: bigint; readonly last: bigint } {
  const hosts = (1n << BigInt(BITS[family] - prefix)) - 1n;
  return { first: value - (value & hosts), last: value | hosts };
}

function number(digits: readonly string[], bits: number, base: number): bigint {
  return digits.reduce((sum, each) => (sum << BigInt(bits)) | BigInt(Number.parseInt(each, base)), 0n);
}

/** The eight groups of an IPv6 address. */
function groups(text: string): string[] {
  const expanded = text.replace(/[0-9.]+\.[0-9.]+$/, (v4) => {
    const [a = 0, b = 0, c = 0, d = 0] = v4.split('.').map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = expanded.split('::');
  const split = (part: string) => (part === '' ? [] : part.split(':'));
  if (tail === undefined) return split(head);
  const [before, after] = [split(head), split(tail)];
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}
