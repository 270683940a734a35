import { dirname } from 'node:path';
import { breakOut } from '../../../src/break-out';
import { placeholders } from '../../../src/catalog/placeholders';
import { entryOf, read } from '../../support/entry-folder';
import { planOf } from '../../support/render';

const VARIABLE = '${' + 'PARAM_X} in the place of {{x}}, which takes every value';

/** @returns what is wrong with the value, and the hint */
function fault(reader: 'systemd' | 'shell' | 'variables' | 'other', text: string, value: string): string {
  return placeholders('u', text, reader, [])
    .flatMap((placeholder) => breakOut(placeholder, 'u', value) ?? [])
    .map(({ must, hint = '' }) => `${must} | ${hint}`)
    .join();
}

const unit = (line: string) => `[Service]\n${line}\n`;

describe('where systemd reads', () => {
  test.each([
    ['Environment=MSG={{x}}', 'abc'],
    ['Environment="MSG={{x}}"', "it's a b $c; d"],
    ["Environment='MSG={{x}}'", 'say "a b"'],
    ['Environment=A=b "MSG={{x}}"', 'a b'],
    ['ExecStart=/bin/x {{x}}', 'a;b'],
    ['ExecStart=/bin/x {{x}}', ''],
    ['ExecStart=/bin/x "{{x}}"', "it's"],
    ['ExecStart=/bin/x --a={{x}}', 'a=b'],
    ['Description=About {{x}}', 'it\'s "a b"; $c'],
    ['StandardOutput=append:/var/log/{{x}}', 'a b'],
    ['RestartSec={{x}}', '1min 30s'],
    ['# {{x}}', '" \' % \\ $'],
  ])('%s may be filled in with %j', (line, value) => {
    expect(fault('systemd', unit(line), value)).toBe('');
  });

  test.each([
    ['Environment=MSG={{x}}', 'a b c', 'have no blanks where systemd reads it without quotes (u:2) | in u:2: "MSG={{x}}"'],
    ['Environment=A=1 MSG={{x}} B=2', 'a b', 'have no blanks where systemd reads it without quotes (u:2) | in u:2: "MSG={{x}}"'],
    ['Environment=MSG={{x}}', "it's", 'have no single quotes where systemd reads it without quotes (u:2) | in u:2: "MSG={{x}}"'],
    ['Environment="MSG={{x}}"', 'say "a"', 'have no double quotes where systemd reads it in double quotes (u:2) | '],
    ['Environment="MSG={{x}}"', '50%', 'have no % where systemd reads it in double quotes (u:2) | '],
    ['ReadWritePaths={{x}}', '/a b', 'have no blanks where systemd reads it without quotes (u:2) | in u:2: "{{x}}"'],
    ['ExecStart=/bin/x --a={{x}}', 'a b', 'have no blanks where systemd reads it without quotes (u:2) | in u:2: "--a={{x}}"'],
    ['ExecStart=/bin/x {{x}}', '$HOME', `have no $ where systemd reads it without quotes (u:2) | ${VARIABLE}`],
    ['ExecStart=/bin/x {{x}}', ';', `have no lone ; where systemd reads it without quotes (u:2) | in u:2: "{{x}}"`],
    ["ExecStart=/bin/x '{{x}}'", "it's", `have no single quotes where systemd reads it in single quotes (u:2) | ${VARIABLE}`],
    ['Description={{x}}', 'a\\', 'have no \\ where systemd reads it without quotes (u:2) | '],
    ['ExecStart=/bin/x \\\n  {{x}}', 'a b', 'have no blanks where systemd reads it without quotes (u:3) | in u:3: "{{x}}"'],
  ])('%s must not be filled in with %j', (line, value, expected) => {
    expect(fault('systemd', unit(line), value)).toBe(expected);
  });

  test.each([
    "ExecStart=/bin/sh -c 'echo {{x}}'",
    "ExecStart = /bin/sh -c 'echo {{x}}'",
    "ExecStart=/bin/sh -ec 'echo {{x}}'",
    "ExecStart=/bin/bash -o pipefail -c 'echo {{x}}'",
    "ExecStart=/usr/bin/env A=b dash -c 'echo {{x}}'",
    "ExecStart=-/usr/bin/nice -n 5 bash -c \\\n 'echo {{x}}'",
    "ExecStart=/bin/su daemon -c 'echo {{x}}'",
    'ExecStart=/bin/sh -c "echo {{x}}"',
  ])('%s is a script of a shell', (line) => {
    for (const value of ['a b', 'a;reboot', 'a|b', '*', '$(a)', '`a`', 'a&b'])
      expect(fault('systemd', unit(line), value)).toContain('where a shell reads it');
    expect(fault('systemd', unit(line), 'a-b.c/d')).toBe('');
  });

  test('quotes inside a script keep blanks together, and no more than that', () => {
    const line = unit('ExecStart=/bin/sh -c \'echo "{{x}}"\'');
    expect(fault('systemd', line, 'a b; c')).toBe('');
    for (const value of ["it's", '"', '$a', '50%']) expect(fault('systemd', line, value)).not.toBe('');
  });
});

