import type { AccessRule, Entry, EntryAccess } from '../catalog/entry';
import type { Problem } from '../errors';
import type { Options } from '../options/options';
import type { Plan, WorkloadPlan } from './plan';

const READING = ['get', 'list', 'watch'];

/** What may be read by anybody who is trusted with a guest. Not in it: what holds credentials, and connections into pods and guests. */
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
/** What the core group has; other names in a rule are of its other groups. */
const OF_CORE =
  /^(bindings|componentstatuses|configmaps|endpoints|events|limitranges|namespaces|nodes|persistentvolume(claim)?s|pods|podtemplates|replicationcontrollers|resourcequotas|secrets|serviceaccounts|services)(\/|$)/;
/** Parts of an object that say no more than it does. */
const PART = /\/(status|scale)$/;

/** What may be written: objects that nobody acts on, and migrations, which change nothing of a VM but its node. */
const WRITABLE: { readonly [resource: string]: readonly string[] } = {
  events: ['create', 'patch'],
  'events.events.k8s.io': ['create', 'patch'],
  'virtualmachineinstancemigrations.kubevirt.io': ['create', 'delete'],
};

const CONNECTION = /\/(exec|attach|portforward|proxy|console|vnc|usbredir|ephemeralcontainers)(\.|$)/;
const ENTERS = 'runs commands in pods or VMs, or connects to them';
const RUNS = (what: string) => `starts ${what}, which may use every account, Secret and volume of the namespace`;

/** Why a right has to be allowed: what matches first says it. */
type Reasons = readonly (readonly [what: RegExp, why: string])[];
const TO_READ: Reasons = [
  [/^secrets$/, 'shows passwords, and tokens of every account of the namespace'],
  [CONNECTION, ENTERS],
  [/./, 'may show credentials'],
];
const TO_WRITE: Reasons = [
  [/^secrets$/, 'can make tokens of every account of the namespace'],
  [CONNECTION, ENTERS],
  [/^(pods|podtemplates|replicationcontrollers|bindings)(\/|$)/, RUNS('pods')],
  [/\.(apps|batch|extensions|apps\.openshift\.io|build\.openshift\.io)$/, RUNS('pods')],
  [/\.(cdi|snapshot|clone|export|upload\.cdi)\.kubevirt\.io$/, 'reads, writes or copies disks'],
  [/\.([a-z]+\.)?kubevirt\.io$/, RUNS('VMs')],
  [/^persistentvolume(claim)?s(\/|$)/, 'makes or changes volumes, which may hold data of others'],
  [/^serviceaccounts$/, 'changes the accounts of the namespace'],
  [/^(roles|rolebindings)\./, 'gives its rights to others, or changes theirs'],
  [/^namespaces(\/|$)/, 'changes the namespace, and by its labels which pods it admits'],
  [/^(services|endpoints)(\/|$)|\.(networking|gateway\.networking|discovery)\.k8s\.io$/, 'can lead traffic of others to itself'],
  [/./, 'changes what other programs of the namespace act on'],
];
const TO_DELETE: Reasons = [[/./, 'takes away what others run or need']];

/** A right that amounts to more than it says. */
interface Power {
  /** As in `access.rules[0]`. */
  readonly at: string;
  /** As in `create and get secrets`. */
  readonly what: string;
  readonly why: string;
}

/** What of an entry's rights has to be allowed by the user, because it gives a guest further rights than are stated. */
export function powersOf({ rules }: Pick<EntryAccess, 'rules'>): Power[] {
  return rules.flatMap((rule, index) => {
    // A name may be one of several groups, of which only one has it: what is worst counts.
    const rights = new Map<string, Ranked>();
    for (const right of rightsOf(rule)) {
      const [key, rank] = [`${right.verb} ${right.name}`, rankOf(right)];
      if (rank >= 0 && rank < (rights.get(key)?.rank ?? Number.POSITIVE_INFINITY)) rights.set(key, { ...right, rank });
    }
    const worst = [...rights.values()];
    return unique(worst.map(reasonOf)).map((why) => {
      const those = worst.filter((right) => reasonOf(right) === why);
      const what = `${and(unique(those.map(({ verb }) => verb)))} ${and(unique(those.map(({ name }) => name)))}`;
      return { at: `access.rules[${index}]`, what, why };
    });
  });
}

/** Entries whose rights the user has not allowed. */
export function accessProblems({ allowAccess }: Pick<Options, 'allowAccess'>, entries: readonly Entry[]): Problem[] {
  return entries.flatMap((entry) => (allowAccess.includes(entry.name) ? [] : powerProblems(entry)));
}

/** What `synth` refuses of an entry's rights unless the user allows it. */
export function powerProblems({ name, folder, access }: Entry): Problem[] {
  if (!access) return [];
  return powersOf(access).map(({ at, what, why }) => ({
    where: `${folder}/workload.yaml`,
    message: `${at} lets its guests ${what}, which ${why}`,
    hint: `--allow-access ${name}, if you trust the entry with that`,
  }));
}

/** What the guests of each workload may do in the cluster, a line for each workload that has an account. */
export function accessLines({ workloads }: Pick<Plan, 'workloads'>): string[] {
  return workloads.flatMap(({ name, access }) => (access ? [`${name} may ${inWords(access)}`] : []));
}

function inWords({ rules, cluster }: NonNullable<WorkloadPlan['access']>): string {
  const own = rules.length > 0 ? [`${rules.map(phrase).join(', and ')} in its namespace`] : [];
  return [...own, ...(cluster?.rules.map(phrase) ?? [])].join(', and ');
}

function phrase(rule: AccessRule): string {
  const resources = unique(rightsOf(rule).map(({ name }) => name));
  const named = rule.resourceNames ? ` named ${and(rule.resourceNames)}` : '';
  return `${and(unique(rule.verbs))} ${and(resources)}${named}`;
}

interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  /** With its group where that is not known here: another `pods` than those of Kubernetes. */
  readonly name: string;
}

function rightsOf({ apiGroups, resources, verbs }: AccessRule): Right[] {
  return apiGroups.flatMap((group) =>
    resources
      .filter((resource) => group !== '' || apiGroups.every((each) => each === '') || OF_CORE.test(resource))
      .flatMap((resource) =>
        verbs.map((verb) => ({ group, resource, verb, name: Object.hasOwn(READABLE, group) ? resource : `${resource}.${group}` })),
      ),
  );
}

/** A right that has to be allowed, with the number of the reason. */
interface Ranked extends Right {
  readonly rank: number;
}

function fullName({ group, resource }: Right): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function reasonsFor({ verb }: Right): Reasons {
  return verb.startsWith('delete') ? TO_DELETE : READING.includes(verb) ? TO_READ : TO_WRITE;
}

/** @returns which reason the right has to be allowed for; -1 for a harmless one */
function rankOf(right: Right): number {
  const { group, resource, verb } = right;
  const full = fullName(right);
  const free = READING.includes(verb) ? isReadable(group, resource) : Object.hasOwn(WRITABLE, full) && WRITABLE[full]?.includes(verb);
  return free ? -1 : reasonsFor(right).findIndex(([what]) => what.test(full));
}

function reasonOf(right: Ranked): string {
  return reasonsFor(right)[right.rank]?.[1] as string;
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
