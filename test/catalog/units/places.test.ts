import { dirname } from 'node:path';
import { breakOut } from '../../../src/catalog/params/break-out';
import { placeholders } from '../../../src/catalog/params/placeholders';
import { entryOf, read } from '../../support/entry-folder';
import { planOf } from '../../support/render';

const VARIABLE = 'use $' + '{PARAM_X} instead of {{x}}, which accepts every value';

/** @returns the problem of the value, and the hint */
function problem(reader: 'systemd' | 'shell' | 'variables' | 'other', text: string, value: string): string {
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
    expect(problem('systemd', unit(line), value)).toBe('');
  });

  test.each([
    ['Environment=MSG={{x}}', 'a b c', 'have no blanks where systemd reads it without quotes (u:2) | write in u:2: "MSG={{x}}"'],
    ['Environment=A=1 MSG={{x}} B=2', 'a b', 'have no blanks where systemd reads it without quotes (u:2) | write in u:2: "MSG={{x}}"'],
    ['Environment=MSG={{x}}', "it's", 'have no single quotes where systemd reads it without quotes (u:2) | write in u:2: "MSG={{x}}"'],
    ['Environment="MSG={{x}}"', 'say "a"', 'have no double quotes where systemd reads it in double quotes (u:2) | '],
    ['Environment="MSG={{x}}"', '50%', 'have no % where systemd reads it in double quotes (u:2) | '],
    ['ReadWritePaths={{x}}', '/a b', 'have no blanks where systemd reads it without quotes (u:2) | write in u:2: "{{x}}"'],
    ['ExecStart=/bin/x --a={{x}}', 'a b', 'have no blanks where systemd reads it without quotes (u:2) | write in u:2: "--a={{x}}"'],
    ['ExecStart=/bin/x {{x}}', '$HOME', `have no $ where systemd reads it without quotes (u:2) | ${VARIABLE}`],
    ['ExecStart=/bin/x {{x}}', ';', `have no lone ; where systemd reads it without quotes (u:2) | write in u:2: "{{x}}"`],
    ["ExecStart=/bin/x '{{x}}'", "it's", `have no single quotes where systemd reads it in single quotes (u:2) | ${VARIABLE}`],
    ['Description={{x}}', 'a\\', 'have no \\ where systemd reads it without quotes (u:2) | '],
    ['ExecStart=/bin/x \\\n  {{x}}', 'a b', 'have no blanks where systemd reads it without quotes (u:3) | write in u:3: "{{x}}"'],
  ])('%s must not be filled in with %j', (line, value, expected) => {
    expect(problem('systemd', unit(line), value)).toBe(expected);
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
      expect(problem('systemd', unit(line), value)).toContain('where a shell reads it');
    expect(problem('systemd', unit(line), 'a-b.c/d')).toBe('');
  });

  test('quotes inside a script protect only blanks and shell operators', () => {
    const line = unit('ExecStart=/bin/sh -c \'echo "{{x}}"\'');
    expect(problem('systemd', line, 'a b; c')).toBe('');
    for (const value of ["it's", '"', '$a', '50%']) expect(problem('systemd', line, value)).not.toBe('');
  });
});

describe('where a shell reads', () => {
  test.each([
    ['echo {{x}}', 'a b', 'write in u:1: "{{x}}"'],
    ['X={{x}}', 'a b', 'write in u:1: "{{x}}"'],
    ['echo {{x}}', 'a;b', 'write in u:1: "{{x}}"'],
    ['echo "{{x}}"', 'a"b', VARIABLE],
    ["echo '{{x}}'", "a'b", ''],
    ['echo "$(echo {{x}})"', 'a b', 'write in u:1: "{{x}}"'],
    ['cat <<END\n{{x}}\nEND', '$a', VARIABLE],
  ])('%j must not be filled in with %j', (text, value, hint) => {
    expect(problem('shell', text, value)).toMatch(/^have no .* where a shell reads it/);
    expect(problem('shell', text, value).split(' | ')[1]).toBe(hint);
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
    expect(problem('shell', text, value)).toBe('');
  });
});

