import { experiment, problemsOf } from '../support/planned-experiments';

const HEAD = 'name: e\nworkload: fio-bench\n';

/** An experiment whose axis has the classes of these pools. */
function withPools(pools: string): string {
  return `${HEAD}matrix: { storage: pools }\npools:\n${pools.replace(/^(?=.)/gm, '  ')}\n`;
}

const COMMON = 'clusterID: openshift-storage\nfailureDomain: rack\n';

const ALL = withPools(`${COMMON}deviceClass: ssd
block:
  rep2:
    replicated: { size: 2, targetSizeRatio: 0.1 }
    parameters: { compression_mode: aggressive, pg_num: 64 }
  rep3:
    failureDomain: host
    replicated: { size: 3 }
    classes:
      rep3: { reclaimPolicy: Retain, volumeBindingMode: WaitForFirstConsumer, allowVolumeExpansion: false, mountOptions: [discard] }
      rep3-encrypted: { parameters: { encrypted: true, encryptionKMSID: vault, mounter: rbd, mapOptions: "krbd:rxbounce" } }
  ec:
    erasureCoded: { dataChunks: 4, codingChunks: 2 }
    metadataPool: rep3
  ec-existing:
    erasureCoded: { dataChunks: 2, codingChunks: 1, stripeUnit: 16Ki }
    metadataPool: { existing: ocs-storagecluster-cephblockpool }
filesystem:
  fs:
    metadataPool: { replicated: { size: 3 } }
    dataPools: [{ name: main, replicated: { size: 3 } }, { name: coded, erasureCoded: { dataChunks: 2, codingChunks: 1 } }]
    classes: { fs: { dataPool: main }, fs-ec: { dataPool: coded, parameters: { mounter: kernel } } }
`);

const secrets = (driver: string, namespace: string) =>
  Object.fromEntries(
    [
      ['provisioner', 'provisioner'],
      ['controller-expand', 'provisioner'],
      ['controller-publish', 'provisioner'],
      ['node-stage', 'node'],
    ].flatMap(([use, secret]) => [
      [`csi.storage.k8s.io/${use}-secret-name`, `rook-csi-${driver}-${secret}`],
      [`csi.storage.k8s.io/${use}-secret-namespace`, namespace],
    ]),
  );

test('the pools have what the file states, and what is common', async () => {
  const { pools } = await experiment(ALL);
  expect(pools).toMatchObject({
    experiment: 'e',
    namespace: 'openshift-storage',
    block: [
      {
        name: 'rep2',
        spec: {
          failureDomain: 'rack',
          deviceClass: 'ssd',
          replicated: { size: 2, targetSizeRatio: 0.1 },
          parameters: { compression_mode: 'aggressive', pg_num: '64' },
        },
      },
      { name: 'rep3', spec: { failureDomain: 'host', deviceClass: 'ssd', replicated: { size: 3 } } },
      { name: 'ec', spec: { failureDomain: 'rack', deviceClass: 'ssd', erasureCoded: { dataChunks: 4, codingChunks: 2 } } },
      { name: 'ec-existing', spec: { erasureCoded: { dataChunks: 2, codingChunks: 1, stripeUnit: '16Ki' } } },
    ],
    filesystems: [
      {
        name: 'fs',
        spec: {
          metadataPool: { failureDomain: 'rack', deviceClass: 'ssd', replicated: { size: 3 } },
          dataPools: [{ name: 'main' }, { name: 'coded', failureDomain: 'rack', erasureCoded: { dataChunks: 2, codingChunks: 1 } }],
          metadataServer: { activeCount: 1, activeStandby: true },
        },
      },
    ],
  });
});

