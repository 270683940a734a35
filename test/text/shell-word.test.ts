import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../../src/text/shell-word';
import { entryOf, read, UNIT } from '../support/entry-folder';
import { tempDir } from '../support/render';
import { outputOf, run } from '../support/run';

const WORDS = [
  'catalog/mine/files/etc/a.conf',
  'a b',
  "it's",
  '$(touch pwned)',
  '`touch pwned`',
  'a;touch pwned',
  'a&touch pwned',
  'a|touch pwned',
  'a>pwned',
  '*',
  '~',
  '~root',
  '{a,b}',
  'a\nb',
  '"a"',
  '\\a',
  '#a',
  '!a',
  '',
  'größe',
];

test.each(WORDS)('%j is one word for a shell', (word) => {
  const cwd = tempDir();
  expect(outputOf('bash', ['-c', `printf '%s' ${shellWord(word)}`], { cwd })).toBe(word);
  expect(outputOf('ls', [cwd])).toBe('');
});

test('a name that begins with a hyphen does not become a flag', () => {
  expect(shellWord('--expression=1e touch pwned')).toBe("'./--expression=1e touch pwned'");
});

test('a plain word is not quoted', () => {
  expect(shellWord('catalog/mine/files/etc/a_1.conf')).toBe('catalog/mine/files/etc/a_1.conf');
});

test.each<[what: string, content: string | Buffer]>([
  ['Latin-1', Buffer.from('gr\xf6\xdfe\n', 'latin1')],
  ['UTF-16', Buffer.from('\ufeffsome text\n', 'utf16le')],
  ['a byte order mark', '\ufeffx\n'],
  ['CRLF', 'x\r\ny\r\n'],
  ['CR', 'x\ry\r'],
])('the command that fixes %s does not run the name of the file', (_, content) => {
  const name = '$(touch pwned);touch pwned #.conf';
  const { problems } = read(entryOf({ 'workload.service': UNIT, [`files/etc/${name}`]: content }));
  const hint = /^ {2}hint: (.*?)(?:; in Git.*|, if it is.*| makes line ends.*)?$/m.exec(problems)?.[1] ?? '';
  expect(hint).toContain('touch pwned');
  const cwd = tempDir();
  writeFileSync(join(cwd, 'x'), '');
  // Whether the tool is there or not.
  run('bash', ['-c', hint], { cwd });
  expect(outputOf('ls', [cwd]).split('\n')).not.toContain('pwned');
});
