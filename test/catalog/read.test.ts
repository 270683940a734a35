import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { entryNames, findCatalog } from '../../src/catalog/find';
import { entryOf, read, UNIT } from '../support/entry-folder';
import { virtwork } from '../support/program';
import { ROOT, tempDir } from '../support/render';

const FIXTURES = join(ROOT, 'test/fixtures/catalog');
const UPDATE = process.env.UPDATE === '1';

/** Each folder has an entry with the one problem that it is named after, and the message. */
describe('entries with one problem', () => {
  test.each(readdirSync(FIXTURES))('%s', (folder) => {
    const [name = ''] = readdirSync(join(FIXTURES, folder)).filter((each) => each !== 'message.txt');
    const { entry, problems } = read(join(FIXTURES, folder, name), name);
    expect(entry).toBeUndefined();
    const path = join(FIXTURES, folder, 'message.txt');
    if (UPDATE) writeFileSync(path, `${problems}\n`);
    expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no message').toBe(`${problems}\n`);
  });
});

test.each(['constructor', 'toString', 'hasOwnProperty', '__proto__'])('{{%s}} is a placeholder like any other', (key) => {
  const { problems } = read(entryOf({ 'workload.service': `${UNIT}# {{${key}}}\n` }));
  expect(problems).toBe(
    `entry/workload.service:5: {{${key}}} is not declared; known: none\n  hint: declare it under params in entry/workload.yaml, or use \\{{ for a literal {{`,
  );
});

test('an unknown key hides no other problem', () => {
  const manifest = 'params:\n  - {key: threads, deflaut: 1, default: 1, min: 2}\nvm: {memory: 1Ki}\n';
  const { problems } = read(entryOf({ 'workload.yaml': manifest, 'workload.service': UNIT }));
  expect(problems).toContain('unknown key "deflaut" in params[0]');
  expect(problems).toContain('vm.memory must be a quantity of at least 64Mi');
});

test('a param is not reported as unused next to a placeholder that cannot be read', () => {
  const manifest = 'params: [{key: x, default: a}]\n';
  const { problems, warnings } = read(entryOf({ 'workload.yaml': manifest, 'workload.service': `${UNIT}# {{#if x}}{{x}}\n` }));
  expect(problems).toContain('to write a literal {{, use \\{{');
  expect(warnings).toEqual([]);
});

test('an entry that is a loop of links has a problem', () => {
  const loop = join(tempDir(), 'loop');
  symlinkSync('loop', loop);
  expect(read(loop).problems).toBe('entry: cannot be read (ELOOP)');
});

describe('an entry that is a link', () => {
  function linked(catalog: string, to: string): string {
    mkdirSync(catalog, { recursive: true });
    symlinkSync(to, join(catalog, 'mine'));
    return join(catalog, 'mine');
  }

  test('out of its catalog is rejected: it could lead to units of this machine', () => {
    const elsewhere = entryOf({ 'workload.service': UNIT });
    const { problems } = read(linked(join(tempDir(), 'catalog'), elsewhere), 'catalog/mine');
    expect(problems).toContain(`catalog/mine: must not be a link that leaves its catalog, got "${elsewhere}"`);
  });

  test('is read inside of its catalog', () => {
    const catalog = dirname(entryOf({ 'workload.service': UNIT }));
    expect(read(linked(catalog, 'my-entry'), 'catalog/mine').problems).toBe('');
  });

  test("may lead anywhere in the user's own catalog", () => {
    const [home, elsewhere] = [tempDir(), entryOf({ 'workload.service': UNIT })];
    linked(join(home, '.virtwork/catalog'), elsewhere);
    expect(virtwork('validate mine', { cwd: tempDir(), env: { HOME: home } })).toMatchObject({ status: 0 });
    linked(join(home, 'stranger/.virtwork/catalog'), elsewhere);
    const args = `validate mine --catalog-dir ${home}/stranger/.virtwork/catalog`;
    expect(virtwork(args, { cwd: tempDir(), env: { HOME: home } })).toMatchObject({ status: 1 });
  });
});

