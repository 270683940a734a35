import { NAMESPACE } from '../kubernetes/labels';
import { version } from '../package';
import { toYaml } from '../yaml/to-yaml';

export const KUSTOMIZATION_FILE = 'kustomization.yaml';
export const CONFIG_FILE = 'kustomizeconfig.yaml';
export const NAMESPACE_FILE = 'namespace.yaml';
export const GUEST_FILE = 'guest.yaml';

const TEMPLATE = 'spec/template';
const VM = 'VirtualMachine';
/**
 * Every field that contains the name of an object or data volume of the base. A nameReference would find the references by itself,
 * by comparing every VM with every object, which takes a third of kustomize's time at 1 000 VMs.
 */
const NAMES = [
  { path: 'metadata/name' },
  { path: 'spec/dataVolumeTemplates[]/metadata/name', kind: VM },
  { path: `${TEMPLATE}/spec/volumes[]/dataVolume/name`, kind: VM },
  { path: `${TEMPLATE}/spec/volumes[]/cloudInitNoCloud/secretRef/name`, kind: VM },
  { path: `${TEMPLATE}/spec/volumes[]/secret/secretName`, kind: VM },
  { path: `${TEMPLATE}/spec/subdomain`, kind: VM },
];
/** The same for workloads with a credential. kustomize knows the references of bindings by itself. */
const ACCESS_NAMES = [{ path: 'metadata/annotations/kubernetes.io\\/service-account.name', kind: 'Secret' }];
const NAMESPACE_LABELS = ['ClusterRole', 'ClusterRoleBinding'].map((kind) => ({
  path: `metadata/labels/${NAMESPACE.replace('/', '\\/')}`,
  kind,
}));
const TEMPLATE_LABELS = inTemplates('labels');
/** Where a VM selects the other VMs of its role or pair. kustomize knows the selectors of Services by itself. */
const SELECTORS = [
  'topologySpreadConstraints[]/labelSelector/matchLabels',
  'affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution[]/podAffinityTerm/labelSelector/matchLabels',
].map((path) => ({ path: `${TEMPLATE}/spec/${path}`, kind: VM }));

function inTemplates(field: 'labels' | 'annotations') {
  return [TEMPLATE, 'spec/dataVolumeTemplates[]'].map((path) => ({ path: `${path}/metadata/${field}`, create: true, kind: VM }));
}

export function workloadFile(workload: string): string {
  return `${workload}.yaml`;
}

/**
 * The text of `kustomization.yaml`. The version of virtwork is a comment: a reviewer sees an upgrade, and no object on a cluster changes
 * because of it.
 * @param resources names of the files, in the order in which they are applied
 */
export function kustomization(resources: readonly string[]): string {
  const base = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', configurations: [CONFIG_FILE], resources };
  return `# Version: ${version()}\n${toYaml(base)}`;
}

/**
 * The text of `kustomizeconfig.yaml`: which fields of VirtualMachines an overlay's namePrefix, nameSuffix, images, labels and annotations
 * change, so that references stay intact. Overlays inherit it from the base.
 * @param hasAccess whether a workload has a credential; kustomize is faster when it does not look for references to one
 */
export function kustomizeConfig(hasAccess: boolean): string {
  const names = hasAccess ? [...NAMES, ...ACCESS_NAMES] : NAMES;
  return toYaml({
    images: [{ path: `${TEMPLATE}/spec/volumes[]/containerDisk/image`, kind: VM }],
    templateLabels: TEMPLATE_LABELS,
    commonLabels: [...TEMPLATE_LABELS, ...SELECTORS],
    commonAnnotations: inTemplates('annotations'),
    namePrefix: names,
    nameSuffix: names,
    ...(hasAccess ? { namespace: NAMESPACE_LABELS } : {}),
  });
}