describe('where a shell reads', () => {
  test.each([
    ['echo {{x}}', 'a b', 'in u:1: "{{x}}"'],
    ['X={{x}}', 'a b', 'in u:1: "{{x}}"'],
    ['echo {{x}}', 'a;b', 'in u:1: "{{x}}"'],
    ['echo "{{x}}"', 'a"b', VARIABLE],
    ["echo '{{x}}'", "a'b", ''],
    ['echo "$(echo {{x}})"', 'a b', 'in u:1: "{{x}}"'],
    ['cat <<END\n{{x}}\nEND', '$a', VARIABLE],
  ])('%j must not be filled in with %j', (text, value, hint) => {
    expect(fault('shell', text, value)).toMatch(/^have no .* where a shell reads it/);
    expect(fault('shell', text, value).split(' | ')[1]).toBe(hint);
  });

  test.each([
    ['echo "{{x}}"', "it's; a & b | c > d * ~ #"],
    ["echo '{{x}}'", '$a `b` "c" \\'],
    ['# {{x}}', '$(a) `b` "'],
    ["cat <<'END'\n{{x}}\nEND", '$a `b`'],
    ['cat <<END\n{{x}}\nEND', 'a "b" \'c\' d; e'],
    ["a='it is' # don't\necho \"{{x}}\"", 'a b'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the script
    ['echo "${a#b}" "{{x}}"', 'a b'],
  ])('%j may be filled in with %j', (text, value) => {
    expect(fault('shell', text, value)).toBe('');
  });
});

test('in a file of variables nothing is expanded', () => {
  expect(fault('variables', 'A="{{x}}"', '$a')).toBe(
    'have no $ where systemd or a shell reads it in double quotes (u:1) | $PARAM_X in the unit or script that needs it: every unit has it in its environment',
  );
  expect(fault('variables', 'A={{x}}', 'a b')).toMatch(/where systemd or a shell reads it .* in u:1: "\{\{x\}\}"$/);
  const manifest = 'params: [{key: x, default: $a}]\n';
  const entry = { 'workload.yaml': manifest, 'workload.service': `[Service]\nExecStart=/bin/true${INSTALL}` };
  expect(read(entryOf({ ...entry, 'files/etc/sysconfig/app.hbs': 'A="{{x}}"\n' })).faults).toContain('try: $PARAM_X in the unit');
});

const INSTALL = '\n[Install]\nWantedBy=multi-user.target\n';
const files = (value: string) => ({
  'workload.yaml': `params: [{key: x, default: ${JSON.stringify(value)}}]\n`,
  'workload.service': `[Service]\nExecStart=/bin/true\nEnvironment=MSG={{x}}${INSTALL}`,
});

test('a default has the limits of a value', () => {
  expect(read(entryOf(files('a'))).faults).toBe('');
  expect(read(entryOf(files('a b'))).faults).toBe(
    'entry/workload.yaml:1:19: the default of param x must have no blanks where systemd reads it without quotes (entry/workload.service:3), got "a b"\n  try: in entry/workload.service:3: "MSG={{x}}"',
  );
});

test('a value that is given is refused, with where and why', async () => {
  const flags = { 'catalog-dir': dirname(entryOf(files('a'))), 'from-catalog': 'my-entry', params: 'my-entry.x=a b c' };
  await expect(planOf(flags)).rejects.toThrow(
    /^flag --params my-entry\.x: param x of my-entry must have no blanks where systemd reads it without quotes \(.*workload\.service:3\), got "a b c"\n {2}try: in .*: "MSG={{x}}"$/,
  );
});

test.each([
  ['files/etc/systemd/system/a.service.d/x.conf.hbs', '[Service]\nEnvironment=A={{x}}\n'],
  ['files/etc/systemd/system/a@.service.hbs', '[Service]\nExecStart=/bin/true {{x}}\n'],
  ['files/usr/local/bin/a.hbs', '#!/bin/bash\necho {{x}}\n'],
  ['files/etc/profile.d/a.sh.hbs', 'export A={{x}}\n'],
  ['files/etc/default/a.hbs', '# of a\nA={{x}}\nB="b"\n'],
])('%s has limits too', (path, text) => {
  const service = `[Service]\nExecStart=/bin/true${INSTALL}`;
  const entry = (value: string) => entryOf({ 'workload.yaml': files(value)['workload.yaml'], 'workload.service': service, [path]: text });
  expect(read(entry('a b')).faults).toContain('must have no blanks');
  expect(read(entry('ab')).faults).toBe('');
});