test('the classes have the defaults of Rook, and what the file states', async () => {
  const { pools } = await experiment(ALL);
  const classes = new Map(pools?.classes.map((each) => [each.name, each]));
  expect(classes.get('rep2')).toEqual({
    name: 'rep2',
    provisioner: 'openshift-storage.rbd.csi.ceph.com',
    parameters: {
      clusterID: 'openshift-storage',
      pool: 'rep2',
      imageFormat: '2',
      imageFeatures: 'layering,exclusive-lock,object-map,fast-diff,deep-flatten',
      'csi.storage.k8s.io/fstype': 'ext4',
      ...secrets('rbd', 'openshift-storage'),
    },
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
  });
  expect(classes.get('rep3')).toMatchObject({
    reclaimPolicy: 'Retain',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: false,
    mountOptions: ['discard'],
  });
  expect(classes.get('rep3-encrypted')?.parameters).toMatchObject({
    pool: 'rep3',
    encrypted: 'true',
    encryptionKMSID: 'vault',
    mounter: 'rbd',
    mapOptions: 'krbd:rxbounce',
  });
  expect(classes.get('ec')?.parameters).toMatchObject({ pool: 'rep3', dataPool: 'ec' });
  expect(classes.get('ec-existing')?.parameters).toMatchObject({ pool: 'ocs-storagecluster-cephblockpool', dataPool: 'ec-existing' });
  expect(classes.get('fs')).toMatchObject({
    provisioner: 'openshift-storage.cephfs.csi.ceph.com',
    parameters: { clusterID: 'openshift-storage', fsName: 'fs', pool: 'fs-main', ...secrets('cephfs', 'openshift-storage') },
  });
  expect(classes.get('fs-ec')?.parameters).toMatchObject({ fsName: 'fs', pool: 'fs-coded', mounter: 'kernel' });
});

test('another namespace, prefix and Secret than the ID of the cluster says', async () => {
  const { pools } = await experiment(
    withPools(`clusterID: 4f1c_ID
namespace: rook-ceph
provisionerPrefix: ceph
failureDomain: host
block: { a: { replicated: { size: 2 }, classes: { a: { parameters: { csi.storage.k8s.io/node-stage-secret-name: mine } } } } }`),
  );
  expect(pools).toMatchObject({
    namespace: 'rook-ceph',
    classes: [
      {
        provisioner: 'ceph.rbd.csi.ceph.com',
        parameters: {
          clusterID: '4f1c_ID',
          'csi.storage.k8s.io/node-stage-secret-name': 'mine',
          'csi.storage.k8s.io/node-stage-secret-namespace': 'rook-ceph',
        },
      },
    ],
  });
});

describe('an axis of the pools', () => {
  test('has a value for each class, which is its storage class', async () => {
    const { plan, groups } = await experiment(ALL);
    const names = ['rep2', 'rep3', 'rep3-encrypted', 'ec', 'ec-existing', 'fs', 'fs-ec'];
    expect(plan.axes).toEqual([{ name: 'storage', values: names, kind: 'settings' }]);
    expect(plan.pools?.classes).toEqual(names);
    for (const { id, settings } of plan.groups) expect(JSON.stringify(groups.get(id))).toContain(`"storageClass":"${settings.storage}"`);
  });

  test('is the same as its values, written out', async () => {
    const file = withPools(`${COMMON}block: { a: { replicated: { size: 2 } }, b: { replicated: { size: 3 } } }`);
    const named = file.replace('storage: pools', 'storage: { a: { storage_class: a }, b: { storage_class: b } }');
    expect((await experiment(named)).plan).toEqual((await experiment(file)).plan);
  });

  test.each<[string, string, readonly string[]]>([
    ['without pools', '', ['needs pools in the file', expect.any(String)]],
    [
      'of pools without classes',
      `pools: { clusterID: x, failureDomain: host, block: { a: { replicated: { size: 2 }, classes: {} } } }`,
      ['has no classes: none of the pools has one'],
    ],
  ])('%s is rejected', async (_, pools, said) => {
    expect(await words(`${HEAD}matrix: { storage: pools }\n${pools}\n`)).toEqual(
      said.map((each) => (each === said[0] ? `matrix.storage: ${each}` : each)),
    );
  });
});

test('a class that is not measured is a warning', async () => {
  const { warnings } = await experiment(
    ALL.replace('storage: pools', 'storage: { a: { storage_class: rep2 }, b: { storage_class: rep33 } }'),
  );
  expect(warnings).toEqual([
    'storage classes rep3, rep3-encrypted, ec, ec-existing, fs, fs-ec of pools: no setting of the experiment uses them',
  ]);
});