describe('files of the system', () => {
  const found = (path: string) => read(entryOf({ 'workload.service': UNIT, [`files${path}`]: 'x\n' }));

  test.each([
    '/dev/null',
    '/proc/x',
    '/sys/x',
    '/run/x.conf',
    '/tmp/x',
    '/var/run/x',
    '/etc/passwd',
    '/etc/shadow',
    '/etc/group',
  ])('%s is rejected', (path) => expect(found(path).problems).toContain(`must not be ${path}: `));

  test.each(['/usr/bin/bash', '/sbin/x', '/usr/lib/x.so', '/lib64/x'])('%s is a warning', (path) => {
    expect(found(path)).toMatchObject({ problems: '', warnings: [expect.stringContaining(`replaces ${path} of the guest system`)] });
  });

  test.each([
    ['/root/.ssh/authorized_keys', 'decides who may log in'],
    ['/home/me/.ssh/authorized_keys', 'decides who may log in'],
    ['/etc/sudoers', 'decides who may become root'],
    ['/etc/sudoers.d/x', 'decides who may become root'],
    ['/etc/ssh/sshd_config.d/x.conf', 'decides how accounts log in'],
    ['/etc/pam.d/sshd', 'decides how accounts log in'],
    ['/home/fedora/x', 'is written before cloud-init creates the account'],
  ])('%s %s', (path, warning) => {
    expect(found(path)).toMatchObject({ problems: '', warnings: [expect.stringContaining(`entry/files${path}: ${warning}`)] });
  });

  test.each([
    '/usr/local/bin/x',
    '/root/x',
    '/etc/sudo.conf',
    '/usr/lib/sysctl.d/x.conf',
    '/usr/lib/tmpfiles.d/x.conf',
    '/opt/x',
    '/etc/group.d/x',
    '/usr/lib/udev/rules.d/x',
  ])('%s is accepted', (path) => expect(found(path)).toMatchObject({ problems: '', warnings: [] }));
});

/** A problem of workload.yaml, and the other problems that are reported with it. */
describe('a workload.yaml of the wrong shape hides no other problem', () => {
  const units = { 'workload.service': `${UNIT}# {{lost}}\n`, 'more.service': '[Service]\n', 'files/etc/a.hbs': '{{#if x}}\n' };
  const others = ['more.service: has no ExecStart=', 'files/etc/a.hbs:'];

  test.each<[string, string, string[]]>([
    ['that is not YAML', 'params: [', [...others]],
    ['that is not a map', '- a\n', [...others]],
    [
      'with a param of the wrong shape',
      'params: [{key: a, type: x}]\nvm: {memory: 1}\n',
      [...others, '{{lost}} is not declared; known: a', 'vm.memory must'],
    ],
    [
      'with a param without a key',
      'params: [{key: a}, {default: x}]\nvm: {memory: 1}\n',
      [...others, 'params[1] needs the key', 'vm.memory must'],
    ],
    [
      'with a param without a key before others',
      'params: [{desc: x}, {key: a, desc: "\\0"}]\nvm: {memory: 1}\n',
      [...others, 'params[0] needs the key', 'params[1].desc must have no NUL', 'vm.memory must'],
    ],
    [
      'with a disk of the wrong shape',
      'storage: [{name: a}, {name: b, serial: "x y", mount: /mnt/b, role: c}]\n',
      [...others, '{{lost}} is not declared', 'storage[0] needs the key "mount"', 'storage[1].serial must be', 'storage[1].role must be'],
    ],
    [
      'with a port of the wrong shape',
      'service: {ports: [{port: a}, {port: 0}]}\n',
      [...others, '{{lost}} is not declared', 'service.ports[0].port must be an integer', 'service.ports[1].port must be from 1'],
    ],
    ['with a service of the wrong shape', 'service: 5\nvm: {memory: 1}\n', [...others, 'service must be a map', 'vm.memory must']],
  ])('%s', (_, manifest, expected) => {
    const { problems } = read(entryOf({ 'workload.yaml': manifest, ...units }));
    for (const message of expected) expect(problems).toContain(message);
  });

  test.each<[string, string, string[]]>([
    [
      'a list of roles that cannot be read',
      'roles: 5\nstorage: [{name: a, serial: "x y", mount: /mnt/a, role: server}]\n',
      ['roles must be a list', 'storage[0].serial'],
    ],
    [
      'a role of the wrong shape',
      'roles: [{name: server, vm-count: x}, {name: client}]\n',
      ['roles[0].vm-count must be an integer', 'role client needs the file'],
    ],
    [
      'a role without a name',
      'roles: [{name: server}, {vm-count: 1}]\naccess: {role: client}\n',
      ['roles[1] needs the key "name"', 'access needs one of the keys'],
    ],
  ])('%s', (_, manifest, expected) => {
    const { problems } = read(entryOf({ 'workload.yaml': manifest, 'server.service': UNIT, 'files.server/etc/a.hbs': '{{#if x}}\n' }));
    const lines = problems.split('\n').filter((line) => !line.startsWith('  hint'));
    expect(lines).toHaveLength(expected.length + 1);
    for (const message of [...expected, 'files.server/etc/a.hbs:']) expect(problems).toContain(message);
  });

  test('problems that only follow from it are not reported', () => {
    const manifest = 'params: [{key: a, type: x}]\nroles: [{name: Server}]\nservice: 5\n';
    const { problems } = read(entryOf({ 'workload.yaml': manifest, 'Server.service': `${UNIT}# {{a}} {{service}} {{peer}}\n` }));
    expect(problems.split('\n').filter((line) => !line.startsWith('  hint'))).toHaveLength(3);
  });
});

