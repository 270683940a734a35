import { entryOf, read, UNIT } from '../../support/entry-folder';

const NOT_READ =
  'is not read: an entry has workload.yaml, units (*.service, *.timer, *.socket, *.path), files/, files.ROLE/ and files.trial/';

/** Path in the entry, what is not read, and the hint. */
test.each([
  ['file/etc/a', 'file', 'did you mean "files"?'],
  ['Files/etc/a', 'Files', 'did you mean "files"?'],
  ['workload.yml', 'workload.yml', 'did you mean "workload.yaml"?'],
  ['workload.services', 'workload.services', 'did you mean "workload.service"?'],
  ['file.workload/a', 'file.workload', 'did you mean "files.workload"?'],
  ['etc/a', 'etc', 'move it to files/etc'],
  ['notes.yml', 'notes.yml', undefined],
  ['scripts/a', 'scripts', undefined],
])('%s is reported as not read', (path, name, hint) => {
  const { warnings } = read(entryOf({ 'workload.service': UNIT, [path]: 'a' }));
  expect(warnings).toEqual([`entry/${name}: ${NOT_READ}${hint ? `\n  hint: ${hint}` : ''}`]);
});

test('a misspelled folder of a role', () => {
  const manifest = 'roles: [{name: server}]\n';
  const { warnings } = read(entryOf({ 'workload.yaml': manifest, 'server.service': UNIT, 'file.server/a': 'a', 'server/a': 'a' }));
  expect(warnings).toEqual([
    `entry/file.server: ${NOT_READ}\n  hint: did you mean "files.server"?`,
    `entry/server: ${NOT_READ}\n  hint: move it to files.server`,
  ]);
});

test('a unit in capital letters keeps its name, with a warning', () => {
  expect(read(entryOf({ 'workload.service': UNIT, 'Workload.service': UNIT })).warnings).toEqual([
    'entry/Workload.service: is a separate unit, called Workload.service in the guest\n  hint: rename it to workload.service if it belongs to the workload',
  ]);
});

test('documentation and hidden files are not reported', () => {
  const files = ['README', 'README.md', 'LICENSE', 'docs/a', 'NOTICE', 'CHANGELOG.md', 'graph.png', '.gitignore', '.editorconfig'];
  const folder = entryOf({ 'workload.service': UNIT, ...Object.fromEntries(files.map((name) => [name, 'a'])) });
  expect(read(folder)).toMatchObject({ problems: '', warnings: [] });
});
