import { readerOf } from '../../../src/catalog/files/file-readers';
import { cpuTime } from '../../support/cpu-time';

test.each<[string, string, unknown]>([
  ['a file of variables', 'A=1\n\n# comment\nexport_me=2\n', 'variables'],
  ['one without a line end', '# comment\nA={{a}}', 'variables'],
  ['one that only a shell reads', 'A=1\n  export B=2\n', 'shell'],
  ['another text', 'A=1\nnot a variable\n', 'other'],
])('%s', (_, content, reader) => expect(readerOf('/srv/x', content)).toBe(reader));

test.each([
  ['blank lines', `A=1\n${'\n'.repeat(200_000)}!`],
  ['blanks', `A=1\n${' '.repeat(200_000)}!`],
  ['lines of blanks', `A=1\n${' \n'.repeat(100_000)}!`],
  ['comments', `${'#\n'.repeat(100_000)}!`],
])('a text of %s is fast', (_, content) => {
  const started = cpuTime();
  expect(readerOf('/srv/x', content)).toBe('other');
  expect(cpuTime() - started).toBeLessThan(3000);
});
