import { NAMESPACE } from '../kubernetes/labels';
import { version } from '../package';
import { toYaml } from '../yaml/to-yaml';

export const KUSTOMIZATION_FILE = 'kustomization.yaml';
export const CONFIG_FILE = 'kustomizeconfig.yaml';
export const NAMESPACE_FILE = 'namespace.yaml';
export const GUEST_FILE = 'guest.yaml';

const VM = 'VirtualMachine';
const POOL = 'VirtualMachinePool';
/** Where an object of the kind has a VM: a pool has one as a template. */
const SPEC = { [VM]: 'spec', [POOL]: 'spec/virtualMachineTemplate/spec' } as const;
type VmKind = keyof typeof SPEC;
/**
 * Every field that contains the name of an object or data volume of the base. A nameReference would find the references by itself,
 * by comparing every VM with every object, which takes a third of kustomize's time at 1 000 VMs.
 */
const NAMES = [
  'dataVolumeTemplates[]/metadata/name',
  'template/spec/volumes[]/dataVolume/name',
  'template/spec/volumes[]/cloudInitNoCloud/secretRef/name',
  'template/spec/volumes[]/secret/secretName',
  'template/spec/subdomain',
];
/** The same for workloads with a credential. kustomize knows the references of bindings by itself. */
const ACCESS_NAMES = [{ path: 'metadata/annotations/kubernetes.io\\/service-account.name', kind: 'Secret' }];
const NAMESPACE_LABELS = ['ClusterRole', 'ClusterRoleBinding'].map((kind) => ({
  path: `metadata/labels/${NAMESPACE.replace('/', '\\/')}`,
  kind,
}));
/** Where a VM selects the other VMs of its role or pair. kustomize knows the selectors of Services by itself. */
const SELECTORS = [
  'topologySpreadConstraints[]/labelSelector/matchLabels',
  'affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution[]/podAffinityTerm/labelSelector/matchLabels',
].map((path) => `template/spec/${path}`);

/** The metadata of what is created from a VM. Those of a pool's VMs themselves are in its template. */
function inTemplates(field: 'labels' | 'annotations', kinds: readonly VmKind[]) {
  const paths = kinds.flatMap((kind) => [
    ...(kind === POOL ? [{ path: 'spec/virtualMachineTemplate', kind }] : []),
    ...['template', 'dataVolumeTemplates[]'].map((path) => ({ path: `${SPEC[kind]}/${path}`, kind })),
  ]);
  return paths.map(({ path, kind }) => ({ path: `${path}/metadata/${field}`, create: true, kind }));
}

function inVms(paths: readonly string[], kinds: readonly VmKind[]) {
  return kinds.flatMap((kind) => paths.map((path) => ({ path: `${SPEC[kind]}/${path}`, kind })));
}

export function workloadFile(workload: string): string {
  return `${workload}.yaml`;
}

/**
 * The text of `kustomization.yaml`. The version of virtwork is a comment: a reviewer sees an upgrade, and no object on a cluster changes
 * because of it.
 * @param resources names of the files, in the order in which they are applied
 * @param configurations files with fields that kustomize does not know
 */
export function kustomization(resources: readonly string[], configurations: readonly string[] = [CONFIG_FILE]): string {
  const known = configurations.length > 0 ? { configurations } : {};
  const base = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...known, resources };
  return `# Version: ${version()}\n${toYaml(base)}`;
}

/**
 * The text of `kustomizeconfig.yaml`: which fields of VMs and pools an overlay's namePrefix, nameSuffix, images, labels and annotations
 * change, so that references stay intact. Overlays inherit it from the base.
 *
 * kustomize is faster when it does not look for fields that the base does not have.
 * @param hasAccess whether a workload has a credential
 * @param hasPools whether a role is a pool
 */
export function kustomizeConfig(hasAccess: boolean, hasPools: boolean): string {
  const key = `${hasAccess} ${hasPools}`;
  const text = CONFIGS.get(key) ?? newConfig(hasAccess, hasPools);
  CONFIGS.set(key, text);
  return text;
}

/** The bases of an experiment have the same one. */
const CONFIGS = new Map<string, string>();

function newConfig(hasAccess: boolean, hasPools: boolean): string {
  const kinds: readonly VmKind[] = hasPools ? [VM, POOL] : [VM];
  const names = [{ path: 'metadata/name' }, ...inVms(NAMES, kinds), ...(hasAccess ? ACCESS_NAMES : [])];
  const templateLabels = inTemplates('labels', kinds);
  return toYaml({
    images: inVms(['template/spec/volumes[]/containerDisk/image'], kinds),
    templateLabels,
    commonLabels: [...templateLabels, ...(hasPools ? [{ path: 'spec/selector/matchLabels', kind: POOL }] : []), ...inVms(SELECTORS, kinds)],
    commonAnnotations: inTemplates('annotations', kinds),
    namePrefix: names,
    nameSuffix: names,
    ...(hasAccess ? { namespace: NAMESPACE_LABELS } : {}),
  });
}
