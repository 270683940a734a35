import { fromFolder, path } from '../../src/options/kinds';
import { hintForSetting } from '../../src/options/other-names';
import { specs } from '../../src/options/table';

const ROWS = specs().map(([key, { kind }]) => [key, kind] as const);

test.each(ROWS)('%s is not empty', (_, kind) => {
  for (const blank of ['', ' ', '\u00a0']) expect(kind.parse(blank)).toHaveProperty('must');
});

test.each(['labels', 'cpu', 'proxy', 'resources', 'affinity', 'tolerations'])('%s is not YAML without a value', (key) => {
  const kind = ROWS.find(([name]) => name === key)?.[1];
  for (const nothing of ['~', 'null', ' # none']) expect(kind?.parse(nothing)).toHaveProperty('must');
});

test('an empty path of a file is not the folder of the file', () => {
  expect(fromFolder(path, '', '/folder')).toBe('');
  expect(fromFolder(path, 'dist', '/folder')).toBe('/folder/dist');
});

test.each([
  ['namespace', 'use the flag --namespace'],
  ['disk_size', 'did you mean "data_disk_size"?'],
  ['numjobs', 'use --params disk.numjobs=… if it is a param'],
])('--set disk.%s', (key, hint) => expect(hintForSetting('disk', key)).toBe(hint));
