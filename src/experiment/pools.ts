import type { Problem } from '../errors';
import { isDnsLabel } from '../kubernetes/dns-label';
import { wrongValue } from '../options/value-messages';
import type { CephObject, PoolsPlan, StorageClassPlan } from '../synth/pools';
import { show } from '../text/show';
import { nearest } from '../text/suggest';
import type { DocumentPath, YamlFile } from '../yaml/yaml-file';
import { POOLS } from './messages';
import { POOL_FIELDS } from './pool-schema';
import { isMap, listAt, mapAt, problemAt, type YamlMap } from './source';

/** Characters that ceph-csi reserves for the ID of a cluster in the ID of a volume. */
const LONGEST_CLUSTER_ID = 36;
/** What Red Hat's class for VMs has, and what Linux supports since 5.4. Without exclusive-lock, writes are much slower. */
const IMAGE_FEATURES = 'layering,exclusive-lock,object-map,fast-diff,deep-flatten';
/** What each feature of ceph-csi needs. */
const NEEDED_FEATURES: { readonly [feature: string]: string | undefined } = {
  layering: undefined,
  'exclusive-lock': undefined,
  'object-map': 'exclusive-lock',
  'fast-diff': 'object-map',
  journaling: 'exclusive-lock',
  'deep-flatten': undefined,
};
/** Features for which the kernel has no support. */
const ONLY_NBD = ['journaling'];

type Driver = 'rbd' | 'cephfs';

interface Reading {
  readonly file: YamlFile;
  readonly problems: Problem[];
  readonly clusterId: string;
  readonly namespace: string;
  readonly prefix: string;
}

/**
 * The pools of an experiment with their classes.
 * @param problems gets combinations that Rook or ceph-csi reject. The shape is checked elsewhere.
 * @returns undefined if the file has none
 */
export function readPools(
  { name, file }: { readonly name: string; readonly file: YamlFile },
  runId: string,
  problems: Problem[],
): PoolsPlan | undefined {
  const pools = isMap(file.data) ? file.data.pools : undefined;
  if (!isMap(pools)) return undefined;
  const [block, filesystem] = [mapAt(pools, 'block'), mapAt(pools, 'filesystem')];
  const reading = { file, problems, ...clusterOf(file, pools, problems) };
  const add = (path: DocumentPath, text: Pick<Problem, 'message' | 'hint'>) => problems.push(problemAt(file, ['pools', ...path], text));
  if (Object.keys(block).length + Object.keys(filesystem).length === 0) add([], POOLS.none);
  const ofBlock = Object.entries(block).map(([pool, stated]) => blockPool(reading, pools, pool, asMap(stated)));
  const ofFilesystem = Object.entries(filesystem).map(([pool, stated]) => filesystemOf(reading, pools, pool, asMap(stated)));
  const all = [...ofBlock, ...ofFilesystem];
  problems.push(
    ...twice(
      file,
      all.flatMap(({ classes }) => classes).map(({ plan, from }) => [plan.name, from] as const),
      POOLS.classTwice,
    ),
  );
  problems.push(
    ...twice(
      file,
      all.flatMap(({ pools: names }) => names),
      POOLS.poolTwice,
    ),
  );
  return {
    experiment: name,
    runId,
    namespace: reading.namespace,
    block: ofBlock.map(({ object }) => object),
    filesystems: ofFilesystem.map(({ object }) => object),
    classes: all.flatMap(({ classes }) => classes.map(({ plan }) => plan)),
  };
}

/** A pool or file system, as it is rendered, and the names that no other may have. */
interface Read {
  readonly object: CephObject;
  readonly classes: readonly { readonly plan: StorageClassPlan; readonly from: DocumentPath }[];
  /** Names of pools in Ceph. */
  readonly pools: readonly (readonly [name: string, from: DocumentPath])[];
}

function asMap(value: unknown): YamlMap {
  return isMap(value) ? value : {};
}

function textAt(map: YamlMap, key: string): string | undefined {
  return typeof map[key] === 'string' ? map[key] : undefined;
}