describe('the hash of the plan', () => {
  const pools = (size: number) => withPools(`${COMMON}block: { a: { replicated: { size: ${size} } } }`);
  const hash = async (text: string) => (await experiment(text)).plan.hash;

  test('depends on the pools: classes of the same name are measured, but not the same storage', async () => {
    expect(await hash(pools(2))).not.toBe(await hash(pools(3)));
    expect(await hash(pools(2))).toBe(await hash(pools(2)));
  });

  test('does not depend on the order of keys, which is not rendered', async () => {
    const [one, other] = ['size: 2, targetSizeRatio: 1', 'targetSizeRatio: 1, size: 2'].map((keys) =>
      withPools(`${COMMON}block: { a: { replicated: { ${keys} } } }`),
    );
    expect(await hash(one as string)).toBe(await hash(other as string));
  });
});

/** Lines of problems and hints, without the position. */
async function words(text: string): Promise<string[]> {
  return (await problemsOf(text)).map((line) => line.trim().replace(/^e\.yaml(:[0-9]+:[0-9]+)?: /, ''));
}

const block = (pool: string, more = '') => `${COMMON}block: { a: ${pool}${more} }`;
const rbd = (parameters: string) => block(`{ replicated: { size: 2 }, classes: { a: { parameters: ${parameters} } } }`);
const ec = (metadata: string, more = '') => block(`{ erasureCoded: { dataChunks: 2, codingChunks: 1 }${metadata} }`, more);
const fs = (body: string) => `${COMMON}filesystem: { f: ${body} }`;
const META = 'metadataPool: { replicated: { size: 3 } }';

