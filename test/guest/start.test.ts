import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { findCatalog } from '../../src/catalog/find';
import { readShared } from '../../src/catalog/shipped/shared';
import { type GuestDisk, guestDisk } from '../../src/guest/guest-disk';
import { userData } from '../../src/guest/user-data';
import type { RolePlan } from '../../src/plan/plan';
import { planOf, ROOT, tempDir } from '../support/render';
import { run } from '../support/run';
import { StubRoot } from '../support/stub-root';
import { needs } from '../support/tools';

const SCRIPT = join(ROOT, 'catalog/_shared/base/files/usr/local/bin/virtwork-start');
const SHARED = readShared(findCatalog(tempDir()).shippedDir);
const DISK = guestDisk(SHARED);

/** A guest with a stub of mount that copies the files of a disk. */
function guest(disk: { readonly [file: string]: string } | undefined): StubRoot {
  const root = new StubRoot().stub('mountpoint', 'exit 1').stub('umount').stub('udevadm').stub('systemctl').stub('restorecon');
  mkdirSync(join(root.dir, 'disk'));
  for (const [file, text] of Object.entries(disk ?? {})) writeFileSync(join(root.dir, 'disk', file), text);
  return root.stub('mount', disk ? `/bin/cp ${root.dir}/disk/* ${root.dir}/mnt/` : 'exit 32');
}

function start(root: StubRoot, ...units: string[]) {
  return root.run(SCRIPT, units, { VIRTWORK_GUEST_DIR: join(root.dir, 'mnt'), VIRTWORK_ROOT: root.dir, DISK_BY_ID: '/by-id' });
}

/** The disk with another virtwork-setup, which prints its arguments. */
const ECHO: GuestDisk = { ...DISK, 'virtwork-setup': '#!/bin/bash\necho "setup of $*"\n' };

test('the first boot installs every file with its mode, and passes the units on', () => {
  const root = guest(ECHO);
  const { status, output, calls } = start(root, 'a.service', 'b.socket');
  expect({ status, output }).toEqual({ status: 0, output: 'setup of a.service b.socket\n' });
  expect(calls).toContain(`mount -t iso9660 -o ro,nosuid,nodev,noexec /by-id/virtio-virtwork-guest ${join(root.dir, 'mnt')}`);
  for (const { path, mode, content } of SHARED.filter((file) => !file.path.endsWith('-setup'))) {
    expect(readFileSync(join(root.dir, path), 'utf8')).toBe(content);
    expect((statSync(join(root.dir, path)).mode & 0o777).toString(8)).toBe(mode.slice(1));
  }
  const labelled = calls
    .find((call) => call.startsWith('restorecon'))
    ?.split(' ')
    .slice(1);
  expect(labelled?.sort()).toEqual(SHARED.map(({ path }) => root.dir + path).sort());
  expect(calls.filter((call) => /^(umount|systemctl)/.test(call))).toEqual([`umount --lazy ${join(root.dir, 'mnt')}`]);
});

test('a later boot installs only changed files', () => {
  const root = guest(ECHO);
  start(root, 'a.service');
  expect(start(root).calls.filter((call) => /^systemctl/.test(call))).toEqual([]);
  writeFileSync(join(root.dir, 'disk/virtwork-packages'), '#!/bin/bash\n');
  const before = statSync(join(root.dir, 'usr/local/bin/virtwork-disk')).ino;
  const { status, calls } = start(root);
  expect(status).toBe(0);
  expect(readFileSync(join(root.dir, 'usr/local/bin/virtwork-packages'), 'utf8')).toBe('#!/bin/bash\n');
  expect(statSync(join(root.dir, 'usr/local/bin/virtwork-disk')).ino).toBe(before);
  expect(calls.filter((call) => /^systemctl/.test(call))).toEqual(['systemctl daemon-reload']);
});

test.each([
  ['missing', undefined],
  ['of another Secret', { userdata: '#cloud-config\n' }],
])('a disk that is %s is reported, and installed files stay', (_, disk) => {
  const root = guest(disk).file('usr/local/bin/virtwork-setup', 'old');
  const { status, output } = start(root, 'a.service');
  expect(status).toBe(1);
  expect(output).toContain('virtwork-start: /by-id/virtio-virtwork-guest is missing or is not the disk of the Secret virtwork-guest');
  expect(readFileSync(join(root.dir, 'usr/local/bin/virtwork-setup'), 'utf8')).toBe('old');
});

test('a file that cannot be installed does not stop the others, but fails the service', () => {
  const root = guest({ ...ECHO, files: `${ECHO.files}0644 none /etc/none\n` });
  const { status, output } = start(root, 'a.service');
  expect(status).toBe(1);
  expect(output).toMatch(/^virtwork-start: cannot install \S+\/etc\/none$/m);
  expect(output).toMatch(/^setup of a\.service$/m);
});

describe('the command of cloud-init', () => {
  const commandOf = async () => {
    const [role] = (await planOf({ workloads: 'cpu' })).workloads[0]?.roles as [RolePlan];
    const { runcmd } = load(userData(role)) as { runcmd: [[string, string, string, ...string[]]] };
    return runcmd[0];
  };

  needs('shellcheck')('has no findings of shellcheck', async () => {
    const [shell, , script] = await commandOf();
    const file = join(tempDir(), 'start.sh');
    writeFileSync(file, `#!/bin/${shell}\n${script}`);
    expect(run('shellcheck', ['--exclude=SC2086', file])).toMatchObject({ status: 0, stdout: '' });
  });

  test('reports a missing disk', async () => {
    const [, , script] = await commandOf();
    const root = guest(undefined).stub('mkdir');
    const file = join(root.dir, 'start.sh');
    writeFileSync(file, script);
    expect(root.run(file, ['a.service'])).toMatchObject({
      status: 1,
      output: expect.stringContaining(
        'virtwork: /dev/disk/by-id/virtio-virtwork-guest is missing or unreadable: the VM needs the Secret virtwork-guest as a disk',
      ),
    });
  });
});
