import fc from 'fast-check';
import { dump, load } from 'js-yaml';
import { hasUnseen } from '../../src/text/show';
import { toYaml, YAML_STYLE } from '../../src/yaml/to-yaml';

const line = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '',
    ' a',
    '  b',
    'c ',
    '---',
    '...',
    '# e',
    'k: v',
    '- x',
    '%YAML',
    'é',
    '\ue000name\ue001',
    'yes',
    '0o17',
    '0755',
    '1e3',
    '12:30',
    '=',
    '<<',
    '2Gi',
    'a:',
    'a:b',
    '/x',
    'http://…',
    '\u2028',
    '\ud7ff',
    '09',
    '0644',
    '12345678901234567890',
    '2c949f46783a0c12',
    '554167891871878e',
    '5549b9e04b022006',
    '1b',
    '0b1',
    '0b1b',
    '-c',
    '-1',
    '-e1',
    '-inf',
    '--x',
    '0b1c',
    'f',
    'volumes[]/name',
    'a[',
    '\r',
    '\u0085',
  ),
);
const text = fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n'));
const ended = fc.tuple(text, fc.constantFrom('', '\n', '\n\n')).map((parts) => parts.join(''));
const key = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('a', 'content', '- ', 'x: y', '0', 'on', 'app.kubernetes.io/name'));

/** Documents of strings, numbers, and so on, nested; `strings` are the strings in them. */
function documents(strings: fc.Arbitrary<string>): fc.Arbitrary<object> {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      strings,
      strings,
      fc.integer(),
      // Objects of Kubernetes are JSON, which has no infinity and no negative zero.
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));
  return fc.oneof(fc.array(value, { maxLength: 3 }), fc.dictionary(key, value, { maxKeys: 3 }));
}

/** What js-yaml makes one escaped line of, and what we escape beyond that. */
const ESCAPED = /[^\n\x20-\x7e\xa1-\u2027\u202a-\ud7ff]|\xad|\u061c|\u180e|[\u200b-\u200f\u202a-\u202e\u2060-\u206f]/;

test('writes what js-yaml writes, byte for byte', () => {
  fc.assert(
    fc.property(documents(ended.filter((each) => !ESCAPED.test(each))), (each) => {
      expect(toYaml(each)).toBe(dump(each, YAML_STYLE));
    }),
    { numRuns: 5000 },
  );
});

test('a document with tabs and escapes is read back unchanged', () => {
  fc.assert(
    fc.property(
      documents(
        fc.oneof(
          ended,
          ended.map((each) => each.replaceAll(' ', '\t')),
          fc.string({ unit: 'binary' }).map((each) => `${each}\n x`),
        ),
      ),
      (each) => {
        expect(load(toYaml(each))).toEqual(each);
      },
    ),
    { numRuns: 2000 },
  );
});

test('keeps a script with tabs readable', () => {
  expect(toYaml({ script: '#!/bin/sh\nif a; then\n\tb\nfi' })).toBe('script: |-\n  #!/bin/sh\n  if a; then\n  \tb\n  fi\n');
});

test('keeps a string with escapes readable, and other strings unchanged', () => {
  expect(toYaml({ colours: 'a\n  \u001b[1m"b"\\\n', script: 'a\n\tb\n', blank: '  a\nb', end: 'a\n\n' })).toBe(
    [
      'colours: "a\\n\\',
      '  \\  \\u001b[1m\\"b\\"\\\\\\n\\',
      '  "',
      'script: |',
      '  a',
      '  \tb',
      'blank: |2-',
      '    a',
      '  b',
      'end: |+',
      '  a',
      '',
      '...',
      '',
    ].join('\n'),
  );
});

const HOSTILE = [
  '\u001b[2J',
  '\u009b',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u00ad',
  '\ufeff',
  '\u{e0041}',
  '\r',
  '\u0000',
  '\n',
  '# x',
  'a',
  '"',
  '\\',
];

test('escapes every character that controls a terminal or is invisible, and loses none', () => {
  const hostile = fc.array(fc.constantFrom(...HOSTILE), { maxLength: 5 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(documents(hostile), fc.option(hostile), (document, name) => {
      const each = name === null ? document : { [name]: document };
      const text = toYaml(each);
      expect(hasUnseen(text)).toBe(false);
      expect(load(text)).toEqual(each);
    }),
    { numRuns: 1000 },
  );
});

test('keeps a script with a hidden character readable', () => {
  expect(toYaml({ script: '#!/bin/sh\n# \u202e\u{e0041}\n' })).toBe('script: "#!/bin/sh\\n\\\n  # \\u202e\\U000e0041\\n\\\n  "\n');
});
