import type { Entry, Space } from '../catalog/entry';
import type { Problem } from '../errors';
import { aboutBytes, parseBytes } from '../kubernetes/quantity';
import type { Options } from '../options/options';
import type { GivenParams } from '../options/workload-settings';
import { PLACE, shortage } from './messages';
import { hasEffect, type Params } from './params';
import type { RolePlan } from './plan';
import { rootDiskSize } from './root-disk';

/** A place with limited space. */
interface Place {
  readonly name: string;
  /** Bytes. Absent: unknown. */
  readonly size?: bigint;
  /** Bytes that the file system or the operating system uses, estimated. */
  readonly used: bigint;
  /** The option that makes it larger. Absent: there is none. */
  readonly option?: 'memory' | 'data_disk_size';
}

/** The params that decide how much is needed. */
interface Amounts {
  readonly params: Params;
  readonly given: GivenParams;
  /** Where what needs the space was stated. Looked up only when needed. @default the workload */
  readonly place?: () => string;
}

const MI = 1n << 20n;
/** Assumed size of a root disk of unknown size; few images have larger ones. */
const USUAL = 10240n * MI;
/** What an operating system with its packages uses of the root disk. */
const SYSTEM = 2048n * MI;

/**
 * Checks the rules `space` of workload.yaml against params, disks and memory.
 * @returns errors if the guest certainly fails, else warnings
 */
export function shortages(
  options: Options,
  entry: Entry,
  roles: readonly RolePlan[],
  { params, given, place = () => `workload ${entry.name}` }: Amounts,
): { problems: Problem[]; warnings: Problem[] } {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const rule of entry.space.map((each) => inEffect(each, entry, params))) {
    for (const role of roles.filter((each) => rule.role === undefined || rule.role === each.role)) {
      const space = placeOf(entry, role, rule.on);
      const needs = (needed(rule, params) * 100n + BigInt(rule.share) - 1n) / BigInt(rule.share);
      if (space === undefined || needs + space.used <= (space.size ?? USUAL)) continue;
      const isCertain = space.size !== undefined && needs > space.size && !rule.onlyWarn;
      (isCertain ? problems : warnings).push(problemOf(options, entry, rule, { params, given, place }, space, needs));
    }
  }
  return { problems, warnings };
}

function problemOf(
  options: Options,
  entry: Entry,
  rule: Space,
  { params, given, place }: Required<Amounts>,
  { name, size, used, option }: Place,
  needs: bigint,
): Problem {
  const counted = [...Object.keys(rule.each), ...(rule.times === undefined ? [] : [rule.times])];
  const keys = [...new Set([...counted, ...rule.sizes, ...Object.values(rule.each).filter((amount) => amount in params)])];
  const [first] = keys.flatMap((key) => given.get(key)?.[0] ?? []);
  return {
    where: first?.source() ?? place(),
    ...shortage({
      workload: entry.name,
      isAdvice: rule.onlyWarn,
      needs: aboutBytes(needs),
      place: name,
      params: keys.map((key) => [key, params[key]]),
      ...(size === undefined ? {} : { size: aboutBytes(size) }),
      ...(size === undefined || needs > size ? {} : { used: aboutBytes(used) }),
      description: rule.description,
      ...(option === undefined ? {} : { larger: options.spell(option, aboutBytes(needs + used)) }),
    }),
  };
}

/** A rule without the counts that have no effect. */
function inEffect({ each, times, ...rule }: Space, entry: Entry, params: Params): Space {
  const counted = Object.fromEntries(Object.entries(each).filter(([key]) => hasEffect(entry, params, key)));
  return { ...rule, each: counted, ...(times !== undefined && hasEffect(entry, params, times) ? { times } : {}) };
}

function needed({ base, each, times, sizes }: Space, params: Params): bigint {
  const factor = times === undefined ? 1n : BigInt(params[times] || 1);
  const counted = Object.entries(each).map(
    ([key, amount]) => factor * BigInt(params[key] || 0) * (parseBytes(amount) ?? sizeOf(params[amount])),
  );
  return [...counted, ...sizes.map((key) => sizeOf(params[key]))].reduce((sum, amount) => sum + amount, parseBytes(base) ?? 0n);
}

/** The trials of an experiment have the same few sizes, thousands of times. */
const SIZES = new Map<string, bigint>();

/** Bytes of a size as the tools in guests read it: 4k, 10M and 256mb are multiples of powers of 1024. Any other string counts as 0. */
function sizeOf(text = ''): bigint {
  const known = SIZES.get(text);
  if (known !== undefined) return known;
  const [, amount, unit = ''] = /^([0-9]{1,15})([kmgt]?)(?:i?b?)$/i.exec(text) ?? [];
  const size = amount === undefined ? 0n : BigInt(amount) << BigInt(10 * ['', 'k', 'm', 'g', 't'].indexOf(unit.toLowerCase()));
  SIZES.set(text, size);
  return size;
}

/** @returns undefined if the role has no such disk, or memory of unknown size */
function placeOf(entry: Entry, role: RolePlan, on: string): Place | undefined {
  // The memory that an instancetype gives is known only in the cluster.
  if (on === 'memory' && role.memory === undefined) return undefined;
  if (on === 'memory') return { name: PLACE.memory, size: bytes(role.memory ?? ''), used: 0n, option: 'memory' };
  if (on === 'root') {
    const size = rootDiskSize(role.boot);
    return { name: PLACE.root, used: SYSTEM, ...(size === undefined ? {} : { size: bytes(size) }) };
  }
  const disk = role.disks.find(({ name }) => name === on);
  if (disk === undefined) return undefined;
  const statesSize = entry.storage.some(({ name, size }) => name === on && size !== undefined);
  const size = bytes(disk.size);
  const used = disk.mount === undefined ? 0n : 64n * MI + size / 50n;
  return { name: PLACE.disk(on), size, used, ...(statesSize ? {} : { option: 'data_disk_size' }) };
}

function bytes(quantity: string): bigint {
  return parseBytes(quantity) ?? 0n;
}
