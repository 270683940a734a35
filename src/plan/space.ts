import type { Entry, Space } from '../catalog/entry';
import type { Problem } from '../errors';
import { aboutBytes, parseBytes } from '../kubernetes/quantity';
import type { Options } from '../options/options';
import type { Params } from './params';
import type { RolePlan } from './plan';
import { rootDiskSize } from './root-disk';

/** Where there is space, how much, and how to get more. */
interface Place {
  readonly name: string;
  /** Bytes. Absent: not known. */
  readonly size?: bigint;
  /** About what the file system, or the system, takes of it. */
  readonly taken: bigint;
  /** Absent: no option makes it larger. */
  readonly flag?: string;
}

const MI = 1n << 20n;
/** Root disks of images are seldom larger. */
const USUAL = 10240n * MI;
/** What a system with its packages takes of the root disk. */
const SYSTEM = 2048n * MI;

/**
 * Holds the rules `space` of workload.yaml against the settled params, disks and memory.
 * @returns errors where the guest is certain to fail, else warnings
 */
export function shortages(
  options: Options,
  entry: Entry,
  roles: readonly RolePlan[],
  params: Params,
): { problems: Problem[]; warnings: Problem[] } {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const rule of entry.space) {
    for (const role of roles.filter((each) => rule.role === undefined || rule.role === each.role)) {
      const place = placeOf(entry, role, rule.on);
      const needs = (needed(rule, params) * 100n + BigInt(rule.share) - 1n) / BigInt(rule.share);
      if (place === undefined || needs + place.taken <= (place.size ?? USUAL)) continue;
      const isCertain = place.size !== undefined && needs > place.size && !rule.onlyWarn;
      (isCertain ? problems : warnings).push(shortage(options, entry, rule, params, place, needs));
    }
  }
  return { problems, warnings };
}

function shortage(options: Options, entry: Entry, rule: Space, params: Params, place: Place, needs: bigint): Problem {
  const keys = [...new Set([...Object.keys(rule.each), ...rule.sizes, ...Object.values(rule.each).filter((amount) => amount in params)])];
  const [given] = keys.flatMap((key) => options.settings.get(entry.name)?.params.get(key)?.[0] ?? []);
  const values = keys.length > 0 ? ` (${keys.map((key) => `${key} is ${params[key]}`).join(', ')})` : '';
  const verb = rule.onlyWarn ? 'should have' : 'needs';
  const more = place.flag === undefined ? [] : [`${place.flag} ${aboutBytes(needs + place.taken)}`];
  const fewer = keys.length > 0 ? [`a smaller ${keys.join(' or ')}`] : [];
  return {
    where: given?.source() ?? `workload ${entry.name}`,
    message: `${entry.name} ${verb} ${aboutBytes(needs)} ${place.name}${values}, ${has(place, needs)}${rule.description ? `: ${rule.description}` : ''}`,
    ...(more.length + fewer.length > 0 ? { hint: [...more, ...fewer].join(', or ') } : {}),
  };
}

function has({ size, taken }: Place, needs: bigint): string {
  if (size === undefined) return 'whose size is not known here';
  return `which has ${aboutBytes(size)}${needs > size ? '' : `, and about ${aboutBytes(taken)} of that is taken already`}`;
}

function needed({ base, each, sizes }: Space, params: Params): bigint {
  const counted = Object.entries(each).map(([key, amount]) => BigInt(params[key] || 0) * (parseBytes(amount) ?? sizeOf(params[amount])));
  return [...counted, ...sizes.map((key) => sizeOf(params[key]))].reduce((sum, amount) => sum + amount, parseBytes(base) ?? 0n);
}

/** A size as the tools in guests read it: 4k, 10M and 256mb are powers of 1024. Any other text counts nothing. */
function sizeOf(text = ''): bigint {
  const [, amount, unit = ''] = /^([0-9]{1,15})([kmgt]?)(?:i?b?)$/i.exec(text) ?? [];
  return amount === undefined ? 0n : BigInt(amount) << BigInt(10 * ['', 'k', 'm', 'g', 't'].indexOf(unit.toLowerCase()));
}

/** @returns undefined where the role has no such disk, or its size is not known */
function placeOf(entry: Entry, role: RolePlan, on: string): Place | undefined {
  if (on === 'memory') return { name: 'in the memory of a VM', size: bytes(role.memory), taken: 0n, flag: '--memory' };
  if (on === 'root') {
    const size = rootDiskSize(role.boot);
    return { name: 'on the root disk', taken: SYSTEM, ...(size === undefined ? {} : { size: bytes(size) }) };
  }
  const disk = role.disks.find(({ name }) => name === on);
  if (disk === undefined) return undefined;
  const statesSize = entry.storage.some(({ name, size }) => name === on && size !== undefined);
  const size = bytes(disk.size);
  return { name: `on disk ${on}`, size, taken: 64n * MI + size / 50n, ...(statesSize ? {} : { flag: '--disk-size' }) };
}

function bytes(quantity: string): bigint {
  return parseBytes(quantity) ?? 0n;
}