function clusterOf(file: YamlFile, pools: YamlMap, problems: Problem[]): Pick<Reading, 'clusterId' | 'namespace' | 'prefix'> {
  const clusterId = textAt(pools, 'clusterID') ?? '';
  const stated = textAt(pools, 'namespace');
  const namespace = stated ?? clusterId;
  const add = (key: string, text: Pick<Problem, 'message' | 'hint'>) => problems.push(problemAt(file, ['pools', key], text));
  // A missing ID is reported with the shape.
  if (Object.hasOwn(pools, 'clusterID') && (clusterId === '' || clusterId.length > LONGEST_CLUSTER_ID))
    add('clusterID', { message: wrongValue(POOLS.clusterId(LONGEST_CLUSTER_ID), show(clusterId)) });
  else if (stated !== undefined && !isDnsLabel(stated)) add('namespace', { message: wrongValue(POOLS.name, show(stated)) });
  else if (stated === undefined && clusterId !== '' && !isDnsLabel(clusterId)) add('clusterID', POOLS.noNamespace(clusterId));
  const prefix = textAt(pools, 'provisionerPrefix') ?? namespace;
  if (Object.hasOwn(pools, 'provisionerPrefix') && !isDnsLabel(prefix))
    add('provisionerPrefix', { message: wrongValue(POOLS.name, show(prefix)) });
  return { clusterId, namespace, prefix };
}

function nameProblem({ file, problems }: Reading, name: string, path: DocumentPath): void {
  if (!isDnsLabel(name)) problems.push(problemAt(file, path, { message: wrongValue(POOLS.name, show(name)) }));
}

// Block pools.

function blockPool(reading: Reading, common: YamlMap, name: string, stated: YamlMap): Read {
  const path = ['pools', 'block', name];
  nameProblem(reading, name, path);
  const spec = poolSpec(reading, common, stated, path);
  const metadata = metadataPoolOf(reading, common, stated, path);
  const parameters: { readonly [key: string]: string } = metadata === undefined ? { pool: name } : { dataPool: name, pool: metadata };
  return {
    object: { name, spec },
    classes: classesOf(reading, 'rbd', name, stated, path, () => ({
      clusterID: reading.clusterId,
      ...parameters,
      imageFormat: '2',
      imageFeatures: IMAGE_FEATURES,
      'csi.storage.k8s.io/fstype': 'ext4',
    })),
    pools: [[name, path]],
  };
}

/** The pool of the image metadata of an erasure-coded pool, which cannot hold them. */
function metadataPoolOf({ file, problems }: Reading, common: YamlMap, stated: YamlMap, path: DocumentPath): string | undefined {
  const at = [...path, 'metadataPool'];
  const add = (text: Pick<Problem, 'message' | 'hint'>) => problems.push(problemAt(file, at, text));
  const given = stated.metadataPool;
  if (stated.erasureCoded === undefined) {
    if (given !== undefined) add(POOLS.metadataOfReplicated);
    return undefined;
  }
  if (given === undefined) {
    // With both kinds, it is not known which one is meant.
    if (stated.replicated === undefined) problems.push(problemAt(file, path, POOLS.needsMetadataPool));
    return undefined;
  }
  if (isMap(given)) {
    const existing = textAt(given, 'existing');
    if (existing === '') add({ message: wrongValue(POOLS.name, show(existing)) });
    return existing;
  }
  if (typeof given !== 'string') return undefined;
  const block = mapAt(common, 'block');
  if (!Object.hasOwn(block, given)) add(POOLS.unknownPool(given, Object.keys(block), nearest(given, Object.keys(block))));
  else if (asMap(block[given]).replicated === undefined) add(POOLS.notReplicated(given));
  return given;
}

/** The spec of a pool with the common settings. */
function poolSpec(reading: Reading, common: YamlMap, stated: YamlMap, path: DocumentPath): CephObject['spec'] {
  poolProblems(reading, common, stated, path);
  const all: YamlMap = { failureDomain: common.failureDomain, deviceClass: common.deviceClass, ...stated };
  const fields = Object.keys(POOL_FIELDS).filter((key) => all[key] !== undefined);
  return Object.fromEntries(fields.map((key) => [key, all[key]]));
}

