import { shellStates } from '../../../src/catalog/units/shell-states';

/** How the shell reads the first `@` of a script. */
function placeOf(script: string) {
  return shellStates(script)(script.indexOf('@'));
}

test.each([
  ['echo @', 'word'],
  ['echo "@"', 'double'],
  ["echo '@'", 'single'],
  ['echo "$(echo @)"', 'word'],
  ['echo "$(echo "@")"', 'double'],
  ['echo "a" @', 'word'],
  ["echo \\' @", 'word'],
  ['a <<END\n@\nEND', 'heredoc'],
  ["a <<'END'\n@\nEND", 'literal'],
  ['a <<\\END\n@\nEND', 'literal'],
  ['a <<END\nb\nEND\necho @', 'word'],
  ['a <<-END\n\tb\n\tEND\necho @', 'word'],
  ['echo a#@', 'word'],
])('%j: %s', (script, state) => expect(placeOf(script)).toMatchObject({ state }));

test.each(['# @', 'echo a # @', 'echo a\n#@'])('%j: a comment', (script) => expect(placeOf(script)).toBeUndefined());

test.each<[script: string, command: string[], piped?: string[]]>([
  ['a b @ c', ['a', 'b', '@', 'c']],
  ['a; b @; c', ['b', '@']],
  ['a\nb @\nc', ['b', '@']],
  ['a && b "@" || c', ['b']],
  ['a \\\n  -c "@"', ['a', '\\', '-c']],
  ['a @ | b -s', ['a', '@'], ['b', '-s']],
  ['a "@" |\n  b |\n  c\nd', ['a'], ['b', '|', 'c']],
  ['"a" "@" | sh', [], ['sh']],
  ['sh <<END\n@\nEND\nb', ['sh', '<<', 'END']],
  ['a <<END | sh\n@\nEND', ['a', '<<', 'END'], ['sh']],
])('%j: the command around it', (script, command, piped = []) => expect(placeOf(script)).toMatchObject({ command, piped }));

test('the delimiter of the here-document', () => {
  expect(placeOf('a <<"END"\n@\nEND')).toMatchObject({ delimiter: 'END' });
  expect(placeOf('a @')).not.toHaveProperty('delimiter');
});
