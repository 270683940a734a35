import type { Problem } from '../../errors';
import { SERIAL } from '../../kubernetes/disk-serial';
import { formatPath } from '../../schema/schema-errors';
import type { DocumentPath } from '../../yaml/yaml-file';
import { ACCESS_SERIAL, type AccessRule } from '../entry';
import * as say from '../messages/entry';
import type { Text } from '../messages/wording';
import type { RawEntry } from './raw-entry';
import { roleNames, unknownRole, wrongValue } from './workload-problems';

/** Verbs of a rule. Those that give further permissions (bind, escalate, impersonate) are not for guests. */
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const READING = ['get', 'list', 'watch'];

/** Rules for `access`. */
export const ACCESS_RULES = [accessRole, accessSerial, somePermission, permissions, ownPermissions, clusterPermissions];

/** What each word of a rule must look like: an API server accepts others as well, and they never match anything. */
const WORDS: { readonly [key in keyof AccessRule]-?: { readonly pattern: RegExp; readonly must: string } } = {
  apiGroups: {
    pattern: /^(?!core$|v[0-9]|.*\/)([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$/,
    must: say.WRONG_API_GROUPS,
  },
  resources: { pattern: /^[a-z0-9-]+(\/[a-z0-9-]+)?$/, must: say.WRONG_RESOURCES },
  verbs: { pattern: new RegExp(`^(${VERBS.join('|')})$`), must: say.wrongVerbs(VERBS) },
  resourceNames: { pattern: /^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$/, must: say.WRONG_RESOURCE_NAMES },
};
/** Creates tokens of other accounts, so it is a way to impersonate. */
const TOKENS = 'serviceaccounts/token';

/** Resources in no namespace, by API group; a namespace itself counts as one of its own objects. */
const OF_THE_CLUSTER: { readonly [group: string]: RegExp } = {
  '': /^(nodes|persistentvolumes|componentstatuses)$/,
  'admissionregistration.k8s.io': /./,
  'apiextensions.k8s.io': /./,
  'apiregistration.k8s.io': /./,
  'authentication.k8s.io': /./,
  'authorization.k8s.io': /^(?!localsubjectaccessreviews$)/,
  'certificates.k8s.io': /^(certificatesigningrequests|clustertrustbundles)$/,
  'config.openshift.io': /./,
  'flowcontrol.apiserver.k8s.io': /./,
  'metrics.k8s.io': /^nodes$/,
  'node.k8s.io': /./,
  'oauth.openshift.io': /./,
  'rbac.authorization.k8s.io': /^clusterrole/,
  'scheduling.k8s.io': /./,
  'security.openshift.io': /^(securitycontextconstraints|rangeallocations)$/,
  'storage.k8s.io': /^(?!csistoragecapacities$)/,
  'user.openshift.io': /./,
};

function accessRole(entry: RawEntry): Problem[] {
  const { access, roles } = entry.data;
  if (!access) return [];
  if (access.role === undefined && roles)
    return [{ where: entry.file.locate(['access']), message: say.needsRole('access', 'role', roleNames(entry)) }];
  return unknownRole(entry, ['access', 'role'], access.role);
}

function accessSerial(entry: RawEntry): Problem[] {
  const { access, storage = [] } = entry.data;
  if (!access) return [];
  const { serial = ACCESS_SERIAL, role } = access;
  if (!SERIAL.test(serial)) return [wrongValue(entry, ['access', 'serial'], say.WRONG_SERIAL, serial)];
  const isTaken = storage.some((disk) => disk.serial === serial && (!disk.role || disk.role === role));
  // Without a serial of its own, the place is that of the section.
  return isTaken ? [{ where: entry.file.locate(['access', 'serial']), message: say.serialOfDisk(serial) }] : [];
}

function somePermission({ data, file }: RawEntry): Problem[] {
  const { access } = data;
  return !access || access.rules || access['cluster-rules']
    ? []
    : [{ where: file.locate(['access']), message: say.needsOneKey('access', ['rules', 'cluster-rules']) }];
}

/** Every permission is named: those who review a Role read there what a guest can do. */
function permissions(entry: RawEntry): Problem[] {
  return rulesOf(entry).flatMap(({ path, rule }) =>
    (Object.keys(WORDS) as (keyof AccessRule)[]).flatMap((key) => {
      const { pattern, must } = WORDS[key];
      const wrong = (rule[key] ?? []).filter((word) => !pattern.test(word));
      return wrong.map((word) => wrongValue(entry, [...path, key], word.includes('*') ? say.NO_WILDCARD : must, word));
    }),
  );
}

function ownPermissions(entry: RawEntry): Problem[] {
  return rulesOf(entry)
    .filter(({ path }) => !path.includes('cluster-rules'))
    .flatMap(({ path, rule: { apiGroups, resources } }) => {
      const at = formatPath(path);
      const outside = resources.filter((resource) => apiGroups.some((group) => isOfTheCluster(group, resource)));
      const found: Text[] = [
        ...(resources.includes(TOKENS) ? [{ message: say.tokensOfOthers(at, TOKENS) }] : []),
        ...outside.map((resource) => say.notInNamespace(at, resource)),
      ];
      return found.map((text) => ({ where: entry.file.locate([...path, 'resources']), ...text }));
    });
}

function isOfTheCluster(group: string, resource: string): boolean {
  return Object.hasOwn(OF_THE_CLUSTER, group) && (OF_THE_CLUSTER[group]?.test(resource.replace(/\/.*/s, '')) ?? false);
}

/** A workload may touch nothing outside of its namespace, except that it may look where its VMs can run. */
function clusterPermissions(entry: RawEntry): Problem[] {
  return rulesOf(entry)
    .filter(({ path, rule }) => path.includes('cluster-rules') && !readsNodes(rule))
    .map(({ path, rule }) => wrongValue(entry, path, say.onlyNodes(READING), rule));
}

function readsNodes({ apiGroups, resources, verbs }: AccessRule): boolean {
  return (
    apiGroups.every((each) => each === '') && resources.every((each) => each === 'nodes') && verbs.every((each) => READING.includes(each))
  );
}

function rulesOf({ data: { access } }: RawEntry): { path: DocumentPath; rule: AccessRule }[] {
  return (['rules', 'cluster-rules'] as const).flatMap((key) =>
    (access?.[key] ?? []).map((rule, index) => ({ path: ['access', key, index], rule })),
  );
}