function poolProblems({ file, problems }: Reading, common: YamlMap, stated: YamlMap, path: DocumentPath): void {
  const add = (text: Pick<Problem, 'message' | 'hint'>, ...inner: string[]) => problems.push(problemAt(file, [...path, ...inner], text));
  const kinds = ['replicated', 'erasureCoded'].filter((key) => stated[key] !== undefined);
  if (kinds.length !== 1) add(kinds.length === 0 ? POOLS.noKind : POOLS.twoKinds);
  if (stated.failureDomain === undefined && common.failureDomain === undefined) add(POOLS.noFailureDomain);
  const [replicated, parameters] = [mapAt(stated, 'replicated'), mapAt(stated, 'parameters')];
  const { size, replicasPerFailureDomain: each, requireSafeReplicaSize: isSafe, subFailureDomain } = replicated;
  if (size === 1 && isSafe !== false)
    add(POOLS.unsafeSize, 'replicated', ...(isSafe === undefined ? ['size'] : ['requireSafeReplicaSize']));
  if (typeof size === 'number' && typeof each === 'number' && size >= 1 && each >= 1 && (size <= each || size % each !== 0))
    add(POOLS.perDomain(size, each), 'replicated', 'replicasPerFailureDomain');
  if (subFailureDomain !== undefined && subFailureDomain === (stated.failureDomain ?? common.failureDomain))
    add(POOLS.sameDomain(String(subFailureDomain)), 'replicated', 'subFailureDomain');
  const ratio = parameters.target_size_ratio;
  if (ratio !== undefined && replicated.targetSizeRatio !== undefined) add(POOLS.twoRatios, 'parameters', 'target_size_ratio');
  if (typeof ratio === 'string' && !(Number(ratio) >= 0 && ratio.trim() !== ''))
    add({ message: wrongValue(POOLS.ratio, show(ratio)) }, 'parameters', 'target_size_ratio');
}

// File systems.

function filesystemOf(reading: Reading, common: YamlMap, name: string, stated: YamlMap): Read {
  const { file, problems } = reading;
  const path = ['pools', 'filesystem', name];
  nameProblem(reading, name, path);
  const metadata = mapAt(stated, 'metadataPool');
  const metadataPath = [...path, 'metadataPool'];
  // A missing or wrong map is reported with the shape, and so is erasure coding, which Ceph does not allow for metadata.
  const metadataPool =
    isMap(stated.metadataPool) && metadata.erasureCoded === undefined ? poolSpec(reading, common, metadata, metadataPath) : {};
  const dataPools = listAt(stated, 'dataPools').map((raw, index) => {
    const at = [...path, 'dataPools', index];
    const pool = asMap(raw);
    const own = textAt(pool, 'name');
    if (own !== undefined) nameProblem(reading, own, [...at, 'name']);
    return { name: own ?? '', at, isCoded: pool.erasureCoded !== undefined, spec: { name: own, ...poolSpec(reading, common, pool, at) } };
  });
  const [first] = dataPools;
  if (first?.isCoded) problems.push(problemAt(file, first.at, POOLS.firstDataPool));
  const server = mapAt(stated, 'metadataServer');
  return {
    object: {
      name,
      spec: {
        metadataPool,
        dataPools: dataPools.map(({ spec }) => spec),
        metadataServer: { activeCount: 1, activeStandby: true, ...server },
      },
    },
    classes: classesOf(reading, 'cephfs', name, stated, path, (each, at) => {
      const names = dataPools.map((pool) => pool.name);
      const chosen = textAt(each, 'dataPool') ?? (names.length === 1 ? names[0] : undefined);
      if (chosen === undefined && names.length > 0) problems.push(problemAt(file, at, POOLS.whichDataPool(names)));
      if (chosen !== undefined && names.length > 0 && !names.includes(chosen))
        problems.push(problemAt(file, [...at, 'dataPool'], POOLS.unknownPool(chosen, names, nearest(chosen, names))));
      return { clusterID: reading.clusterId, fsName: name, pool: `${name}-${chosen}` };
    }),
    pools: [[`${name}-metadata`, path], ...dataPools.map((pool) => [`${name}-${pool.name}`, pool.at] as const)],
  };
}

// Classes.

