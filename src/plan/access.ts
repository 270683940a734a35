import type { AccessRule, Entry, EntryAccess } from '../catalog/entry';
import type { Problem } from '../errors';
import type { Options } from '../options/options';
import { accessOf, inNamespace, notAllowed, POWER, permission } from './messages';
import type { Plan, WorkloadPlan } from './plan';

const READING = ['get', 'list', 'watch'];

/** Resources that every guest may read. Resources with credentials, and connections into pods and guests, are not included. */
const READABLE: { readonly [group: string]: readonly string[] | 'all' } = {
  '': [
    ...['configmaps', 'endpoints', 'events', 'limitranges', 'namespaces', 'nodes', 'persistentvolumeclaims', 'pods', 'pods/log'],
    ...['podtemplates', 'replicationcontrollers', 'resourcequotas', 'serviceaccounts', 'services'],
  ],
  apps: 'all',
  autoscaling: 'all',
  batch: 'all',
  'cdi.kubevirt.io': 'all',
  'clone.kubevirt.io': 'all',
  'coordination.k8s.io': 'all',
  'discovery.k8s.io': 'all',
  'events.k8s.io': 'all',
  'instancetype.kubevirt.io': 'all',
  'k8s.cni.cncf.io': 'all',
  'kubevirt.io': 'all',
  'metrics.k8s.io': 'all',
  'networking.k8s.io': 'all',
  policy: 'all',
  'pool.kubevirt.io': 'all',
  'rbac.authorization.k8s.io': 'all',
  'snapshot.kubevirt.io': 'all',
  'snapshot.storage.k8s.io': 'all',
};
/** Resources of the core group; other names in a rule belong to the other groups of the rule. */
const OF_CORE =
  /^(bindings|componentstatuses|configmaps|endpoints|events|limitranges|namespaces|nodes|persistentvolume(claim)?s|pods|podtemplates|replicationcontrollers|resourcequotas|secrets|serviceaccounts|services)(\/|$)/;
/** Subresources with no more information than the object. */
const PART = /\/(status|scale)$/;

/** Resources that every guest may write: objects that no program acts on, and migrations, which only change the node of a VM. */
const WRITABLE: { readonly [resource: string]: readonly string[] } = {
  events: ['create', 'patch'],
  'events.events.k8s.io': ['create', 'patch'],
  'virtualmachineinstancemigrations.kubevirt.io': ['create', 'delete'],
};

const CONNECTION = /\/(exec|attach|portforward|proxy|console|vnc|usbredir|ephemeralcontainers)(\.|$)/;

/** Why a permission must be allowed: the first match is the reason. */
type Reasons = readonly (readonly [what: RegExp, why: string])[];
const TO_READ: Reasons = [
  [/^secrets$/, POWER.showsSecrets],
  [CONNECTION, POWER.enters],
  [/./, POWER.showsCredentials],
];
const TO_WRITE: Reasons = [
  [/^secrets$/, POWER.createsTokens],
  [CONNECTION, POWER.enters],
  [/^(pods|podtemplates|replicationcontrollers|bindings)(\/|$)/, POWER.runs('pods')],
  [/\.(apps|batch|extensions|apps\.openshift\.io|build\.openshift\.io)$/, POWER.runs('pods')],
  [/\.(cdi|snapshot|clone|export|upload\.cdi)\.kubevirt\.io$/, POWER.disks],
  [/\.([a-z]+\.)?kubevirt\.io$/, POWER.runs('VMs')],
  [/^persistentvolume(claim)?s(\/|$)/, POWER.volumes],
  [/^serviceaccounts$/, POWER.accounts],
  [/^(roles|rolebindings)\./, POWER.grants],
  [/^namespaces(\/|$)/, POWER.namespace],
  [/^(services|endpoints)(\/|$)|\.(networking|gateway\.networking|discovery)\.k8s\.io$/, POWER.traffic],
  [/./, POWER.changes],
];
const TO_DELETE: Reasons = [[/./, POWER.deletes]];

/** A permission that implies further ones. */
interface Power {
  /** As in `access.rules[0]`. */
  readonly at: string;
  /** As in `create and get secrets`. */
  readonly what: string;
  readonly why: string;
}

