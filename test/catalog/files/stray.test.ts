import { entryOf, read, UNIT } from '../../support/entry-folder';

const NOT_READ = 'is not read: an entry has workload.yaml, units (*.service, *.timer, *.socket, *.path), files/ and files.ROLE/';

/** Path in the entry, and the name that was meant. */
test.each([
  ['file/etc/a', 'file', 'files'],
  ['Files/etc/a', 'Files', 'files'],
  ['workload.yml', 'workload.yml', 'workload.yaml'],
  ['workload.services', 'workload.services', 'workload.service'],
  ['file.workload/a', 'file.workload', 'files.workload'],
  ['etc/a', 'etc', 'files/etc'],
  ['notes.yml', 'notes.yml', undefined],
  ['scripts/a', 'scripts', undefined],
])('%s is said not to be read', (path, name, meant) => {
  const { warnings } = read(entryOf({ 'workload.service': UNIT, [path]: 'a' }));
  expect(warnings).toEqual([`entry/${name}: ${NOT_READ}${meant ? `\n  hint: ${meant}` : ''}`]);
});

test('the folder of a role, misspelt', () => {
  const manifest = 'roles: [{name: server}]\n';
  const { warnings } = read(entryOf({ 'workload.yaml': manifest, 'server.service': UNIT, 'file.server/a': 'a', 'server/a': 'a' }));
  expect(warnings).toEqual([`entry/file.server: ${NOT_READ}\n  hint: files.server`, `entry/server: ${NOT_READ}\n  hint: files.server`]);
});

test('a unit in capital letters keeps its name, which is said', () => {
  expect(read(entryOf({ 'workload.service': UNIT, 'Workload.service': UNIT })).warnings).toEqual([
    'entry/Workload.service: is a unit of its own, called Workload.service in the guest\n  hint: workload.service',
  ]);
});

test('documentation and hidden files are of no interest', () => {
  const files = ['README', 'README.md', 'LICENSE', 'docs/a', 'NOTICE', 'CHANGELOG.md', 'graph.png', '.gitignore', '.editorconfig'];
  const folder = entryOf({ 'workload.service': UNIT, ...Object.fromEntries(files.map((name) => [name, 'a'])) });
  expect(read(folder)).toMatchObject({ faults: '', warnings: [] });
});
