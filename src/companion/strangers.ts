import type { Problem } from '../errors';
import type { Client } from './client';
import { namespaceHoldsMore, namespaceMayHoldMore } from './messages';
import type { KubeObject } from './objects';

/** The objects in a namespace that are not virtwork's. */
export interface Strangers {
  readonly objects: readonly KubeObject[];
  /** Kinds that the account may not list: there may be objects of them. */
  readonly hidden: readonly string[];
}

/** Kinds in one call. A call for many kinds would print nothing for so long that it would be ended. */
const AT_ONCE = 20;
/** Kinds that only report, or show what is stored elsewhere: nothing is lost when they are deleted with the namespace. */
const DERIVED = [
  'events',
  'events.events.k8s.io',
  'packagemanifests.packages.operators.coreos.com',
  'appliedclusterresourcequotas.quota.openshift.io',
];
const METRICS = /\.metrics\.k8s\.io$/;

/** The objects that Kubernetes, OpenShift, OpenShift Pipelines and Istio create in each namespace, by kind. */
const OF_CLUSTER: { readonly [kind: string]: readonly string[] } = {
  ConfigMap: ['kube-root-ca.crt', 'openshift-service-ca.crt', 'config-service-cabundle', 'config-trusted-cabundle', 'istio-ca-root-cert'],
  ServiceAccount: ['default', 'builder', 'deployer', 'pipeline'],
  RoleBinding: [
    'system:image-pullers',
    'system:image-builders',
    'system:deployers',
    'openshift-pipelines-edit',
    'pipelines-scc-rolebinding',
  ],
};
const OWN_CONFIG = /^(?:default|builder|deployer|pipeline)-dockercfg-/;
const ACCOUNT_OF_SECRET = ['kubernetes.io/service-account.name', 'openshift.io/internal-registry-auth-token.service-account'];

/**
 * Why the namespace cannot be deleted: it contains other objects, or the account may not list some of its kinds.
 * @param mine the objects that are deleted anyway
 * @throws KubectlError when the kinds or their objects cannot be listed; Interrupted
 */
export async function namespaceProblems(client: Client, mine: readonly KubeObject[]): Promise<Problem[]> {
  const { objects, hidden } = await strangers(client, mine);
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return [
    ...(names.length === 0 ? [] : [namespaceHoldsMore(client.namespace, names)]),
    ...(hidden.length === 0 ? [] : [namespaceMayHoldMore(client.namespace, hidden)]),
  ];
}

/**
 * Lists everything in the namespace that the API server can list, of every kind.
 * @param mine the objects that are deleted anyway, and what they own with them
 * @throws KubectlError when the kinds or their objects cannot be listed; Interrupted
 */
export async function strangers(client: Client, mine: readonly KubeObject[]): Promise<Strangers> {
  const kinds = (await client.ask(['api-resources', '--namespaced', '--verbs=list', '-o', 'name']))
    .split('\n')
    .filter((kind) => kind !== '' && !DERIVED.includes(kind) && !METRICS.test(kind));
  const objects: KubeObject[] = [];
  const hidden: string[] = [];
  for (let at = 0; at < kinds.length; at += AT_ONCE) {
    const lists = await client.listKinds(kinds.slice(at, at + AT_ONCE));
    objects.push(...lists.objects);
    hidden.push(...lists.hidden);
  }
  return { objects: notAlong(mine, objects), hidden };
}

/** The objects that are neither mine nor the cluster's, and that no other object owns: the owner is reported instead. */
function notAlong(mine: readonly KubeObject[], listed: readonly KubeObject[]): KubeObject[] {
  // Several API groups may list the same object.
  const all = new Map([...listed, ...mine].map((object) => [idOf(object), object]));
  const names = new Set([...all.values()].map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const ownerOf = ({ metadata }: KubeObject) => metadata.ownerReferences?.some(({ uid = '' }) => all.has(uid)) === true;
  const along = new Set(mine.map(idOf));
  const roots = [...all].filter(([id, object]) => !along.has(id) && !ownerOf(object) && !standsFor(object, names));
  for (const [id] of roots) along.add(id);
  for (let before = 0; before < along.size; ) {
    before = along.size;
    for (const [id, { metadata }] of all) if (metadata.ownerReferences?.some(({ uid = '' }) => along.has(uid))) along.add(id);
  }
  // Objects that own each other have no owner among the roots.
  const circles = [...all].filter(([id, object]) => !along.has(id) && !standsFor(object, names));
  return [...roots, ...circles].map(([, object]) => object).filter((object) => !isOfCluster(object));
}

/** An object without an owner that exists for another one. */
function standsFor({ kind, metadata, spec }: KubeObject, names: ReadonlySet<string>): boolean {
  if (kind === 'Endpoints') return names.has(`Service/${metadata.name}`);
  return kind === 'VirtualMachineInstanceMigration' && names.has(`VirtualMachine/${spec?.vmiName}`);
}

function isOfCluster({
  kind,
  type = '',
  metadata: { name, labels = {}, annotations = {} },
}: KubeObject & { readonly type?: string }): boolean {
  // Operators for all namespaces are copied into each of them.
  if (kind === 'ClusterServiceVersion') return labels['olm.copiedFrom'] !== undefined;
  if (kind !== 'Secret') return OF_CLUSTER[kind]?.includes(name) === true;
  // It belongs to an account, which is counted itself.
  const isOfAccount = OWN_CONFIG.test(name) || ACCOUNT_OF_SECRET.some((key) => annotations[key] !== undefined);
  return isOfAccount && /^kubernetes\.io\/(?:dockercfg|service-account-token)$/.test(type);
}

function idOf({ apiVersion, kind, metadata }: KubeObject): string {
  return metadata.uid ?? `${apiVersion}/${kind}/${metadata.name}`;
}
