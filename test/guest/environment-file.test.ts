import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ParamSpec } from '../../src/catalog/entry';
import { breakOut } from '../../src/catalog/params/break-out';
import { paramValue } from '../../src/catalog/params/param-value';
import { placeholders } from '../../src/catalog/params/placeholders';
import { environmentFile } from '../../src/guest/environment-file';
import { fill } from '../../src/guest/template';
import { tempDir } from '../support/render';
import { outputOf } from '../support/run';
import { needs } from '../support/tools';

const SPEC: ParamSpec = { key: 'x', type: 'string', default: '', description: '' };
/** Values that a param takes, the odd ones often. */
const value = fc
  .oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          '"',
          "'",
          '\\',
          '$',
          '`',
          '%',
          ';',
          '#',
          ' ',
          '\\n',
          '$(reboot)',
          '$HOME',
          '%n',
          'é',
          '🎉',
          '=',
          '\t',
          '\n',
          '\r',
          '\u2028',
        ),
      )
      .map((parts) => parts.join('')),
  )
  .filter((text) => 'value' in paramValue(SPEC, text));

test('any accepted value is one line of the file', () => {
  fc.assert(
    fc.property(value, (text) => {
      expect(environmentFile({ A: text, B: 'b' }).split('\n')).toHaveLength(3);
    }),
  );
});

needs('bash')('any accepted value reaches a shell unchanged', () => {
  const values = fc.sample(value, { numRuns: 500, seed: 1 });
  const file = join(tempDir(), 'env');
  writeFileSync(file, environmentFile(Object.fromEntries(values.map((text, index) => [`PARAM_${index}`, text]))));
  const out = outputOf(
    'bash',
    [
      '--norc',
      '-c',
      `set -a; source ${file}; for ((i = 0; i < ${values.length}; i++)); do name=PARAM_$i; printf '%s\\0' "\${!name}"; done`,
    ],
    { env: { LC_ALL: 'C.UTF-8' } },
  );
  expect(out.split('\0').slice(0, -1)).toEqual(values);
});

/** systemd-tmpfiles reads os-release with the function that reads an EnvironmentFile=, and writes a value of it into a file. */
needs('systemd-tmpfiles')("any accepted value passes systemd's own reader unchanged", () => {
  for (const text of fc.sample(
    value.filter((each) => each !== ''),
    { numRuns: 150, seed: 2 },
  )) {
    const root = tempDir();
    mkdirSync(join(root, 'etc'));
    mkdirSync(join(root, 'usr/lib/tmpfiles.d'), { recursive: true });
    writeFileSync(join(root, 'etc/os-release'), `ID=x\n${environmentFile({ BUILD_ID: text })}`);
    writeFileSync(join(root, 'usr/lib/tmpfiles.d/x.conf'), 'f /out - - - - %B\n');
    outputOf('systemd-tmpfiles', [`--root=${root}`, '--create', 'x.conf']);
    expect(readFileSync(join(root, 'out'), 'utf8')).toBe(text);
  }
});

describe('a value in the place of a {{key}}', () => {
  /** Whether synth accepts the value for the {{x}} of a text. */
  const accepted = (text: string, reader: 'systemd' | 'shell', given: string): boolean =>
    placeholders('u', text, reader, []).every((placeholder) => breakOut(placeholder, 'u', given) === undefined);

  test('adds no line and leaves its quotes whole', () => {
    fc.assert(
      fc.property(value, (text) => {
        fc.pre(accepted('[Service]\nExecStart=/bin/echo "{{x}}" end', 'systemd', text));
        const filled = fill('ExecStart=/bin/echo "{{x}}" end', { x: text });
        expect(filled.split('\n')).toHaveLength(1);
        expect(filled).toMatch(/^ExecStart=\/bin\/echo "[^"\\%$]*" end$/);
      }),
    );
  });

  needs('bash').each([
    ['unquoted', 'printf "%s\\0" {{x}}'],
    ['in double quotes', 'printf "%s\\0" "{{x}}"'],
    ['in single quotes', "printf '%s\\0' '{{x}}'"],
    ['in double quotes inside $(…)', 'printf "%s\\0" "$(printf %s "{{x}}")"'],
    ['in a here-document', 'printf "%s\\0" "$(cat <<END\n{{x}}\nEND\n)"'],
    ['in a here-document that is taken as it is', 'printf "%s\\0" "$(cat <<\'END\'\n{{x}}\nEND\n)"'],
  ])('%s reaches the program of a shell unchanged', (_, text) => {
    const values = fc.sample(value, { numRuns: 2000, seed: 3 }).filter((each) => accepted(text, 'shell', each) && each !== '');
    expect(values.length).toBeGreaterThan(20);
    const script = values.map((each) => fill(text, { x: each })).join('\n');
    const out = outputOf('bash', ['--norc', '--noprofile'], { input: script, env: { LC_ALL: 'C.UTF-8' } });
    expect(out.split('\0').slice(0, -1)).toEqual(values);
  });

  test('a list keeps its semicolons where systemd reads it', () =>
    expect(accepted('[Service]\nExecStart=/bin/x {{x}}', 'systemd', 'a;b;c')).toBe(true));
});