function classesOf(
  reading: Reading,
  driver: Driver,
  pool: string,
  stated: YamlMap,
  path: DocumentPath,
  parametersOf: (each: YamlMap, at: DocumentPath) => { readonly [key: string]: string },
): Read['classes'] {
  const given = stated.classes === undefined ? { [pool]: {} } : mapAt(stated, 'classes');
  return Object.entries(given).map(([name, raw]) => {
    const from = stated.classes === undefined ? path : [...path, 'classes', name];
    const each = asMap(raw);
    if (stated.classes !== undefined) nameProblem(reading, name, from);
    const parameters = {
      ...parametersOf(each, from),
      ...secretsOf(driver, reading.namespace),
      ...(mapAt(each, 'parameters') as Parameters),
    };
    parameterProblems(reading, driver, parameters, [...from, 'parameters']);
    return { plan: classPlan(name, `${reading.prefix}.${driver}.csi.ceph.com`, each, parameters), from };
  });
}

type Parameters = { readonly [key: string]: string };

function classPlan(name: string, provisioner: string, each: YamlMap, parameters: Parameters): StorageClassPlan {
  return {
    name,
    provisioner,
    parameters,
    reclaimPolicy: textAt(each, 'reclaimPolicy') ?? 'Delete',
    volumeBindingMode: textAt(each, 'volumeBindingMode') ?? 'Immediate',
    allowVolumeExpansion: each.allowVolumeExpansion !== false,
    ...(Array.isArray(each.mountOptions) ? { mountOptions: each.mountOptions as readonly string[] } : {}),
  };
}

/** The Secrets that Rook creates in the namespace of a cluster. */
function secretsOf(driver: Driver, namespace: string): Parameters {
  const [provisioner, node] = [`rook-csi-${driver}-provisioner`, `rook-csi-${driver}-node`];
  const uses = { provisioner, 'controller-expand': provisioner, 'controller-publish': provisioner, 'node-stage': node };
  return Object.fromEntries(
    Object.entries(uses).flatMap(([use, secret]) => [
      [`csi.storage.k8s.io/${use}-secret-name`, secret],
      [`csi.storage.k8s.io/${use}-secret-namespace`, namespace],
    ]),
  );
}

function parameterProblems({ file, problems }: Reading, driver: Driver, parameters: Parameters, path: DocumentPath): void {
  const add = (key: string, text: Pick<Problem, 'message' | 'hint'>) => problems.push(problemAt(file, [...path, key], text));
  for (const key of ['encryptionKMSID', 'encryptionType']) {
    if (parameters[key] !== undefined && parameters.encrypted !== 'true') add(key, POOLS.needsEncrypted);
  }
  if (driver !== 'rbd') return;
  const { mounter } = parameters;
  const features = String(parameters.imageFeatures).split(',').filter(Boolean);
  for (const feature of features) {
    if (!Object.hasOwn(NEEDED_FEATURES, feature)) {
      const known = Object.keys(NEEDED_FEATURES);
      add('imageFeatures', POOLS.unknownFeature(feature, known, nearest(feature, known)));
      continue;
    }
    const needed = NEEDED_FEATURES[feature];
    if (needed !== undefined && !features.includes(needed)) add('imageFeatures', POOLS.needsFeature(feature, needed));
    if (ONLY_NBD.includes(feature) && mounter !== 'rbd-nbd') add('imageFeatures', POOLS.needsNbd(feature));
  }
  for (const key of ['mapOptions', 'unmapOptions']) {
    const mounters = String(parameters[key] ?? '')
      .split(';')
      .filter((item) => item.includes(':'));
    for (const item of mounters) {
      const [named = ''] = item.split(':');
      if (!['krbd', 'nbd'].includes(named.trim().toLowerCase())) add(key, POOLS.mapOptions(item));
    }
  }
}

function twice(
  file: YamlFile,
  names: readonly (readonly [name: string, from: DocumentPath])[],
  message: (name: string) => Pick<Problem, 'message' | 'hint'>,
): Problem[] {
  const repeated = names.filter(([name], index) => names.findIndex(([other]) => other === name) < index);
  return repeated.map(([name, from]) => problemAt(file, from, message(name)));
}