describe('rejects, with the place', () => {
  test.each<[string, string, readonly (string | RegExp)[]]>([
    ['no cluster ID', 'failureDomain: host\nblock: { a: { replicated: { size: 2 } } }', ['pools needs the key "clusterID"']],
    [
      'a long cluster ID',
      `clusterID: ${'x'.repeat(37)}\nfailureDomain: host\nblock: { a: { replicated: { size: 2 } } }`,
      [/^pools\.clusterID: must have 1 to 36 characters, got /],
    ],
    [
      'a cluster ID that is no namespace',
      'clusterID: My_ID\nfailureDomain: host\nblock: { a: { replicated: { size: 2 } } }',
      ['pools.clusterID: "My_ID" is not the name of a namespace, so the key namespace is required', /kubectl get cephcluster/],
    ],
    ['a wrong namespace', `${COMMON}namespace: A_B\nblock: { a: { replicated: { size: 2 } } }`, [/^pools\.namespace: must be a DNS label/]],
    [
      'a wrong prefix',
      `${COMMON}provisionerPrefix: a.b\nblock: { a: { replicated: { size: 2 } } }`,
      [/^pools\.provisionerPrefix: must be a DNS/],
    ],
    ['no pools', 'clusterID: x', [/^pools: must have at least one pool/, /^hint: as in block:/]],
    ['an unknown key', block('{ replicated: { size: 2 }, pgs: 8 }'), [/^unknown key "pgs" in pools\.block\.a; known: failureDomain/]],
    [
      'a misspelled key',
      block('{ replicatd: { size: 2 } }'),
      [/unknown key "replicatd"/, 'hint: did you mean "replicated"?', /must have replicated or/, /^hint: as in replicated/],
    ],
    [
      'both kinds, once',
      block('{ replicated: { size: 2 }, erasureCoded: { dataChunks: 2, codingChunks: 1 } }'),
      [/must have only one of replicated and erasureCoded/],
    ],
    ['a wrong type', block('{ replicated: { size: two } }'), ['pools.block.a.replicated.size must be an integer, got "two"']],
    ['a name', block('{ replicated: { size: 2 } }').replace('a:', 'A_b:'), [/^pools\.block\.A_b: must be a DNS label/]],
    ['no kind', block('{}'), ['pools.block.a: must have replicated or erasureCoded', /size: 3/]],
    [
      'two kinds',
      block('{ replicated: { size: 2 }, erasureCoded: { dataChunks: 2, codingChunks: 1 }, metadataPool: { existing: b } }'),
      ['pools.block.a: must have only one of replicated and erasureCoded'],
    ],
    [
      'no failure domain: it is never guessed',
      'clusterID: x\nblock: { a: { replicated: { size: 2 } } }',
      ['pools.block.a: needs a failure domain', /kubectl get cephblockpool/],
    ],
    [
      'one copy',
      block('{ replicated: { size: 1 } }'),
      ['pools.block.a.replicated.size: size 1 needs requireSafeReplicaSize: false', /loses its data/],
    ],
    [
      'one copy that must be safe',
      block('{ replicated: { size: 1, requireSafeReplicaSize: true } }'),
      ['pools.block.a.replicated.requireSafeReplicaSize: size 1 needs requireSafeReplicaSize: false', /./],
    ],
    ['no copy', block('{ replicated: { size: 0 } }'), ['pools.block.a.replicated.size must be at least 1, got 0']],
    [
      'one chunk of data',
      ec(', metadataPool: { existing: b }').replace('dataChunks: 2', 'dataChunks: 1'),
      [/dataChunks must be at least 2, got 1/],
    ],
    [
      'no coding chunk',
      ec(', metadataPool: { existing: b }').replace('codingChunks: 1', 'codingChunks: 0'),
      [/codingChunks must be at least 1, got 0/],
    ],
    [
      'erasure coding without metadata',
      ec(''),
      [/^pools\.block\.a: is erasure-coded, and needs a metadataPool/, /metadataPool: \{ existing: NAME \}/],
    ],
    [
      'an unknown metadata pool',
      ec(', metadataPool: rep4', ', rep3: { replicated: { size: 3 } }'),
      ['pools.block.a.metadataPool: no pool named "rep4"; pools: a, rep3', 'hint: did you mean "rep3"?'],
    ],
    [
      'itself as metadata pool',
      ec(', metadataPool: a'),
      ['pools.block.a.metadataPool: must be a replicated pool, got a, which is erasure-coded'],
    ],
    [
      'a metadata pool of a replicated pool',
      block('{ replicated: { size: 2 }, metadataPool: { existing: b } }'),
      ['pools.block.a.metadataPool: is only for erasure-coded pools', 'hint: remove it'],
    ],
    [
      'copies in a domain that do not divide',
      block('{ replicated: { size: 3, replicasPerFailureDomain: 2 } }'),
      ['pools.block.a.replicated.replicasPerFailureDomain: must divide size and be less than it, got 2 of size 3'],
    ],
    [
      'all copies in a domain',
      block('{ replicated: { size: 2, replicasPerFailureDomain: 2 } }'),
      [/must divide size and be less than it, got 2 of size 2/],
    ],
    [
      'the same domain twice',
      block('{ replicated: { size: 4, replicasPerFailureDomain: 2, subFailureDomain: rack } }'),
      ['pools.block.a.replicated.subFailureDomain: must be another domain than failureDomain, got "rack"'],
    ],
    [
      'two ratios',
      block('{ replicated: { size: 2, targetSizeRatio: 0.1 }, parameters: { target_size_ratio: 0.2 } }'),
      [/is also set by/, /./],
    ],
    [
      'a ratio',
      block('{ replicated: { size: 2 }, parameters: { target_size_ratio: much } }'),
      [/target_size_ratio: must be a number of at least 0, got "much"/],
    ],
    [
      'a compression',
      block('{ replicated: { size: 2 }, parameters: { compression_mode: on } }'),
      [/compression_mode must be one of none, passive/],
    ],
    [
      'a parameter',
      rbd('{ imageFeature: layering }'),
      [/^unknown key "imageFeature" in .*parameters/, 'hint: did you mean "imageFeatures"?'],
    ],
    [
      'a feature',
      rbd('{ imageFeatures: "layering,exlusive-lock" }'),
      [/imageFeatures: unknown feature "exlusive-lock"/, /did you mean "exclusive-lock"/],
    ],
    ['a feature without what it needs', rbd('{ imageFeatures: "layering,fast-diff" }'), [/imageFeatures: fast-diff needs object-map/, /./]],
    [
      'journaling in the kernel',
      rbd('{ imageFeatures: "journaling,exclusive-lock" }'),
      [/imageFeatures: journaling needs mounter: rbd-nbd/],
    ],
    ['a mounter', rbd('{ mounter: fuse }'), [/mounter must be one of rbd, rbd-nbd, got "fuse"/]],
    ['map options', rbd('{ mapOptions: "kbrd:rxbounce" }'), [/mapOptions: must begin with krbd: or nbd:, got "kbrd:rxbounce"/, /./]],
    ['a KMS without encryption', rbd('{ encryptionKMSID: vault }'), [/encryptionKMSID: needs encrypted: true/]],
    ['a pool as a parameter', rbd('{ pool: b }'), [/^unknown key "pool"/]],
    [
      'a reclaim policy',
      block('{ replicated: { size: 2 }, classes: { a: { reclaimPolicy: Recycle } } }'),
      [/reclaimPolicy must be one of Delete, Retain/],
    ],
    [
      'a class twice',
      block('{ replicated: { size: 2 } }', ', b: { replicated: { size: 3 }, classes: { a: {} } }'),
      ['pools.block.b.classes.a: makes storage class a a second time', /./],
    ],
    [
      'the name of a class',
      block('{ replicated: { size: 2 }, classes: { A: {} } }'),
      [/^pools\.block\.a\.classes\.A: must be a DNS label/],
    ],
    ['no data pools', fs(`{ ${META}, dataPools: [] }`), [/dataPools must have at least one item/]],
    ['no metadata pool', fs('{ dataPools: [{ name: m, replicated: { size: 2 } }] }'), [/needs the key "metadataPool"/]],
    [
      'a coded metadata pool',
      fs('{ metadataPool: { erasureCoded: { dataChunks: 2, codingChunks: 1 } }, dataPools: [{ name: m, replicated: { size: 2 } }] }'),
      [/^unknown key "erasureCoded" in pools\.filesystem\.f\.metadataPool/],
    ],
    [
      'a coded first data pool',
      fs(`{ ${META}, dataPools: [{ name: m, erasureCoded: { dataChunks: 2, codingChunks: 1 } }] }`),
      [/^pools\.filesystem\.f\.dataPools\[0\]: must be replicated: the first data pool/, /dataPool: NAME/],
    ],
    [
      'a class of one of two data pools',
      fs(`{ ${META}, dataPools: [{ name: m, replicated: { size: 2 } }, { name: n, replicated: { size: 2 } }] }`),
      ['pools.filesystem.f: needs the key dataPool: the file system has 2 data pools', 'hint: state it under classes; data pools: m, n'],
    ],
    [
      'an unknown data pool',
      fs(`{ ${META}, dataPools: [{ name: main, replicated: { size: 2 } }], classes: { f: { dataPool: mian } } }`),
      ['pools.filesystem.f.classes.f.dataPool: no pool named "mian"; pools: main', 'hint: did you mean "main"?'],
    ],
    [
      'data pools with one name',
      fs(
        `{ ${META}, dataPools: [{ name: m, replicated: { size: 2 } }, { name: m, replicated: { size: 3 } }], classes: { f: { dataPool: m } } }`,
      ),
      ['pools.filesystem.f.dataPools[1]: makes pool f-m a second time', /./],
    ],
    [
      'a data pool named as the metadata pool',
      fs(`{ ${META}, dataPools: [{ name: metadata, replicated: { size: 2 } }] }`),
      [/makes pool f-metadata a second time/, /./],
    ],
    [
      'an RBD parameter of a file system',
      fs(`{ ${META}, dataPools: [{ name: m, replicated: { size: 2 } }], classes: { f: { parameters: { mapOptions: x } } } }`),
      [/^unknown key "mapOptions"/],
    ],
    ['no map', 'just text', [/^pools must be a map/]],
  ])('%s', async (_, pools, said) => {
    const lines = await words(pools === 'just text' ? `${HEAD}matrix: { storage: pools }\npools: text\n` : withPools(pools));
    for (const each of said) expect(lines).toContainEqual(typeof each === 'string' ? each : expect.stringMatching(each));
    expect(lines).toHaveLength(said.length);
  });

  test('all errors at once, each with its line', async () => {
    const lines = await problemsOf(withPools('clusterID: x\nblock:\n  a: { replicated: { size: 1 } }\n  b: {}'));
    expect(lines.filter((line) => line.startsWith('e.yaml:')).map((line) => line.replace(/: .*/, ''))).toEqual([
      'e.yaml:7:5',
      'e.yaml:7:24',
      'e.yaml:8:5',
      'e.yaml:8:5',
    ]);
  });
});

test('one copy is possible for those who say so', async () => {
  const { pools } = await experiment(withPools(block('{ replicated: { size: 1, requireSafeReplicaSize: false } }')));
  expect(pools?.block[0]?.spec.replicated).toEqual({ size: 1, requireSafeReplicaSize: false });
});

test('chunks are not compared with failure domains, whose number is not known', async () => {
  expect(await problemsOf(withPools(ec(', metadataPool: { existing: b }').replace('dataChunks: 2', 'dataChunks: 20')))).toEqual([]);
});
