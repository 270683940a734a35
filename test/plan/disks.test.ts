import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { guestFiles } from '../../src/guest/files';
import { planOf, tempDir } from '../support/render';

const UNIT = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';

function planWith(files: { readonly [path: string]: string }, flags: object = {}): ReturnType<typeof planOf> {
  const dir = tempDir();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, 'mine', path)), { recursive: true });
    writeFileSync(join(dir, 'mine', path), text);
  }
  return planOf({ 'catalog-dir': dir, 'from-catalog': 'mine', ...flags });
}

/** Path of the drop-in of each disk, and the disks that it waits for. */
async function order(storage: string): Promise<{ readonly [disk: string]: string }> {
  const { workloads } = await planWith({ 'workload.service': UNIT, 'workload.yaml': `storage:\n${storage}` });
  const role = workloads[0]?.roles[0];
  const drops = (role ? guestFiles(role) : []).filter(({ path }) => path.includes('/virtwork-disk@') && path.includes('.d/'));
  return Object.fromEntries(
    drops.map(({ path, content }) => [path.replace(/^.*@(.*)\.service\.d\/10-virtwork\.conf$/, '$1'), String(content)]),
  );
}

const waitsFor = (...disks: string[]) => {
  const units = disks.map((disk) => `virtwork-disk@${disk}.service`).join(' ');
  return `[Unit]\nRequires=${units}\nAfter=${units}\n`;
};

describe('a disk that is mounted below another one is mounted after it', () => {
  test.each<[string, string[], object]>([
    ['none is below another', ['/mnt/data', '/mnt/data2', '/srv'], {}],
    ['the inner one comes last', ['/mnt/data', '/mnt/data/wal'], { b: waitsFor('a') }],
    ['the inner one comes first', ['/mnt/data/wal', '/mnt/data'], { a: waitsFor('b') }],
    ['slashes change nothing', ['/mnt/data/', '//mnt/data//wal/'], { b: waitsFor('a') }],
    ['three levels', ['/mnt/data/a/b', '/mnt/data', '/mnt/data/a'], { a: waitsFor('b', 'c'), c: waitsFor('b') }],
  ])('%s', async (_, mounts, expected) => {
    const names = ['a', 'b', 'c'];
    const storage = mounts.map((mount, index) => `  - {name: ${names[index]}, serial: ${names[index]}, mount: ${mount}}\n`).join('');
    expect(await order(storage)).toEqual(expected);
  });

  test('a disk of another role does not count', async () => {
    const storage = '[{name: a, serial: a, mount: /mnt/a, role: x}, {name: b, serial: b, mount: /mnt/a/b, role: y}]';
    const manifest = `roles: [{name: x}, {name: y}]\nstorage: ${storage}\n`;
    const { workloads } = await planWith({ 'workload.yaml': manifest, 'x.service': UNIT, 'y.service': UNIT });
    expect(workloads[0]?.roles.map(({ disks }) => disks.map(({ below }) => below))).toEqual([[[]], [[]]]);
  });
});

describe('files that a disk would hide', () => {
  const storage = (mount: string) => `storage: [{name: a, serial: a, mount: ${mount}}]\n`;

  test('a file of the entry', async () => {
    const plan = planWith({
      'workload.service': UNIT,
      'workload.yaml': storage('/mnt/data/'),
      'files/mnt/data/x.conf': 'x',
      'files/mnt/data2/y.conf': 'y',
    });
    await expect(plan).rejects.toThrow(
      /files\/mnt\/data\/x\.conf: \/mnt\/data\/x\.conf would be hidden by disk a, which is mounted at \/mnt\/data\n/,
    );
    await expect(plan).rejects.not.toThrow('data2');
  });

  test('the home folder of the account', async () => {
    const flags = { 'ssh-user': 'me' };
    await expect(planWith({ 'workload.service': UNIT, 'workload.yaml': storage('/home/me') }, flags)).rejects.toThrow(
      'workload mine: disk a at /home/me would hide the home folder of the account me and its keys\n  hint: use another --ssh-user, or mount the disk at a folder below /home/me',
    );
    await expect(planWith({ 'workload.service': UNIT, 'workload.yaml': storage('/home/me/data') }, flags)).resolves.toBeDefined();
  });
});

describe('a raw disk', () => {
  const raw = '{name: a, serial: a, raw: true}';

  test('is waited for, and neither formatted nor mounted', async () => {
    const { workloads } = await planWith({
      'workload.service': UNIT,
      'workload.yaml': `storage: [${raw}, {name: b, serial: b, mount: /b}]\n`,
    });
    const role = workloads[0]?.roles[0];
    const texts = Object.fromEntries((role ? guestFiles(role) : []).map(({ path, content }) => [path, String(content)]));
    expect(texts['/etc/virtwork/disk/a.env']).toBe('DISK_SERIAL="a"\nDISK_RAW="yes"\n');
    expect(texts['/etc/systemd/system/virtwork-mine.service.d/10-virtwork.conf']).toContain(
      'Requires=virtwork-disk@a.service virtwork-disk@b.service\nAfter=virtwork-disk@a.service virtwork-disk@b.service\nRequiresMountsFor=/b\n',
    );
    expect(role?.disks[0]).toEqual({ name: 'a', serial: 'a', size: '10Gi', below: [] });
  });

  test('needs no tools for a file system', async () => {
    const { workloads } = await planWith({ 'workload.service': UNIT, 'workload.yaml': `storage: [${raw}]\n` });
    expect(workloads[0]?.roles[0]?.guest.packages).toEqual([]);
  });

  test('has no room for a file system, so all of it can be used', async () => {
    const manifest = (space: string) => `storage: [${raw}]\nspace: [{on: a, base: ${space}}]\n`;
    const full = await planWith({ 'workload.service': UNIT, 'workload.yaml': manifest('10Gi') });
    expect(full.warnings).toEqual([]);
    await expect(planWith({ 'workload.service': UNIT, 'workload.yaml': manifest('10241Mi') })).rejects.toThrow('which has 10Gi');
  });

  test('may be small, but not of nothing', async () => {
    const files = { 'workload.service': UNIT, 'workload.yaml': `storage: [${raw}]\n` };
    await expect(planWith(files, { 'disk-size': '1Mi' })).resolves.toBeDefined();
    await expect(
      planWith({ ...files, 'workload.yaml': 'storage: [{name: a, serial: a, mount: /a}]\n' }, { 'disk-size': '1Mi' }),
    ).rejects.toThrow('must be at least 300Mi for the xfs file system');
  });
});

test('the volume mode that an entry states for a disk is used instead of the configured one', async () => {
  const storage = 'storage:\n- {name: a, serial: a, raw: true, volumeMode: Filesystem}\n- {name: b, serial: b, raw: true}\n';
  const { workloads } = await planWith({ 'workload.service': UNIT, 'workload.yaml': storage }, { 'volume-mode': 'Block' });
  expect(workloads[0]?.roles[0]?.disks.map(({ volumeMode }) => volumeMode)).toEqual(['Filesystem', 'Block']);
});
