import { entryOf, read, UNIT } from '../../support/entry-folder';

function withDisks(storage: string) {
  return read(entryOf({ 'workload.yaml': `storage: [${storage}]\n`, 'workload.service': UNIT }));
}

test('a raw disk has no file system, and may have an error policy', () => {
  const { entry, problems } = withDisks(
    '{ name: a, serial: a, raw: true, size: 1Mi, errorPolicy: report }, { name: b, serial: b, raw: true }',
  );
  expect(problems).toBe('');
  expect(entry?.storage).toEqual([
    { name: 'a', serial: 'a', raw: true, size: '1Mi', errorPolicy: 'report' },
    { name: 'b', serial: 'b', raw: true },
  ]);
});

test('a disk with a file system may have an error policy', () => {
  const { entry } = withDisks('{ name: a, serial: a, mount: /a, raw: false, errorPolicy: stop }');
  expect(entry?.storage).toEqual([{ name: 'a', serial: 'a', mount: '/a', filesystem: 'xfs', errorPolicy: 'stop' }]);
});

test.each([
  [
    'raw: true, mount: /a',
    'entry/workload.yaml:1:44: storage[0].mount must not be set: a raw disk has no file system\n  hint: remove mount, or remove raw',
  ],
  ['raw: true, filesystem: ext4', 'storage[0].filesystem must not be set: a raw disk has no file system'],
  ['raw: true, size: 1Ki', 'storage[0].size must be at least 1Mi, got "1Ki"'],
  ['raw: false', 'storage[0] needs the key "mount"'],
  ['raw: yes', 'storage[0].raw must be true or false, got "yes"'],
  ['raw: true, volumeMode: block', 'storage[0].volumeMode must be one of Filesystem, Block, got "block"'],
  ['raw: true, errorPolicy: retry', 'storage[0].errorPolicy must be one of stop, report, ignore, enospace, got "retry"'],
])('%s', (disk, message) => {
  const { problems } = withDisks(`{ name: a, serial: a, ${disk} }`);
  expect(problems).toContain(message);
});