/** The permissions of an entry that the user must allow, because they give a guest more permissions than they state. */
export function powersOf({ rules }: Pick<EntryAccess, 'rules'>): Power[] {
  return rules.flatMap((rule, index) => {
    // A resource may belong to any of the groups of the rule, so the worst case counts.
    const ranked = new Map<string, Ranked>();
    for (const each of permissionsOf(rule)) {
      const [key, rank] = [`${each.verb} ${each.name}`, rankOf(each)];
      if (rank >= 0 && rank < (ranked.get(key)?.rank ?? Number.POSITIVE_INFINITY)) ranked.set(key, { ...each, rank });
    }
    const worst = [...ranked.values()];
    return unique(worst.map(reasonOf)).map((why) => {
      const those = worst.filter((each) => reasonOf(each) === why);
      const what = `${and(unique(those.map(({ verb }) => verb)))} ${and(unique(those.map(({ name }) => name)))}`;
      return { at: `access.rules[${index}]`, what, why };
    });
  });
}

/** The problems of entries whose permissions the user has not allowed. */
export function accessProblems(options: Pick<Options, 'allowAccess' | 'spell'>, entries: readonly Entry[]): Problem[] {
  return entries.flatMap((entry) => (options.allowAccess.includes(entry.entry) ? [] : powerProblems(entry, options)));
}

/** The permissions of an entry that `synth` rejects unless the user allows them. */
export function powerProblems({ name, folder, access }: Entry, { spell }: Pick<Options, 'spell'>): Problem[] {
  if (!access) return [];
  return powersOf(access).map(({ at, what, why }) => ({
    where: `${folder}/workload.yaml`,
    ...notAllowed(at, what, why, name, spell),
  }));
}

/** What the guests of each workload may do in the cluster: a line for each workload with a ServiceAccount. */
export function accessLines({ workloads }: Pick<Plan, 'workloads'>): string[] {
  return workloads.flatMap(({ name, access }) => (access ? [accessOf(name, inWords(access))] : []));
}

function inWords({ rules, cluster }: NonNullable<WorkloadPlan['access']>): string[] {
  const own = rules.length > 0 ? [inNamespace(rules.map(phrase))] : [];
  return [...own, ...(cluster?.rules.map(phrase) ?? [])];
}

function phrase(rule: AccessRule): string {
  const resources = unique(permissionsOf(rule).map(({ name }) => name));
  return permission(and(unique(rule.verbs)), and(resources), rule.resourceNames && and(rule.resourceNames));
}

interface Permission {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  /** With its group if that is not in {@link READABLE}, so that a `pods` of another group is not taken for that of Kubernetes. */
  readonly name: string;
}

function permissionsOf({ apiGroups, resources, verbs }: AccessRule): Permission[] {
  return apiGroups.flatMap((group) =>
    resources
      .filter((resource) => group !== '' || apiGroups.every((each) => each === '') || OF_CORE.test(resource))
      .flatMap((resource) =>
        verbs.map((verb) => ({ group, resource, verb, name: Object.hasOwn(READABLE, group) ? resource : `${resource}.${group}` })),
      ),
  );
}

/** A permission that must be allowed, with the index of the reason. */
interface Ranked extends Permission {
  readonly rank: number;
}

function fullName({ group, resource }: Permission): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function reasonsFor({ verb }: Permission): Reasons {
  return verb.startsWith('delete') ? TO_DELETE : READING.includes(verb) ? TO_READ : TO_WRITE;
}

/** @returns index of the reason why the permission must be allowed; -1 for a harmless permission */
function rankOf(permission: Permission): number {
  const { group, resource, verb } = permission;
  const full = fullName(permission);
  const free = READING.includes(verb) ? isReadable(group, resource) : Object.hasOwn(WRITABLE, full) && WRITABLE[full]?.includes(verb);
  return free ? -1 : reasonsFor(permission).findIndex(([what]) => what.test(full));
}

function reasonOf(permission: Ranked): string {
  return reasonsFor(permission)[permission.rank]?.[1] as string;
}

function isReadable(group: string, resource: string): boolean {
  const readable = Object.hasOwn(READABLE, group) ? READABLE[group] : [];
  const whole = resource.replace(PART, '');
  return readable === 'all' ? !whole.includes('/') : (readable?.includes(whole) ?? false);
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)];
}

function and(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