describe('good entries', () => {
  test('one role without a workload.yaml: every unit, and nothing else', () => {
    const { entry, problems } = read(entryOf({ 'workload.service': UNIT, 'workload-prepare.service': UNIT, 'other.service': UNIT }));
    expect(problems).toBe('');
    expect(entry).toMatchObject({ name: 'my-entry', multiRole: false, params: [], storage: [], chaos: false, packages: {} });
    expect(entry?.roles.map((role) => [role.name, role.units.map((unit) => unit.name)])).toEqual([
      ['workload', ['other.service', 'virtwork-my-entry-prepare.service', 'virtwork-my-entry.service']],
    ]);
  });

  test('several roles: each its own units and files, and the shared files', () => {
    const { entry, problems } = read(
      entryOf({
        'workload.yaml': 'roles:\n  - {name: server, vm-count: 1}\n  - {name: server-web, vm-count: 0}\n',
        'server.service': UNIT,
        'server-log.service': UNIT,
        'server-web.service': UNIT,
        'files/etc/shared': 'a',
        'files.server/usr/local/bin/run': '#!/bin/bash\n',
      }),
    );
    expect(problems).toBe('');
    expect(
      entry?.roles.map(({ name, vmCount, units, files }) => [
        name,
        vmCount,
        units.map((unit) => unit.name),
        files.map((file) => [file.path, file.mode]),
      ]),
    ).toEqual([
      [
        'server',
        1,
        ['virtwork-my-entry-server-log.service', 'virtwork-my-entry-server.service'],
        [
          ['/etc/shared', '0644'],
          ['/usr/local/bin/run', '0755'],
        ],
      ],
      ['server-web', undefined, ['virtwork-my-entry-server-web.service'], [['/etc/shared', '0644']]],
    ]);
  });

  test('params of every type, in the form that the guest gets', () => {
    const { entry, problems } = read(
      entryOf({
        'workload.yaml': `params:
  - {key: a}
  - {key: b, type: int, default: "07"}
  - {key: c, type: number, default: 0.5, minimum: 0, maximum: 1}
  - {key: d, type: bool, default: true}
  - {key: e, type: list, default: [x, 1]}
  - {key: f, type: dict, default: {k: v, n: 2}}
  - {key: g, default: "a,b", pattern: "^[a-z,]+$", desc: text}
`,
        'workload.service': `${UNIT}# {{a}} {{b}} {{c}} {{d}} {{e}} {{f}} PARAM_G\n`,
      }),
    );
    expect(problems).toBe('');
    expect(entry?.params.map((param) => [param.key, param.type, param.default])).toEqual([
      ['a', 'string', ''],
      ['b', 'int', '7'],
      ['c', 'number', '0.5'],
      ['d', 'bool', 'true'],
      ['e', 'list', 'x;1'],
      ['f', 'dict', 'k=v;n=2'],
      ['g', 'string', 'a,b'],
    ]);
  });

  test('a string is used as written, with quotes or without', () => {
    const { entry, problems } = read(
      entryOf({
        'workload.yaml': `description: 007
params:
  - {key: a, default: 0755, enum: [0755, 0644], desc: 1.10}
  - {key: b, type: list, default: [01, 1e3, ~x]}
  - {key: c, type: dict, default: {z: 1.0, 010: 0x1F}}
  - {key: d, type: int, default: 1e3, enum: [1e3, 5]}
  - {key: e, default: 0123, pattern: 0123, needs: {a: [0755], d: [1e3]}}
storage: [{name: a, serial: 0123, mount: /a}]
`,
        'workload.service': `${UNIT}# {{a}} {{b}} {{c}} {{d}} {{e}}\n`,
      }),
    );
    expect(problems).toBe('');
    expect(entry?.description).toBe('007');
    expect(entry?.params.map((param) => param.default)).toEqual(['0755', '01;1e3;~x', 'z=1.0;010=0x1F', '1000', '0123']);
    expect(entry?.params[0]).toMatchObject({ enum: ['0755', '0644'], description: '1.10' });
    expect(entry?.params[4]?.needs).toEqual({ a: ['0755'], d: ['1000'] });
    expect(entry?.storage[0]?.serial).toBe('0123');
  });

  test('quantities become canonical, storage and Service complete', () => {
    const { entry } = read(
      entryOf({
        'workload.yaml':
          'storage: [{name: a, size: 2048Mi, serial: s, mount: /a}, {name: b, serial: t, mount: /b, filesystem: ext4}]\nservice: {ports: [{port: 80}]}\nvm: {cpu-cores: 1, memory: 1024Mi}\n',
        'workload.service': UNIT,
      }),
    );
    expect(entry).toMatchObject({
      storage: [
        { name: 'a', size: '2Gi', filesystem: 'xfs' },
        { name: 'b', filesystem: 'ext4' },
      ],
      service: { name: 'virtwork-my-entry', ports: [{ name: 'port-80', port: 80, protocol: 'TCP' }] },
      vm: { cpuCores: 1, memory: '1Gi' },
    });
    expect(entry?.storage[1]).not.toHaveProperty('size');
  });

  test('access is complete, and a fixed number of VMs is that of the single role', () => {
    const rules = '[{apiGroups: [""], resources: [pods], verbs: [list]}]';
    const { entry, problems } = read(entryOf({ 'workload.yaml': `access: {rules: ${rules}}\nvm: {count: 1}\n`, 'workload.service': UNIT }));
    expect(problems).toBe('');
    expect(entry?.access).toEqual({
      serial: 'virtwork-access',
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
      clusterRules: [],
    });
    expect(entry?.roles[0]?.vmCount).toBe(1);
  });

  test('access to nodes alone', () => {
    const manifest = 'access: {cluster-rules: [{apiGroups: [""], resources: [nodes], verbs: [list]}]}\n';
    const { entry, problems } = read(entryOf({ 'workload.yaml': manifest, 'workload.service': UNIT }));
    expect(problems).toBe('');
    expect(entry?.access).toMatchObject({ rules: [], clusterRules: [{ resources: ['nodes'] }] });
  });

  test("a disk of another role may have the credential's serial", () => {
    const manifest = `roles: [{name: a}, {name: b}]
storage: [{name: data, serial: s, mount: /a, role: a}]
access: {role: b, serial: s, rules: [{apiGroups: [""], resources: [pods], verbs: [list]}], cluster-rules: [{apiGroups: [""], resources: [nodes], verbs: [get, list, watch]}]}
`;
    expect(read(entryOf({ 'workload.yaml': manifest, 'a.service': UNIT, 'b.service': UNIT }))).toMatchObject({
      problems: '',
      entry: { access: { role: 'b', serial: 's', clusterRules: [{ resources: ['nodes'] }] } },
    });
  });

  test('a param that is not used is a warning', () => {
    const { entry, warnings } = read(entryOf({ 'workload.yaml': 'params:\n  - {key: lost, default: a}\n', 'workload.service': UNIT }));
    expect(entry).toBeDefined();
    expect(warnings).toEqual(['entry/workload.yaml:2:5: param lost is not used: neither {{lost}} nor PARAM_LOST']);
  });

  test('a unit that no boot starts is a warning', () => {
    expect(read(entryOf({ 'workload.service': '[Service]\nExecStart=/bin/true\n' })).warnings).toEqual([
      'entry/workload.service: has no [Install] section, so no boot starts it\n  hint: add [Install] with WantedBy=multi-user.target',
    ]);
  });

  test('\\{{ is a literal {{', () => {
    expect(read(entryOf({ 'workload.service': `${UNIT}# \\{{.ID}}\n` }))).toMatchObject({ problems: '', warnings: [] });
  });
});

