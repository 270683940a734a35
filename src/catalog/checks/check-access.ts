import type { Problem } from '../../errors';
import type { DocumentPath } from '../../yaml/yaml-file';
import type { AccessRule } from '../entry';
import { undeclared } from '../problems';
import { SERIAL } from './check-storage';
import type { RawEntry } from './raw-entry';

/** The serial of the disk with the credential, when the entry names none. */
export const ACCESS_SERIAL = 'virtwork-access';

/** What a right can be here. Those that give away further rights (bind, escalate, impersonate) are none of a guest's. */
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const READING = ['get', 'list', 'watch'];

/** Rules for `access`. */
export const ACCESS_RULES = [accessRole, accessSerial, someRight, rights, ownRights, clusterRights];

/** What each word of a rule has to look like: an API server takes others as well, and they never fit anything. */
const WORDS: { readonly [key in keyof AccessRule]-?: { readonly pattern: RegExp; readonly must: string } } = {
  apiGroups: {
    pattern: /^(?!core$|v[0-9]|.*\/)([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$/,
    must: 'be API groups without a version, such as kubevirt.io, and "" for the core group',
  },
  resources: { pattern: /^[a-z0-9-]+(\/[a-z0-9-]+)?$/, must: 'be resources in small letters, such as virtualmachineinstances or pods/log' },
  verbs: { pattern: new RegExp(`^(${VERBS.join('|')})$`), must: `be of ${VERBS.join(', ')}` },
  resourceNames: { pattern: /^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$/, must: 'be names of objects' },
};
/** Makes tokens of other accounts, so it is a way to impersonate. */
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

function someRight({ data, file }: RawEntry): Problem[] {
  const { access } = data;
  return !access || access.rules || access['cluster-rules']
    ? []
    : [{ where: file.locate(['access']), message: 'access needs one of the keys "rules" and "cluster-rules"' }];
}

/** Every right is named: whoever reviews a Role reads there what a guest can do. */
function rights({ data, file }: RawEntry): Problem[] {
  return rulesOf(data.access).flatMap(({ path, at, rule }) =>
    (Object.keys(WORDS) as (keyof AccessRule)[]).flatMap((key) => {
      const { pattern, must } = WORDS[key];
      const wrong = (rule[key] ?? []).filter((word) => !pattern.test(word));
      return wrong.map((word) => {
        const demand = word.includes('*') ? 'name what is meant, without *' : must;
        return { where: file.locate([...path, key]), message: `${at}.${key} must ${demand}, got ${JSON.stringify(word)}` };
      });
    }),
  );
}

function ownRights({ data, file }: RawEntry): Problem[] {
  return rulesOf(data.access)
    .filter(({ path }) => !path.includes('cluster-rules'))
    .flatMap(({ path, at, rule: { apiGroups, resources } }) => {
      const outside = resources.filter((resource) => apiGroups.some((group) => isOfTheCluster(group, resource)));
      const problems = [
        ...(resources.includes(TOKENS) ? [`must not have ${TOKENS}, which gives the rights of other accounts`] : []),
        ...outside.map((each) => `must not have ${each}, which are in no namespace${each === 'nodes' ? ': cluster-rules' : ''}`),
      ];
      return problems.map((problem) => ({ where: file.locate([...path, 'resources']), message: `${at}.resources ${problem}` }));
    });
}

function isOfTheCluster(group: string, resource: string): boolean {
  return Object.hasOwn(OF_THE_CLUSTER, group) && (OF_THE_CLUSTER[group]?.test(resource.replace(/\/.*/s, '')) ?? false);
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
