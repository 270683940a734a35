import type { Kind } from '../../src/options/kinds';
import { TABLE } from '../../src/options/table';

const { guest_os, container_disk_image, boot, preference, instancetype } = TABLE;

const REASON = {
  must: expect.stringContaining('workloads are systemd units, which cloud-init sets up'),
  hint: expect.stringContaining('docs/how-to/windows.md'),
};

test.each<[string, Kind, unknown]>([
  ...['windows', 'Windows', 'win11', 'win2k22', 'windows-2022'].map((name): [string, Kind, unknown] => ['guest_os', guest_os.kind, name]),
  ...[
    'quay.io/containerdisks/windows:2022',
    'registry.example.com/images/windows-server-2022:latest',
    'example.com:5000/win2k22',
    'example.com/golden:win11',
    'example.com/win10x64-virtio:1.0',
    'example.com/Win-Server-2019:1',
    'mcr.example.com/windows/server:ltsc2022',
    `example.com/win11@sha256:${'0'.repeat(64)}`,
  ].map((name): [string, Kind, unknown] => ['container_disk_image', container_disk_image.kind, name]),
  ...['win', 'win10', 'win2k16', 'win2k25', 'windows2022', 'golden-win11'].map((name): [string, Kind, unknown] => [
    'boot',
    boot.kind,
    `dataSource:images/${name}`,
  ]),
  ...['windows.11', 'windows.2k22.virtio', { name: 'windows.10', kind: 'VirtualMachineClusterPreference' }].map(
    (name): [string, Kind, unknown] => ['preference', preference.kind, name],
  ),
])('%s: %# is rejected with the reason', (_, kind, raw) => expect(kind.parse(raw)).toMatchObject(REASON));

test.each<[string, Kind, unknown]>([
  ['guest_os', guest_os.kind, 'rhel'],
  ...[
    'registry.windows.example.com/fedora:43',
    'quay.io/windows-team/fedora:43',
    'example.com/darwin10:1',
    'example.com/winter-fedora:11',
    'example.com/twin-server:1',
    'example.com/win7zip',
    'fedora:win-x',
  ].map((name): [string, Kind, unknown] => ['container_disk_image', container_disk_image.kind, name]),
  ['boot', boot.kind, 'dataSource:windows-images/fedora'],
  ['boot', boot.kind, 'containerDisk'],
  ['preference', preference.kind, 'fedora'],
  ['instancetype', instancetype.kind, 'windows.large'],
])('%s: %# is accepted: %s', (_, kind, raw) => expect(kind.parse(raw)).toHaveProperty('value'));

test('a map is rejected at the name in it', () =>
  expect(preference.kind.parse({ name: 'windows.11' })).toMatchObject({ got: '"windows.11"', at: ['name'] }));