test('in a file of variables nothing is expanded', () => {
  expect(problem('variables', 'A="{{x}}"', '$a')).toBe(
    'have no $ where systemd or a shell reads it in double quotes (u:1) | use $PARAM_X in the unit or script that needs it: every unit has it in its environment',
  );
  expect(problem('variables', 'A={{x}}', 'a b')).toMatch(/where systemd or a shell reads it .* in u:1: "\{\{x\}\}"$/);
  const manifest = 'params: [{key: x, default: $a}]\n';
  const entry = { 'workload.yaml': manifest, 'workload.service': `[Service]\nExecStart=/bin/true${INSTALL}` };
  expect(read(entryOf({ ...entry, 'files/etc/sysconfig/app.hbs': 'A="{{x}}"\n' })).problems).toContain('hint: use $PARAM_X in the unit');
});

const INSTALL = '\n[Install]\nWantedBy=multi-user.target\n';
const files = (value: string) => ({
  'workload.yaml': `params: [{key: x, default: ${JSON.stringify(value)}}]\n`,
  'workload.service': `[Service]\nExecStart=/bin/true\nEnvironment=MSG={{x}}${INSTALL}`,
});

test('a default has the limits of a value', () => {
  expect(read(entryOf(files('a'))).problems).toBe('');
  expect(read(entryOf(files('a b'))).problems).toBe(
    'entry/workload.yaml:1:19: the default of param x must have no blanks where systemd reads it without quotes (entry/workload.service:3), got "a b"\n  hint: write in entry/workload.service:3: "MSG={{x}}"',
  );
});

test('a value that does not fit is rejected, with its place', async () => {
  const flags = { 'catalog-dir': dirname(entryOf(files('a'))), 'from-catalog': 'my-entry', params: 'my-entry.x=a b c' };
  await expect(planOf(flags)).rejects.toThrow(
    /^flag --params my-entry\.x: param x of my-entry must have no blanks where systemd reads it without quotes \(.*workload\.service:3\), got "a b c"\n {2}hint: write in .*: "MSG={{x}}"$/,
  );
});

test.each([
  ['files/etc/systemd/system/a.service.d/x.conf.hbs', '[Service]\nEnvironment=A={{x}}\n'],
  ['files/etc/systemd/system/a@.service.hbs', '[Service]\nExecStart=/bin/true {{x}}\n'],
  ['files/etc/default/a.hbs', '# of a\nA={{x}}\nB="b"\n'],
])('%s has limits too', (path, text) => {
  const service = `[Service]\nExecStart=/bin/true${INSTALL}`;
  const entry = (value: string) => entryOf({ 'workload.yaml': files(value)['workload.yaml'], 'workload.service': service, [path]: text });
  expect(read(entry('a b')).problems).toContain('must have no blanks');
  expect(read(entry('ab')).problems).toBe('');
});

/** @returns the problems of an entry whose param accepts every string, or is a number */
function ofEntry(path: string, text: string, param = 'key: x'): string {
  const number = param.includes('int') ? ', default: 1' : '';
  return read(
    entryOf({
      'workload.service': `[Service]\nExecStart=/bin/true${INSTALL}`,
      'workload.yaml': `params: [{${param}${number}}]\n`,
      [path]: text,
    }),
  ).problems;
}
const IN_CODE = 'so param x must restrict its values';

