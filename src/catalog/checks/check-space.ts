import type { Problem } from '../../errors';
import { parseBytes } from '../../kubernetes/quantity';
import { formatPath } from '../../schema/schema-errors';
import { nearest } from '../../text/suggest';
import type { DocumentPath } from '../../yaml/yaml-file';
import * as say from '../messages/entry';
import { nearHint } from '../messages/wording';
import type { DeclaredSpace } from '../workload-file';
import type { RawEntry } from './raw-entry';
import { unknownRole, wrongValue } from './workload-problems';

/** What `on` of a rule may be besides the name of a disk: the disk that a VM boots from, and its memory. */
const OTHERS = ['root', 'memory'];

/** Rules for `space`. */
export const SPACE_RULES = [spacePlaces, spaceRoles, spaceAmounts, someAmount, countedParams, sizeParams];

function spacePlaces(entry: RawEntry): Problem[] {
  const known = [...(entry.data.storage ?? []).flatMap((disk) => disk.name), ...OTHERS];
  if (entry.incomplete.has('storage')) return [];
  return rulesOf(entry).flatMap(({ rule: { on }, path }) =>
    known.includes(on) ? [] : [{ ...wrongValue(entry, [...path, 'on'], say.oneOf(known), on), ...nearHint(nearest(on, known)) }],
  );
}

function spaceRoles(entry: RawEntry): Problem[] {
  return rulesOf(entry).flatMap(({ rule, path }) => unknownRole(entry, [...path, 'role'], rule.role));
}

/** A quantity; for what is counted also the key of a param whose value is a size. */
function spaceAmounts(entry: RawEntry): Problem[] {
  const keys = entry.incomplete.has('params') ? undefined : keysOf(entry);
  const isQuantity = (amount: unknown) => parseBytes(String(amount)) !== undefined;
  const isParam = (amount: unknown) => keys?.includes(String(amount)) ?? true;
  return rulesOf(entry).flatMap(({ rule: { base, each = {} }, path }) => [
    ...(base === undefined || isQuantity(base) ? [] : [wrongValue(entry, [...path, 'base'], say.WRONG_BASE, base)]),
    ...Object.entries(each)
      .filter(([, amount]) => !isQuantity(amount) && !isParam(amount))
      .map(([key, amount]) => wrongValue(entry, [...path, 'each', key], say.WRONG_EACH, amount)),
  ]);
}

function someAmount(entry: RawEntry): Problem[] {
  return rulesOf(entry)
    .filter(({ rule: { base, each = {}, sizes = [] } }) => base === undefined && Object.keys(each).length + sizes.length === 0)
    .map(({ path }) => ({ where: entry.file.locate(path), message: say.needsOneKey(formatPath(path), ['base', 'each', 'sizes']) }));
}

/** What a rule counts is a whole number. */
function countedParams(entry: RawEntry): Problem[] {
  if (entry.incomplete.has('params')) return [];
  const numbers = (entry.data.params ?? []).flatMap((param) => (param.type === 'int' ? param.key : []));
  return rulesOf(entry).flatMap(({ rule: { each = {}, times }, path }) => [
    ...Object.keys(each)
      .filter((key) => !numbers.includes(key))
      .map((key) => ({
        where: entry.file.locate([...path, 'each', key]),
        ...say.eachOfNoInt(formatPath(path), key, nearest(key, numbers)),
      })),
    ...(times === undefined || numbers.includes(times)
      ? []
      : [{ where: entry.file.locate([...path, 'times']), ...say.timesOfNoInt(formatPath(path), times, nearest(times, numbers)) }]),
  ]);
}

function sizeParams(entry: RawEntry): Problem[] {
  if (entry.incomplete.has('params')) return [];
  const keys = keysOf(entry);
  return rulesOf(entry).flatMap(({ rule: { sizes = [] }, path }) =>
    sizes.flatMap((key, index) =>
      keys.includes(key)
        ? []
        : [{ where: entry.file.locate([...path, 'sizes', index]), ...say.sizeOfNoParam(formatPath(path), key, nearest(key, keys)) }],
    ),
  );
}

function keysOf({ data }: RawEntry): string[] {
  return (data.params ?? []).flatMap((param) => param.key);
}

function rulesOf({ data: { space = [] } }: RawEntry): { rule: DeclaredSpace; path: DocumentPath }[] {
  return space.flatMap((rule, index) => ({ rule, path: ['space', index] }));
}
