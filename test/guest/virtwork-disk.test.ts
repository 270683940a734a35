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
