import type { Problem } from '../errors';
import type { DocumentPath } from '../yaml-file';
import type { RawEntry } from './check';
import { SERIAL } from './check-storage';
import type { AccessRule } from './entry';
import { undeclared } from './faults';

/** The serial of the disk with the credential, when the entry names none. */
export const ACCESS_SERIAL = 'virtwork-access';

/** What a right can be here. Those that give away further rights (bind, escalate, impersonate) are none of a guest's. */
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const READING = ['get', 'list', 'watch'];

/** Rules for `access`. */
export const ACCESS_RULES = [accessRole, accessSerial, rights, clusterRights];

function accessRole({ data, file }: RawEntry): Problem[] {
  if (!data.access) return [];
  const roles = data.roles?.map((each) => each.name) ?? [];
  const { role } = data.access;
  if (role !== undefined && !roles.includes(role)) return [undeclared(file, ['access', 'role'], 'access.role', role, roles)];
  return role === undefined && data.roles
    ? [{ where: file.locate(['access']), message: `access needs the key "role": one of ${roles.join(', ')}` }]
    : [];
}

function accessSerial({ data, file }: RawEntry): Problem[] {
  if (!data.access) return [];
  const { serial = ACCESS_SERIAL, role } = data.access;
  const got = `got ${JSON.stringify(serial)}`;
  const where = file.locate(data.access.serial === undefined ? ['access'] : ['access', 'serial']);
  if (!SERIAL.test(serial)) return [{ where, message: `access.serial must be 1 to 20 letters, digits and hyphens, ${got}` }];
  const taken = data.storage?.some((disk) => disk.serial === serial && (!disk.role || disk.role === role));
  return taken ? [{ where, message: `access.serial must be unique in the VM, ${got}, which a disk of storage has` }] : [];
}

/** Every right is named: whoever reviews a Role reads there what a guest can do. */
function rights({ data, file }: RawEntry): Problem[] {
  return rulesOf(data.access).flatMap(({ path, at, rule }) => [
    ...Object.entries(rule).flatMap(([key, words]) =>
      (words as string[]).some((word) => word.includes('*'))
        ? [{ where: file.locate([...path, key]), message: `${at}.${key} must name what is meant, without *, got ${JSON.stringify(words)}` }]
        : [],
    ),
    ...rule.verbs
      .filter((verb) => !verb.includes('*') && !VERBS.includes(verb))
      .map((verb) => ({
        where: file.locate([...path, 'verbs']),
        message: `${at}.verbs must be of ${VERBS.join(', ')}, got ${JSON.stringify(verb)}`,
      })),
  ]);
}

/** What lies outside of the namespace is none of a workload's, save that it may look where its VMs can run. */
function clusterRights({ data, file }: RawEntry): Problem[] {
  return rulesOf(data.access)
    .filter(({ path, rule }) => path.includes('cluster-rules') && !readsNodes(rule))
    .map(({ path, at, rule }) => ({
      where: file.locate(path),
      message: `${at} must read nodes and nothing else (apiGroups [""], resources [nodes], verbs ${READING.join(', ')}), got ${JSON.stringify(rule)}`,
    }));
}

function readsNodes({ apiGroups, resources, verbs }: AccessRule): boolean {
  return (
    apiGroups.every((each) => each === '') && resources.every((each) => each === 'nodes') && verbs.every((each) => READING.includes(each))
  );
}

function rulesOf(access: RawEntry['data']['access']): { path: DocumentPath; at: string; rule: AccessRule }[] {
  return (['rules', 'cluster-rules'] as const).flatMap((key) =>
    (access?.[key] ?? []).map((rule, index) => ({ path: ['access', key, index], at: `access.${key}[${index}]`, rule })),
  );
}