describe('code accepts only values that cannot add to it', () => {
  test.each([
    ['python3', '/usr/bin/python3 -c "print({{x}})"'],
    ['python3.12', '/usr/bin/python3.12 -Ic \'print("{{x}}")\''],
    ['perl', "/usr/bin/perl -ne 'print {{x}}'"],
    ['ruby', "/usr/bin/ruby -e 'puts {{x}}'"],
    ['node', "/usr/bin/node --eval 'f({{x}})'"],
    ['php', "/usr/bin/php -r 'f({{x}});'"],
    ['awk', "/usr/bin/awk '{print {{x}} }' /etc/hosts"],
    ['gawk', "/usr/bin/timeout 5 gawk '{print {{x}} }' /etc/hosts"],
    ['sed', "/bin/sed -i 's/a/{{x}}/' /etc/my"],
    ['env', '/usr/bin/env -S "bash -c \'echo {{x}}\'"'],
    ['a shell', "/usr/bin/env -S bash -c 'echo {{x}}'"],
    ['a shell', "/usr/bin/systemd-run --wait bash -c 'echo {{x}}'"],
    ['a shell', '/bin/sh -c \'grep -c "{{x}}" /etc/hosts\''],
    ['systemd', '{{x}} a'],
    ['systemd', '-{{x}}/a b'],
    ['ssh', '/usr/bin/ssh host echo {{x}}'],
    ['watch', '/usr/bin/watch echo {{x}}'],
    ['psql', '/usr/bin/psql -c "select {{x}}"'],
    ['psql', '/usr/bin/psql -v n={{x}} -f /etc/my.sql'],
    ['rbash', "/bin/rbash -c 'echo {{x}}'"],
    ['python3', '/bin/bash -c \'python3 -c "print({{x}})"\''],
    ['eval', "/bin/bash -lc 'eval echo {{x}}'"],
    ['sh', "/bin/bash -o pipefail -c 'echo {{x}} | sh'"],
  ])('%s: ExecStart = %s', (reader, command) => {
    const unit = `[Service]\nExecStart = ${command}${INSTALL}`;
    expect(ofEntry('workload.service', unit)).toContain(
      `entry/workload.service:2: {{x}} is in code that ${reader} runs, ${IN_CODE}\n  hint: give it type: int`,
    );
    expect(ofEntry('workload.service', unit, 'key: x, type: int')).toBe('');
  });

  test.each([
    ['/usr/bin/python3 /usr/local/lib/a.py {{x}}'],
    ['/bin/bash /usr/local/lib/a.sh {{x}}'],
    ['/bin/sh -c \'echo "$1"\' sh {{x}}'],
    ['/usr/bin/stress --mode watch {{x}}'],
    ['/usr/bin/env A={{x}} /bin/true'],
  ])('not ExecStart=%s', (command) => expect(ofEntry('workload.service', `[Service]\nExecStart=${command}${INSTALL}`)).toBe(''));

  test.each([
    '{{x}}',
    '[{{x}}]',
    'Exec{{x}}=/bin/true',
    'Environment={{x}}=1',
    'Environment="A{{x}}=1"',
    'StandardInputData={{x}}',
  ])('also a place that decides about a unit: %s', (line) => {
    const unit = `[Service]\nExecStart=/bin/true\n${line}${INSTALL}`;
    expect(ofEntry('workload.service', unit)).toContain(`code that systemd runs, ${IN_CODE}`);
  });

  test.each(['# {{x}}', '; {{x}}', 'Environment=A={{x}}', 'Environment=A=1 B={{x}}'])('not a place that only gets a value: %s', (line) => {
    expect(ofEntry('workload.service', `[Service]\nExecStart=/bin/true\n${line}${INSTALL}`)).not.toContain(IN_CODE);
  });

  test('also the standard input of a shell', () => {
    const unit = (program: string) => `[Service]\nExecStart=${program}\nStandardInput=data\nStandardInputText=echo {{x}}${INSTALL}`;
    expect(ofEntry('workload.service', unit('/bin/bash'))).toContain(`code that bash runs, ${IN_CODE}`);
    expect(ofEntry('workload.service', unit('/bin/cat'))).toBe('');
  });

  test.each([
    ['eval', 'eval "a {{x}}"'],
    ['trap', "trap 'rm {{x}}' EXIT"],
    ['bash', 'bash -c "a {{x}}"'],
    ['su', 'su postgres -c "a {{x}}"'],
    ['sh', 'ls | xargs sh -c "a {{x}}"'],
    ['ssh', 'timeout 5 ssh host "a {{x}}"'],
    ['awk', 'awk "{print {{x}} }" f'],
    ['sed', 'X=$(sed "s/a/{{x}}/" f)'],
    ['sh', 'echo "{{x}}" | sh'],
    ['bash', 'echo "{{x}}" |\n  tee /tmp/x |\n  bash -s'],
    ['bash', 'bash <<END\necho {{x}}\nEND'],
    ['python3', "python3 - <<'END'\nprint('{{x}}')\nEND"],
    ['sh', "cat <<'END' | sh\n{{x}}\nEND"],
    ['psql', 'psql <<<"select {{x}}"'],
    ['python3', 'python3 \\\n  -c "print({{x}})"'],
  ])('%s: %j in a script', (reader, line) => {
    const problem = `code that ${reader} runs, ${IN_CODE}`;
    expect(ofEntry('files/usr/local/bin/a.hbs', `#!/bin/bash\n${line}\n`)).toContain(problem);
    expect(ofEntry('files/usr/local/bin/a.hbs', `#!/bin/bash\n${line}\n`, 'key: x, enum: ["", a]')).toBe('');
  });

  // Quotes are not enough. A shell may read a value twice, and our parser does not know all rules of a shell.
  test.each([
    'echo {{x}}',
    'echo "waiting for ssh on {{x}}"',
    "echo '{{x}}'",
    'echo "start: `date -d {{x}}`"',
    'size=$((n << 10))\necho {{x}}',
    "echo $'{{x}}' ''",
    "cat <<'EOF'\n{{x}}OF\nEOF",
    'cat <<E"O"F\n{{x}}\nEOF',
    "[[ '{{x}}' -gt 5 ]]",
    "declare -i y='{{x}}'",
    '{{x}}=1',
    '{{x}} a',
  ])('a shell: %j in a script', (line) => {
    expect(ofEntry('files/usr/local/bin/a.hbs', `#!/bin/bash\n${line}\n`)).toContain(`code that a shell runs, ${IN_CODE}`);
    expect(ofEntry('files/usr/local/bin/a.hbs', `#!/bin/bash\n${line}\n`, 'key: x, type: int')).toBe('');
  });

  test('not a comment of a script', () => expect(ofEntry('files/usr/local/bin/a.hbs', '#!/bin/bash\n# eval {{x}}\n')).toBe(''));

  test.each(["A=$'{{x}}'", '{{x}}=1', 'A=`date {{x}}`', 'A="$(date {{x}})"', 'A="$B{{x}}"'])('a file of variables: %s', (line) => {
    expect(ofEntry('files/etc/default/a.hbs', `B=1\n${line}\n`)).toContain(IN_CODE);
  });

  test.each(['A={{x}}', 'A="{{x}} b"', "A='{{x}}'"])('not the value of a variable: %s', (line) => {
    expect(ofEntry('files/etc/default/a.hbs', `B=1\n${line}\n`)).toBe('');
  });

  test.each([
    ['cron', '/etc/cron.d/a', '* * * * * root a {{x}}\n'],
    ['cron', '/var/spool/cron/root', '* * * * * a {{x}}\n'],
    ['sudo', '/etc/sudoers.d/a', '{{x}} ALL=(ALL) NOPASSWD: ALL\n'],
    ['udev', '/etc/udev/rules.d/a.rules', 'RUN+="/bin/a {{x}}"\n'],
    ['modprobe', '/etc/modprobe.d/a.conf', 'install a {{x}}\n'],
    ['the loader of libraries', '/etc/ld.so.preload', '{{x}}\n'],
    ['SSH', '/root/.ssh/authorized_keys', '{{x}}\n'],
    ['SSH', '/etc/ssh/sshd_config.d/a.conf', 'ForceCommand {{x}}\n'],
    ['PAM', '/etc/pam.d/a', 'auth optional pam_exec.so {{x}}\n'],
    ['logrotate', '/etc/logrotate.d/a', '/a {\npostrotate\n{{x}}\nendscript\n}\n'],
    ['cloud-init', '/etc/cloud/cloud.cfg.d/a.cfg', 'runcmd: [{{x}}]\n'],
    ['podman', '/etc/containers/systemd/a.container', '[Container]\nExec={{x}}\n'],
    ['apt', '/etc/apt/apt.conf.d/a', 'DPkg::Pre-Invoke {"{{x}}"};\n'],
    ['python3', '/usr/local/bin/a', '#!/usr/bin/env python3\nprint("{{x}}")\n'],
    ['nft', '/usr/local/bin/a', '#!/usr/sbin/nft -f\n{{x}}\n'],
    ['an interpreter', '/usr/local/lib/a.py', 'X = "{{x}}"\n'],
    ['an interpreter', '/etc/my/a.sql', 'select {{x}};\n'],
  ])('%s reads all of %s', (reader, path, text) => {
    expect(ofEntry(`files${path}.hbs`, text)).toContain(`code that ${reader} runs, ${IN_CODE}`);
    expect(ofEntry(`files${path}.hbs`, text, 'key: x, pattern: "^[a-z]*$"')).toBe('');
  });

  test('where units have the environment, the variable is named as well', () => {
    const unit = `[Service]\nExecStart=/usr/bin/python3 -c "print({{x}})"${INSTALL}`;
    expect(ofEntry('workload.service', unit)).toMatch(/ in workload\.yaml; or use the variable PARAM_X$/);
    expect(ofEntry('files/etc/cron.d/a.hbs', '{{x}}\n')).toMatch(/ in workload\.yaml$/);
  });

  test('a list is joined by ;, so no pattern of its items helps', () => {
    expect(ofEntry('files/etc/cron.d/a.hbs', '{{x}}\n', 'key: x, type: list, pattern: "^[a-z]*$"')).toContain(IN_CODE);
  });

  test('the names that virtwork fills in are harmless everywhere', () => {
    const manifest = 'service: {ports: [{port: 80}]}\n';
    const unit = `[Service]\nExecStart=/usr/bin/python3 -c "print('{{service}}')"${INSTALL}`;
    expect(read(entryOf({ 'workload.yaml': manifest, 'workload.service': unit })).problems).toBe('');
  });
});