test('all problems of an entry are reported together, sorted', () => {
  const { problems } = read(
    entryOf({ 'workload.yaml': 'storage: [{name: "", serial: "a b", mount: x}]\nservice: {ports: []}\nvm: {memory: x}\n' }),
  );
  expect(problems.split('\n').filter((line) => !line.startsWith('  hint'))).toHaveLength(6);
});

test('a file that cannot be read is a problem of the entry', () => {
  const folder = entryOf({ 'workload.service': UNIT, 'files/etc/a': 'a' });
  symlinkSync('/nonexistent', join(folder, 'files/etc/dangling'));
  expect(read(folder).problems).toBe('entry/files/etc/dangling: cannot be read (ENOENT)');
});

test('a placeholder in a file that has none is a warning', () => {
  const script = '#!/bin/bash\necho {{threads}} {{.Go}} {{other}}\n';
  const manifest = 'params: [{key: threads, default: a}]\n';
  const { problems, warnings } = read(
    entryOf({ 'workload.yaml': manifest, 'workload.service': UNIT, 'files/usr/local/bin/x': script, 'files/etc/x.hbs': '{{threads}}\n' }),
  );
  expect([problems, warnings]).toEqual([
    '',
    [
      'entry/files/usr/local/bin/x:2: {{threads}} is not replaced: only units and files whose names end in .hbs have placeholders\n  hint: to have it replaced, rename the file to x.hbs',
    ],
  ]);
});

