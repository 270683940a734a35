import { ApiObject, App, Chart } from 'cdk8s';
import { type Problem, refuse } from '../errors';
import { EXPERIMENT, sharedLabels } from '../kubernetes/labels';
import { CEPH_SCHEMAS } from '../validation/ceph-schemas';
import type { Manifest } from '../validation/manifest';
import { validateObject } from '../validation/validate';
import { toYaml } from '../yaml/to-yaml';
import { HEADER } from './header';
import { KUSTOMIZATION_FILE, kustomization } from './kustomization';
import type { RenderedFile } from './rendered-file';

/** Ceph pools and their storage classes. Fields have the names that they have in Rook and Kubernetes. */
export interface PoolsPlan {
  /** Name of the experiment, by which the objects can be deleted. */
  readonly experiment: string;
  readonly runId: string;
  /** Of the CephCluster. */
  readonly namespace: string;
  readonly block: readonly CephObject[];
  readonly filesystems: readonly CephObject[];
  readonly classes: readonly StorageClassPlan[];
}

/** A CephBlockPool or CephFilesystem. */
export interface CephObject {
  readonly name: string;
  readonly spec: { readonly [field: string]: unknown };
}

export interface StorageClassPlan {
  readonly name: string;
  readonly provisioner: string;
  readonly parameters: { readonly [key: string]: string };
  readonly reclaimPolicy: string;
  readonly volumeBindingMode: string;
  readonly allowVolumeExpansion: boolean;
  /** @default none */
  readonly mountOptions?: readonly string[];
}

const POOLS_FILE = 'pools.yaml';
const CLASSES_FILE = 'storage-classes.yaml';
const CEPH = 'ceph.rook.io/v1';

/**
 * Renders and validates pools and classes.
 * @returns the files of a folder that an administrator applies, with a `kustomization.yaml`
 * @throws UserError when a rendered object does not fit the schema of its kind
 */
export function poolFiles(plan: PoolsPlan): RenderedFile[] {
  const app = new App();
  const labels = { ...sharedLabels('pools', plan.runId), [EXPERIMENT]: plan.experiment };
  const pools = new Chart(app, 'pools');
  const ceph = (kind: string, { name, spec }: CephObject) =>
    new ApiObject(pools, `${kind}-${name}`, { apiVersion: CEPH, kind, metadata: { name, namespace: plan.namespace, labels }, spec });
  for (const each of plan.block) ceph('CephBlockPool', each);
  for (const each of plan.filesystems) ceph('CephFilesystem', each);
  const classes = new Chart(app, 'classes');
  for (const { name, ...fields } of plan.classes)
    new ApiObject(classes, name, { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name, labels }, ...fields });
  const problems: Problem[] = [];
  const files = [objects(POOLS_FILE, pools, problems), ...(plan.classes.length > 0 ? [objects(CLASSES_FILE, classes, problems)] : [])];
  refuse(problems);
  const list = kustomization(
    files.map(({ name }) => name),
    [],
  );
  return [...files, { name: KUSTOMIZATION_FILE, text: () => [HEADER + list] }];
}

function objects(name: string, chart: Chart, problems: Problem[]): RenderedFile {
  const manifests = chart.toJson() as Manifest[];
  problems.push(...manifests.flatMap((manifest) => validateObject(name, manifest, CEPH_SCHEMAS)));
  const text = HEADER + manifests.map((manifest) => toYaml(manifest)).join('---\n');
  return { name, text: () => [text] };
}
