import { findCatalog } from '../../src/catalog/find';
import { readShared } from '../../src/catalog/shipped/shared';
import { guestDisk } from '../../src/guest/guest-disk';
import { isoImage } from '../../src/lab/iso';
import { tempDir } from '../support/render';

const file = (path: string, content: string, mode = '0644') => ({ path, content, mode, source: path });

test('a key for each file, and a table with the path of each file', () => {
  expect(guestDisk([file('/usr/local/bin/a', 'x\n', '0755'), file('/etc/systemd/system/a@.service', 'y\n')])).toEqual({
    files: '0755 a /usr/local/bin/a\n0644 a_.service /etc/systemd/system/a@.service\n',
    a: 'x\n',
    'a_.service': 'y\n',
  });
});

test('the keys of shipped files are valid in a Secret, unique, and fit the image', () => {
  const shared = readShared(findCatalog(tempDir()).shippedDir);
  const disk = guestDisk(shared);
  expect(Object.keys(disk)).toHaveLength(shared.length + 1);
  // Joliet names in the image of KubeVirt have at most 64 characters. The image of the lab supports only lowercase names.
  for (const key of Object.keys(disk)) expect(key).toMatch(/^[-._a-z0-9]{1,64}$/);
  expect(isoImage(disk).length).toBeGreaterThan(0);
});

test('a unit that runs a script of the disk starts after the unit that installs the script', () => {
  const units = readShared(findCatalog(tempDir()).shippedDir).filter(({ path }) => path.endsWith('.service'));
  // The socket may start before. At worst, its service answers with the script of the last boot.
  const others = units.filter(({ path }) => !/virtwork-(start|health@)\.service$/.test(path));
  expect(others.length).toBeGreaterThan(3);
  for (const { path, content } of others)
    expect([path, String(content)]).toEqual([path, expect.stringMatching(/^After=.*virtwork-start\.service/m)]);
});