describe('files whose reader follows from their path', () => {
  test.each([
    ['/etc/tmpfiles.d/a.conf', 'f /etc/a 0644 root root - {{x}}\n', 'where a program reads it without quotes'],
    ['/etc/sysusers.d/a.conf', 'u {{x}} -\n', 'where a program reads it without quotes'],
  ])('%s', (path, text, expected) => {
    expect(ofEntry(`files${path}.hbs`, text, 'key: x, default: a b')).toContain(`have no blanks ${expected}`);
    expect(ofEntry(`files${path}.hbs`, text, 'key: x, default: ab')).toBe('');
  });

  test.each(['/etc/my/a.ini', '/etc/my/a.json', '/etc/yum.repos.d/a.repo', '/etc/sysctl.d/a.conf'])('%s is data', (path) => {
    expect(ofEntry(`files${path}.hbs`, '[a]\nb = {{x}}\n', 'key: x, default: "a b; c"')).toBe('');
  });
});

test('a setting of the kernel must not begin a program', () => {
  const entry = (value: string) => ofEntry('files/etc/sysctl.d/a.conf.hbs', 'kernel.core_pattern = {{x}}\n', `key: x, default: "${value}"`);
  expect(entry('|/bin/sh -c id')).toContain('have no | where a program reads it');
  expect(entry('core.%p')).toBe('');
});

test('a value that ends the here-document around it is rejected', () => {
  for (const script of ['cat <<END\n{{x}}\nEND', "cat <<'END'\n{{x}}\nEND"]) {
    expect(problem('shell', script, 'END')).toBe('not be END, which ends the here-document (u:2) | ');
    expect(problem('shell', script, 'ENDE')).toBe('');
  }
});

test('many placeholders in one line are fast', () => {
  const began = Date.now();
  expect(problem('shell', `echo ${'a "{{x}}" '.repeat(20_000)}\n`, 'a b')).toBe('');
  expect(problem('systemd', unit(`ExecStart=/bin/echo ${'a "{{x}}" {{x}} '.repeat(10_000)}`), 'a')).toBe('');
  // A quadratic algorithm takes more than a minute.
  expect(Date.now() - began).toBeLessThan(20_000);
}, 90_000);