describe('names that programs would misread', () => {
  test.each([
    '-y',
    '--install',
    'pkg-',
    'pkg.',
    './a',
    '/a',
    'a/b',
    'a=1',
    'a b',
    'https://a/b.rpm',
    '',
    '@',
    '@-x',
    '~nfoo',
    '?a',
    'a*',
    '$a',
    'a;b',
  ])('package %j', (name) =>
    expect(read(entryOf({ 'workload.yaml': `packages: [${JSON.stringify(name)}]\n`, 'workload.service': UNIT })).problems).toContain(
      'packages[0] must be the name of a package, without options, a removal (NAME-), a version, a file or a URL, got ',
    ));

  test.each([
    'g++',
    'libstdc++',
    'R',
    'python3.12',
    'glibc:i386',
    '@development-tools',
    '@postgresql:16',
    'a_b~c',
  ])('but not package %s', (name) =>
    expect(read(entryOf({ 'workload.yaml': `packages: ["${name}"]\n`, 'workload.service': UNIT })).problems).toBe(''));

  test.each([
    ['debian', '@development-tools', 'must be a package: only dnf has groups'],
    ['ubuntu', '@x', 'must be a package: only dnf has groups'],
    ['fedora', 'a.rpm', 'must be the name of a package, without options, a removal (NAME-), a version, a file or a URL'],
    ['debian', 'a_1.0.deb', 'must be the name of a package, without options, a removal (NAME-), a version, a file or a URL'],
  ])('for %s, %s', (os, name, must) => {
    const { problems } = read(entryOf({ 'workload.yaml': `packages: {${os}: ["${name}"]}\n`, 'workload.service': UNIT }));
    expect(problems).toContain(`entry/workload.yaml:1:${15 + os.length}: packages.${os}[0] ${must}, got "${name}"`);
  });

  test.each(['-x.service', '--now.timer', '.x.service', ':x.path'])('unit %s', (name) =>
    expect(read(entryOf({ 'workload.service': UNIT, [name]: UNIT })).problems).toContain(`entry/${name}: must be the name of a unit`));
});

test.each(entryNames(findCatalog('/nowhere')))('the shipped entry %s has neither problems nor warnings', (name) => {
  const { problems, warnings } = read(join(ROOT, 'catalog', name), name);
  expect({ problems, warnings }).toEqual({ problems: '', warnings: [] });
});
