import { mountIn, mountOf, storageOf } from '../../../../src/cli/experiment/lab/facts';
import { tempDir } from '../../../support/render';

const MOUNTS = [
  '/dev/vda1 / ext4 rw,relatime 0 0',
  'tmpfs /dev/shm tmpfs rw,size=1g 0 0',
  '/dev/sdb1 /srv/my\\040disk xfs rw 0 0',
  '/dev/sdc1 /srv ext4 ro 0 0',
  '/dev/sdd1 /srv btrfs rw 0 0',
].map(mountIn);

test.each([
  ['/', '/dev/vda1', 'ext4'],
  ['/home/me/lab', '/dev/vda1', 'ext4'],
  ['/dev/shm', 'tmpfs', 'tmpfs'],
  ['/dev/shm/virtwork-lab', 'tmpfs', 'tmpfs'],
  // Not inside of /dev/shm.
  ['/dev/shmem', '/dev/vda1', 'ext4'],
  ['/srv/my disk/a', '/dev/sdb1', 'xfs'],
  // The last one hides the others.
  ['/srv/a', '/dev/sdd1', 'btrfs'],
])('%s is on %s', (folder, device, fileSystem) => {
  expect(mountOf(folder, MOUNTS)).toMatchObject({ device, fileSystem });
});

test('a folder that does not exist yet has the file system of its parent', () => {
  const parent = tempDir();
  const { directory, ...mount } = storageOf(`${parent}/a/b`);
  expect(directory).toBe(`${parent}/a/b`);
  expect(mount).toEqual({ ...storageOf(parent), directory: undefined });
  expect(mount.fileSystem).toMatch(/^[a-z0-9.]+$/);
});
