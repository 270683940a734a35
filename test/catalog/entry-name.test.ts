import { ownName, wrongName } from '../../src/catalog/entry-name';

test.each(['a', 'my-entry', '0', 'a'.repeat(40)])('%s is a name', (name) => expect(wrongName(name)).toBeUndefined());

test.each([
  ['', 'be a DNS label of at most 40 characters'],
  ['-a', 'be a DNS label of at most 40 characters'],
  ['a-', 'be a DNS label of at most 40 characters'],
  ['A', 'be a DNS label of at most 40 characters'],
  ['a.b', 'be a DNS label of at most 40 characters'],
  ['a'.repeat(41), 'be a DNS label of at most 40 characters'],
  ['all', 'not be all, which means every built-in workload'],
  ['guest', 'not be one of namespace, guest, kustomization, kustomizeconfig: these files of the base are not workloads'],
])('%j is not: it must %s', (name, must) => expect(wrongName(name)).toBe(must));

test('objects are named after the entry', () => expect(ownName('my-entry')).toBe('virtwork-my-entry'));
