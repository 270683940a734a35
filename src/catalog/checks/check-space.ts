import type { Problem } from '../../errors';
import { parseBytes } from '../../kubernetes/quantity';
import { nearest } from '../../text/suggest';
import type { DocumentPath } from '../../yaml/yaml-file';
import { hint, undeclared } from '../problems';
import type { DeclaredSpace } from '../workload-file';
import type { RawEntry } from './raw-entry';

/** What `on` of a rule may be beside the name of a disk: the disk that a VM boots from, and its memory. */
const OTHERS = ['root', 'memory'];

/** Rules for `space`. */
export const SPACE_RULES = [spacePlaces, spaceRoles, spaceAmounts, spaceParams];

function spacePlaces({ data, file, incomplete }: RawEntry): Problem[] {
  const known = [...(data.storage ?? []).flatMap((disk) => disk.name), ...OTHERS];
  if (incomplete.has('storage')) return [];
  return rules(data).flatMap(({ rule: { on }, path, at }) => {
    if (known.includes(on)) return [];
    const message = `${at}.on must be one of ${known.join(', ')}, got ${JSON.stringify(on)}`;
    return [{ where: file.locate([...path, 'on']), message, ...hint(nearest(on, known)) }];
  });
}

function spaceRoles({ data, file }: RawEntry): Problem[] {
  const known = data.roles?.map((role) => role.name) ?? [];
  return rules(data).flatMap(({ rule: { role }, path, at }) =>
    role === undefined || known.includes(role) ? [] : [undeclared(file, [...path, 'role'], `${at}.role`, role, known)],
  );
}

/** A quantity; for what is counted also the key of a param whose value is a size. */
function spaceAmounts({ data, file, incomplete }: RawEntry): Problem[] {
  const keys = incomplete.has('params') ? undefined : (data.params ?? []).flatMap((param) => param.key);
  const isGood = (amount: unknown, mayBeParam: boolean) =>
    parseBytes(String(amount)) !== undefined || (mayBeParam && (keys?.includes(String(amount)) ?? true));
  return rules(data).flatMap(({ rule: { base, each = {} }, path, at }) => [
    ...(base === undefined || isGood(base, false)
      ? []
      : [{ where: file.locate([...path, 'base']), message: `${at}.base must be a quantity such as 128Mi, got ${JSON.stringify(base)}` }]),
    ...Object.entries(each)
      .filter(([, amount]) => !isGood(amount, true))
      .map(([key, amount]) => ({
        where: file.locate([...path, 'each', key]),
        message: `${at}.each.${key} must be a quantity such as 24Mi, or the key of a param that is a size, got ${JSON.stringify(amount)}`,
      })),
  ]);
}

/** What a rule counts is a whole number, and every param of it exists. */
function spaceParams({ data, file, incomplete }: RawEntry): Problem[] {
  const params = data.params ?? [];
  const all = params.flatMap((param) => param.key);
  const numbers = params.flatMap((param) => (param.type === 'int' ? param.key : []));
  return rules(data).flatMap(({ rule: { base, each = {}, sizes = [] }, path, at }) => {
    if (base === undefined && Object.keys(each).length + sizes.length === 0) {
      return [{ where: file.locate(path), message: `${at} needs one of the keys "base", "each" and "sizes"` }];
    }
    const unknown = (key: string, known: readonly string[], below: DocumentPath, must: string) =>
      known.includes(key) || incomplete.has('params')
        ? []
        : [{ where: file.locate([...path, ...below]), message: `${at}.${must}, got ${JSON.stringify(key)}`, ...hint(nearest(key, known)) }];
    return [
      ...Object.keys(each).flatMap((key) => unknown(key, numbers, ['each', key], 'each must have keys of params of the type int')),
      ...sizes.flatMap((key, index) => unknown(key, all, ['sizes', index], 'sizes must be keys of params')),
    ];
  });
}

function rules({ space = [] }: RawEntry['data']): { rule: DeclaredSpace; path: DocumentPath; at: string }[] {
  return [...space].flatMap((rule, index) => (rule ? [{ rule, path: ['space', index], at: `space[${index}]` }] : []));
}
