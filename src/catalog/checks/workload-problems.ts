import type { Problem } from '../../errors';
import { formatPath } from '../../schema/schema-errors';
import { nearest } from '../../text/suggest';
import type { DocumentPath } from '../../yaml/yaml-file';
import { undeclaredRole } from '../messages/entry';
import { mustBe, mustBeUnique, nearHint } from '../messages/wording';
import type { CheckedWorkloadFile } from '../workload-file';

/** The problem of a value of workload.yaml. @param requirement as in `must …` */
export function wrongValue({ file }: CheckedWorkloadFile, path: DocumentPath, requirement: string, got: unknown): Problem {
  return { where: file.locate(path), message: mustBe(formatPath(path), requirement, got) };
}

/**
 * The problems of values that must be unique.
 * @param found the values by the index of their item, see `repeated` and `clashes`
 * @param path of the list
 * @param key of the items
 * @param scope in which the values must be unique
 */
export function notUnique(
  { file }: CheckedWorkloadFile,
  found: readonly (readonly [number, string])[],
  path: DocumentPath,
  key?: string,
  scope?: string,
): Problem[] {
  return found.map(([index, value]) => {
    const place = [...path, index, ...(key === undefined ? [] : [key])];
    return { where: file.locate(place), message: mustBeUnique(formatPath(place), value, scope) };
  });
}

/** Names of the roles that the entry declares. */
export function roleNames({ data }: CheckedWorkloadFile): string[] {
  return (data.roles ?? []).map((role) => role.name);
}

/** The problem of a name that no role has; none if there is no name. */
export function unknownRole(entry: CheckedWorkloadFile, path: DocumentPath, role: string | undefined): Problem[] {
  const roles = roleNames(entry);
  if (role === undefined || roles.includes(role)) return [];
  return [{ ...wrongValue(entry, path, undeclaredRole(roles), role), ...nearHint(nearest(role, roles)) }];
}
