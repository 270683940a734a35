import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/render';
import { GUEST_LIB, StubRoot } from '../support/stub-root';

const SCRIPT = join(ROOT, 'catalog/_shared/disk/files/usr/local/bin/virtwork-disk');

test('a raw disk is only waited for: nothing reads, formats or mounts it', () => {
  const root = new StubRoot();
  // The device appears while the script waits. A test cannot create a block device, so a file stands for it.
  root.stub('sleep', `: >${root.dir}/virtio-vw-raw`);
  root.file('lib/common.sh', `. ${GUEST_LIB}/common.sh\ndisk_exists() { [[ -e $1 ]]; }\n`);
  for (const tool of ['blkid', 'wipefs', 'mount', 'mountpoint', 'findmnt', 'restorecon', 'mkfs.xfs']) root.stub(tool);
  const { status, output, calls } = root.run(SCRIPT, [], {
    DISK_SERIAL: 'vw-raw',
    DISK_RAW: 'yes',
    DISK_BY_ID: root.dir,
    VIRTWORK_LIB_DIR: join(root.dir, 'lib'),
  });
  expect(status).toBe(0);
  expect(output).toContain(`waiting for the disk ${root.dir}/virtio-vw-raw`);
  expect(output).toContain(`found the raw disk ${root.dir}/virtio-vw-raw`);
  expect(calls).toEqual(['sleep 2']);
});

test.each([
  ['SATA', 'ata-QEMU_HARDDISK_vw-raw'],
  ['SCSI', 'scsi-0QEMU_QEMU_HARDDISK_vw-raw'],
  ['SCSI with the udev rules of sg3_utils', 'scsi-SQEMU_QEMU_HARDDISK_vw-raw'],
])('a disk on %s gets the name that workloads use', (_, name) => {
  const root = new StubRoot().tools('ln', 'sleep');
  root.file('lib/common.sh', `. ${GUEST_LIB}/common.sh\ndisk_exists() { [[ -e $1 ]]; }\n`);
  root.file(name, 'content').file('ata-QEMU_HARDDISK_other-vw-raw', '').file(`${name}-part1`, '');
  const { status, output } = root.run(SCRIPT, [], {
    DISK_SERIAL: 'vw-raw',
    DISK_RAW: 'yes',
    DISK_BY_ID: root.dir,
    VIRTWORK_LIB_DIR: join(root.dir, 'lib'),
  });
  expect({ status, output }).toEqual({ status: 0, output: `virtwork-disk: found the raw disk ${root.dir}/virtio-vw-raw\n` });
  expect(readlinkSync(join(root.dir, 'virtio-vw-raw'))).toBe(name);
  expect(readFileSync(join(root.dir, 'virtio-vw-raw'), 'utf8')).toBe('content');
});
