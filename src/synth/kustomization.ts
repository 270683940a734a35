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
 * Whatever holds the name of an object or data volume of the base. A nameReference would find the references by itself,
 * by comparing every VM with every object, which is a third of kustomize's time at 1 000 VMs.
 */
const NAMES = [
  { path: 'metadata/name' },
  { path: 'spec/dataVolumeTemplates[]/metadata/name', kind: VM },
  { path: `${TEMPLATE}/spec/volumes[]/dataVolume/name`, kind: VM },
  { path: `${TEMPLATE}/spec/volumes[]/cloudInitNoCloud/secretRef/name`, kind: VM },
  { path: `${TEMPLATE}/spec/volumes[]/secret/secretName`, kind: VM },
  { path: `${TEMPLATE}/spec/subdomain`, kind: VM },
];
/** The same for workloads with a credential; kustomize knows by itself what a binding names. */
const ACCESS_NAMES = [{ path: 'metadata/annotations/kubernetes.io\\/service-account.name', kind: 'Secret' }];
const NAMESPACE_LABELS = ['ClusterRole', 'ClusterRoleBinding'].map((kind) => ({
  path: `metadata/labels/${NAMESPACE.replace('/', '\\/')}`,
  kind,
}));
const TEMPLATE_LABELS = inTemplates('labels');
/** Where a VM selects its like; kustomize knows by itself where a Service does. */
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
 * The base: every file by name, in the order in which it is applied. The version is a comment, so that a reviewer sees
 * an upgrade and no object on a cluster changes because of it.
 */
export function kustomization(resources: readonly string[]): string {
  const base = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', configurations: [CONFIG_FILE], resources };
  return `# Version: ${version()}\n${toYaml(base)}`;
}

/**
 * What kustomize has to be told of VirtualMachines, so that an overlay's namePrefix, nameSuffix, images, labels and
 * annotations reach into them and keep their references whole. Overlays inherit it from the base.
 * @param access a workload has a credential; where none has, kustomize need not look for its references
 */
export function kustomizeConfig(access = false): string {
  const names = access ? [...NAMES, ...ACCESS_NAMES] : NAMES;
  return toYaml({
    images: [{ path: `${TEMPLATE}/spec/volumes[]/containerDisk/image`, kind: VM }],
    templateLabels: TEMPLATE_LABELS,
    commonLabels: [...TEMPLATE_LABELS, ...SELECTORS],
    commonAnnotations: inTemplates('annotations'),
    namePrefix: names,
    nameSuffix: names,
    ...(access ? { namespace: NAMESPACE_LABELS } : {}),
  });
}
