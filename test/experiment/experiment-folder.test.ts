import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { UserError } from '../../src/errors';
import { compareExperiment, renderExperiment, writeExperiment } from '../../src/experiment/experiment-folder';
import { HEADER } from '../../src/synth/header';
import type { Manifest } from '../../src/validation/manifest';
import { tempDir } from '../support/places';
import { experiment } from '../support/planned-experiments';

const TWO = `
name: two
workload: fio-bench
settings: { namespace: bench, data_disk_size: 20Gi }
params: { runtime: 60 }
matrix:
  storage: { rbd: { storage_class: ceph-rbd }, cephfs: { storage_class: cephfs } }
  job: { small: { params: { block-size: 4k } }, large: { params: { block-size: 1M } } }
  neighbours: { quiet: {}, migrating: { workloads: { chaos-migration: {} } } }
exclude: [{ storage: cephfs, neighbours: migrating }]
`;

async function rendered(text: string) {
  const planned = await experiment(text);
  return { plan: planned.plan, files: renderExperiment(planned) };
}

/** Every file below a folder, by path. */
function tree(dir: string): { [path: string]: string } {
  const paths = (readdirSync(dir, { recursive: true, withFileTypes: true }) ?? []).filter((each) => each.isFile());
  return Object.fromEntries(
    paths.map((each) => {
      const path = join(each.parentPath, each.name);
      return [path.slice(dir.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

function objects(dir: string, group: string): Manifest[] {
  const folder = join(dir, 'groups', group);
  const names = readdirSync(folder).filter((name) => !name.startsWith('kustom'));
  return names.flatMap((name) => loadAll(readFileSync(join(folder, name), 'utf8')) as Manifest[]);
}

test('each group is a base of its own, and the root has the namespace only', async () => {
  const dir = tempDir();
  const { plan, files } = await rendered(TWO);
  writeExperiment(dir, files);
  expect(readdirSync(dir).sort()).toEqual(['groups', 'kustomization.yaml', 'kustomizeconfig.yaml', 'namespace.yaml', 'plan.json']);
  expect(readFileSync(join(dir, 'kustomization.yaml'), 'utf8')).toMatch(/resources:\n {2}- namespace\.yaml\n$/);
  expect(JSON.parse(readFileSync(join(dir, 'plan.json'), 'utf8'))).toEqual(plan);
  expect(readdirSync(join(dir, 'groups')).sort()).toEqual(plan.groups.map(({ id }) => id).sort());
  const [quiet] = plan.groups.filter(({ settings }) => settings.storage === 'cephfs');
  expect(readdirSync(join(dir, 'groups', quiet?.id ?? '')).sort()).toEqual(
    [`${quiet?.id}.yaml`, 'guest.yaml', 'kustomization.yaml', 'kustomizeconfig.yaml'].sort(),
  );
  expect(compareExperiment(dir, files)).toEqual({ missing: [], changed: [], lineEnds: [], stale: [], foreign: [] });
});

test('all objects of a group have its label, and no two groups have the same object', async () => {
  const dir = tempDir();
  const { plan, files } = await rendered(TWO);
  writeExperiment(dir, files);
  const names: string[] = [];
  for (const { id } of plan.groups) {
    const all = objects(dir, id);
    for (const { kind, metadata } of all) {
      expect([kind, metadata.labels?.['virtwork/group']]).toEqual([kind, id]);
      names.push(`${kind}/${metadata.name}`);
    }
    const [vm] = all.filter(({ kind, metadata }) => kind === 'VirtualMachine' && metadata.labels?.['virtwork/entry'] === 'fio-bench');
    const spec = vm?.spec as {
      template: { metadata: Manifest['metadata'] };
      dataVolumeTemplates: { metadata: Manifest['metadata'] }[];
    };
    expect(spec.template.metadata.labels).toMatchObject({ 'virtwork/group': id });
    expect(spec.dataVolumeTemplates[0]?.metadata.labels).toMatchObject({ 'virtwork/group': id });
  }
  expect(names).toContain(
    `ClusterRole/virtwork:bench:chaos-migration-${plan.groups.find(({ settings }) => settings.neighbours === 'migrating')?.id.slice(-6)}`,
  );
  expect(new Set(names).size).toBe(names.length);
});

test('the guests carry the group and the plan of their trials', async () => {
  const dir = tempDir();
  const { plan, files } = await rendered(TWO);
  writeExperiment(dir, files);
  for (const { id, plan: digest, trials } of plan.groups) {
    const text = readFileSync(join(dir, 'groups', id, `${id}.yaml`), 'utf8');
    expect(text).toContain(`TRIALS_GROUP="${id}"`);
    expect(text).toContain(digest);
    for (const trial of trials) expect(text).toContain(`/etc/virtwork/trials/${trial.id}-${trial.name}-r${trial.repeat}.env`);
  }
});

test('the same experiment is the same bytes', async () => {
  const [first, second] = [tempDir(), tempDir()];
  writeExperiment(first, (await rendered(TWO)).files);
  writeExperiment(second, (await rendered(TWO)).files);
  expect(tree(second)).toEqual(tree(first));
});

test('a second run changes nothing', async () => {
  const dir = tempDir();
  writeExperiment(dir, (await rendered(TWO)).files);
  expect(writeExperiment(dir, (await rendered(TWO)).files)).toEqual({ written: [], removed: [] });
});

test('groups that are no longer in the experiment are removed, files of the user are not', async () => {
  const dir = tempDir();
  const before = await rendered(TWO);
  writeExperiment(dir, before.files);
  const gone = before.plan.groups.filter(({ settings }) => settings.storage === 'cephfs').map(({ id }) => id);
  const kept = before.plan.groups.find(({ settings }) => settings.neighbours === 'migrating')?.id ?? '';
  writeFileSync(join(dir, 'notes.yaml'), 'mine: 1\n');
  writeFileSync(join(dir, 'groups', kept, 'notes.txt'), 'mine\n');
  mkdirSync(join(dir, 'groups/mine'));
  writeFileSync(join(dir, 'groups/mine/x.yaml'), 'mine: 2\n');
  const after = await rendered(
    `${TWO}  - { neighbours: migrating }\n  - { storage: cephfs }\n`.replace(
      'exclude: [{ storage: cephfs, neighbours: migrating }]',
      'exclude:',
    ),
  );
  expect(compareExperiment(dir, after.files)).toMatchObject({
    stale: expect.arrayContaining([`groups/${gone[0]}/`, `groups/${kept}/`]),
    changed: ['plan.json'],
  });
  expect(writeExperiment(dir, after.files)).toEqual({
    written: ['plan.json'],
    removed: [...gone, kept].sort().map((id) => `groups/${id}/`),
  });
  expect(readdirSync(join(dir, 'groups')).sort()).toEqual([...after.plan.groups.map(({ id }) => id), kept, 'mine'].sort());
  expect(readdirSync(join(dir, 'groups', kept))).toEqual(['notes.txt']);
  expect(readFileSync(join(dir, 'groups/mine/x.yaml'), 'utf8')).toBe('mine: 2\n');
  expect(readFileSync(join(dir, 'notes.yaml'), 'utf8')).toBe('mine: 1\n');
});

describe('nothing is written if something is in the way', () => {
  test.each<[string, (dir: string, group: string) => void, string]>([
    ['a plan of another program', (dir) => writeFileSync(join(dir, 'plan.json'), '{}'), 'plan.json'],
    ['a link for the groups', (dir) => symlinkSync('/tmp', join(dir, 'groups')), 'groups'],
    [
      'a link for a group',
      (dir, group) => {
        mkdirSync(join(dir, 'groups'));
        symlinkSync('/tmp', join(dir, 'groups', group));
      },
      'groups/',
    ],
    ['a namespace of the user', (dir) => writeFileSync(join(dir, 'namespace.yaml'), 'mine: 1\n'), 'namespace.yaml'],
    [
      'a file of the user in a group',
      (dir, group) => {
        mkdirSync(join(dir, 'groups', group), { recursive: true });
        writeFileSync(join(dir, 'groups', group, 'guest.yaml'), 'mine: 1\n');
      },
      'guest.yaml',
    ],
  ])('%s', async (_, put, where) => {
    const dir = tempDir();
    const { plan, files } = await rendered(TWO);
    put(dir, plan.groups[0]?.id ?? '');
    const before = tree(dir);
    expect(() => writeExperiment(dir, files)).toThrow(UserError);
    expect(() => writeExperiment(dir, files)).toThrow(where);
    expect(tree(dir)).toEqual(before);
    expect(compareExperiment(dir, files).foreign).not.toEqual([]);
  });
});

test('an experiment that was written only in part is completed', async () => {
  const dir = tempDir();
  const { plan, files } = await rendered(TWO);
  writeExperiment(dir, files);
  const whole = tree(dir);
  rmSync(join(dir, 'plan.json'));
  rmSync(join(dir, 'groups', plan.groups[0]?.id ?? '', 'guest.yaml'));
  expect([...compareExperiment(dir, files).missing].sort()).toEqual([`groups/${plan.groups[0]?.id}/guest.yaml`, 'plan.json']);
  writeExperiment(dir, files);
  expect(tree(dir)).toEqual(whole);
});

test('what a killed run has left is removed, what another run is writing is not', async () => {
  const dir = tempDir();
  const { files } = await rendered(TWO);
  const drafts = [`.virtwork-${2 ** 22 + 1}-abc-x`, `.virtwork-${process.ppid}-abc-y`];
  for (const draft of drafts) {
    mkdirSync(join(dir, 'groups', draft), { recursive: true });
    writeFileSync(join(dir, 'groups', draft, 'guest.yaml'), HEADER);
  }
  expect(compareExperiment(dir, files).stale).toEqual([]);
  writeExperiment(dir, files);
  expect(readdirSync(join(dir, 'groups')).filter((name) => name.startsWith('.'))).toEqual([drafts[1]]);
});

test('a namespace of the cluster is not rendered', async () => {
  const dir = tempDir();
  writeExperiment(dir, (await rendered('name: x\nworkload: cpu\nsettings: { create_namespace: false }\n')).files);
  expect(readdirSync(dir).sort()).toEqual(['groups', 'plan.json']);
});

describe('pools', () => {
  const POOLS = `${TWO.replace('name: two', 'name: pooled')}pools:
  clusterID: rook-ceph
  failureDomain: host
  block: { ceph-rbd: { replicated: { size: 2 } } }
`;

  test('are a folder of their own, which neither the root nor a group includes', async () => {
    const dir = tempDir();
    const { files } = await rendered(POOLS);
    writeExperiment(dir, files);
    expect(readdirSync(join(dir, 'pools')).sort()).toEqual(['kustomization.yaml', 'pools.yaml', 'storage-classes.yaml']);
    const others = Object.entries(tree(dir)).filter(([path]) => !path.startsWith('pools/') && path !== 'plan.json');
    for (const [path, text] of others) expect([path, /pools|CephBlockPool|kind: StorageClass/.test(text)]).toEqual([path, false]);
    expect(compareExperiment(dir, files)).toEqual({ missing: [], changed: [], lineEnds: [], stale: [], foreign: [] });
    expect(writeExperiment(dir, files)).toEqual({ written: [], removed: [] });
  });

  test('that changed or are missing are found, and written again', async () => {
    const dir = tempDir();
    const { files } = await rendered(POOLS);
    writeExperiment(dir, files);
    rmSync(join(dir, 'pools/storage-classes.yaml'));
    const three = await rendered(POOLS.replace('{ size: 2 }', '{ size: 3 }'));
    expect(compareExperiment(dir, three.files)).toMatchObject({
      missing: ['pools/storage-classes.yaml'],
      changed: expect.arrayContaining(['pools/pools.yaml', 'plan.json']),
    });
    expect([...writeExperiment(dir, three.files).written].sort()).toEqual(['plan.json', 'pools/pools.yaml', 'pools/storage-classes.yaml']);
    expect(readFileSync(join(dir, 'pools/pools.yaml'), 'utf8')).toContain('size: 3');
  });

  test('that the experiment no longer has are removed with their folder, files of the user are not', async () => {
    const dir = tempDir();
    writeExperiment(dir, (await rendered(POOLS)).files);
    const { files } = await rendered(TWO.replace('name: two', 'name: pooled'));
    expect(compareExperiment(dir, files).stale).toEqual(['pools/kustomization.yaml', 'pools/pools.yaml', 'pools/storage-classes.yaml']);
    expect(writeExperiment(dir, files).removed).toEqual(['pools/']);
    expect(readdirSync(dir)).not.toContain('pools');
    mkdirSync(join(dir, 'pools'));
    writeFileSync(join(dir, 'pools/notes.yaml'), 'mine: 1\n');
    expect(compareExperiment(dir, files).stale).toEqual([]);
    writeExperiment(dir, files);
    expect(readFileSync(join(dir, 'pools/notes.yaml'), 'utf8')).toBe('mine: 1\n');
  });

  test.each<[string, (dir: string) => void]>([
    ['a link', (dir) => symlinkSync('/tmp', join(dir, 'pools'))],
    ['a file', (dir) => writeFileSync(join(dir, 'pools'), '')],
    [
      'a kustomization of the user',
      (dir) => {
        mkdirSync(join(dir, 'pools'));
        writeFileSync(join(dir, 'pools/kustomization.yaml'), 'mine: 1\n');
      },
    ],
  ])('are not written over %s', async (_, put) => {
    const dir = tempDir();
    const { files } = await rendered(POOLS);
    put(dir);
    expect(compareExperiment(dir, files).foreign).not.toEqual([]);
    expect(() => writeExperiment(dir, files)).toThrow('was not written by virtwork');
    expect(readdirSync(dir)).toEqual(['pools']);
  });

  test('an experiment without pools does not look behind a link', async () => {
    const [dir, other] = [tempDir(), tempDir()];
    const { files } = await rendered(POOLS);
    writeExperiment(other, files);
    symlinkSync(join(other, 'pools'), join(dir, 'pools'));
    writeExperiment(dir, (await rendered(TWO)).files);
    expect(readdirSync(join(other, 'pools'))).toHaveLength(3);
  });
});
