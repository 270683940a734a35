import { dirname, join } from 'node:path';
import { findCatalog } from '../../src/catalog/find';
import { isEntryPath, openEntry } from '../../src/catalog/open-entry';
import type { Problems } from '../../src/catalog/problems';
import { shownPath } from '../../src/files/shown-path';
import { entryOf, UNIT } from '../support/entry-folder';

function open(name: string, userDir = '/nonexistent', cwd = '/nonexistent') {
  const findings: Problems = { problems: [], warnings: [] };
  return { entry: openEntry(findCatalog(userDir), name, cwd, findings), findings };
}

describe('an entry is opened by its name', () => {
  test('a built-in one', () => expect(open('cpu').entry).toMatchObject({ name: 'cpu', builtIn: true }));

  test('an example', () => expect(open('redis-bench').entry).toMatchObject({ name: 'redis-bench', builtIn: false }));

  test("the user's, with its folder relative to the working directory", () => {
    const folder = entryOf({ 'workload.service': UNIT });
    const { entry } = open('my-entry', dirname(folder), dirname(folder));
    expect(entry).toMatchObject({ name: 'my-entry', builtIn: false, folder: 'my-entry' });
  });

  test('no entry has the name', () => {
    expect(open('missing')).toEqual({ entry: undefined, findings: { problems: [], warnings: [] } });
  });

  test('an entry with a problem', () => {
    const folder = entryOf({ 'workload.yaml': 'vm: {memory: 1Ki}\n', 'workload.service': UNIT });
    const { entry, findings } = open('my-entry', dirname(folder));
    expect(entry).toBeUndefined();
    expect(findings.problems).toEqual([
      { where: `${join(folder, 'workload.yaml')}:1:6`, message: 'vm.memory must be a quantity of at least 64Mi, got "1Ki"' },
    ]);
  });
});

test.each([
  ['cpu', false],
  ['./cpu', true],
  ['/a/cpu', true],
  ['.', true],
])('%s is a path: %s', (given, expected) => expect(isEntryPath(given)).toBe(expected));

test.each([
  ['/a/b/c', '/a', 'b/c'],
  ['/a/b', '/a/c', '/a/b'],
])('%s is shown in %s as %s', (folder, cwd, shown) => expect(shownPath(folder, cwd)).toBe(shown));
