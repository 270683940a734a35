import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../src/catalog/entry';
import type { Findings } from '../../src/catalog/faults';
import { readEntry } from '../../src/catalog/read';
import { formatProblem, UserError } from '../../src/errors';
import { ROOT, tempDir } from '../support/render';

const FIXTURES = join(ROOT, 'test/fixtures/catalog');
const UPDATE = process.env.UPDATE === '1';

function read(folder: string, shown = 'entry'): { entry: Entry | undefined; faults: string; warnings: string[] } {
  const findings: Findings = { problems: [], warnings: [] };
  const entry = readEntry(folder, shown, false, findings);
  return {
    entry,
    faults: findings.problems.length > 0 ? new UserError(findings.problems).message : '',
    warnings: findings.warnings.map(formatProblem),
  };
}

/** An entry that exists for one test. */
function entryOf(files: { readonly [path: string]: string }): string {
  const folder = join(tempDir(), 'my-entry');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const UNIT = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';

/** Each folder holds an entry with the one fault that it is named after, and the message that tells it. */
describe('entries with one fault', () => {
  test.each(readdirSync(FIXTURES))('%s', (fault) => {
    const [name = ''] = readdirSync(join(FIXTURES, fault)).filter((each) => each !== 'message.txt');
    const { entry, faults } = read(join(FIXTURES, fault, name), name);
    expect(entry).toBeUndefined();
    const path = join(FIXTURES, fault, 'message.txt');
    if (UPDATE) writeFileSync(path, `${faults}\n`);
    expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no message').toBe(`${faults}\n`);
  });
});

test('an unknown key hides no other fault', () => {
  const manifest = 'params:\n  - {key: threads, deflaut: 1, default: 1, min: 2}\nvm: {memory: 1Ki}\n';
  const { faults } = read(entryOf({ 'workload.yaml': manifest, 'workload.service': UNIT }));
  expect(faults).toContain('unknown key "deflaut" in params[0]');
  expect(faults).toContain('vm.memory must be a quantity of at least 64Mi');
});

describe('good entries', () => {
  test('one role without a manifest: every unit, and nothing else', () => {
    const { entry, faults } = read(entryOf({ 'workload.service': UNIT, 'workload-prepare.service': UNIT, 'other.service': UNIT }));
    expect(faults).toBe('');
    expect(entry).toMatchObject({ name: 'my-entry', multiRole: false, params: [], storage: [], chaos: false, packages: {} });
    expect(entry?.roles.map((role) => [role.name, role.units.map((unit) => unit.name)])).toEqual([
      ['workload', ['other.service', 'virtwork-my-entry-prepare.service', 'virtwork-my-entry.service']],
    ]);
  });

  test('several roles: each its own units and files, and the shared files', () => {
    const { entry, faults } = read(
      entryOf({
        'workload.yaml': 'roles:\n  - {name: server, vm-count: 1}\n  - {name: server-web, vm-count: 0}\n',
        'server.service': UNIT,
        'server-log.service': UNIT,
        'server-web.service': UNIT,
        'files/etc/shared': 'a',
        'files.server/usr/local/bin/run': '#!/bin/bash\n',
      }),
    );
    expect(faults).toBe('');
    expect(
      entry?.roles.map(({ name, vmCount, units, files }) => [
        name,
        vmCount,
        units.map((unit) => unit.name),
        files.map((file) => [file.path, file.executable]),
      ]),
    ).toEqual([
      [
        'server',
        1,
        ['virtwork-my-entry-server-log.service', 'virtwork-my-entry-server.service'],
        [
          ['/etc/shared', false],
          ['/usr/local/bin/run', true],
        ],
      ],
      ['server-web', undefined, ['virtwork-my-entry-server-web.service'], [['/etc/shared', false]]],
    ]);
  });

  test('params of every type, in the form that the guest gets', () => {
    const { entry, faults } = read(
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
    expect(faults).toBe('');
    expect(entry?.params.map((param) => [param.key, param.type, param.default])).toEqual([
      ['a', 'string', ''],
      ['b', 'int', '07'],
      ['c', 'number', '0.5'],
      ['d', 'bool', 'true'],
      ['e', 'list', 'x;1'],
      ['f', 'dict', 'k=v;n=2'],
      ['g', 'string', 'a,b'],
    ]);
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
    const { entry, faults } = read(entryOf({ 'workload.yaml': `access: {rules: ${rules}}\nvm: {count: 1}\n`, 'workload.service': UNIT }));
    expect(faults).toBe('');
    expect(entry?.access).toEqual({
      serial: 'virtwork-access',
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
      clusterRules: [],
    });
    expect(entry?.roles[0]?.vmCount).toBe(1);
  });

  test('access to nodes alone', () => {
    const manifest = 'access: {cluster-rules: [{apiGroups: [""], resources: [nodes], verbs: [list]}]}\n';
    const { entry, faults } = read(entryOf({ 'workload.yaml': manifest, 'workload.service': UNIT }));
    expect(faults).toBe('');
    expect(entry?.access).toMatchObject({ rules: [], clusterRules: [{ resources: ['nodes'] }] });
  });

  test("a disk of another role may have the credential's serial", () => {
    const manifest = `roles: [{name: a}, {name: b}]
storage: [{name: data, serial: s, mount: /a, role: a}]
access: {role: b, serial: s, rules: [{apiGroups: [""], resources: [pods], verbs: [list]}], cluster-rules: [{apiGroups: [""], resources: [nodes], verbs: [get, list, watch]}]}
`;
    expect(read(entryOf({ 'workload.yaml': manifest, 'a.service': UNIT, 'b.service': UNIT }))).toMatchObject({
      faults: '',
      entry: { access: { role: 'b', serial: 's', clusterRules: [{ resources: ['nodes'] }] } },
    });
  });

  test('a param that nobody reads is a warning', () => {
    const { entry, warnings } = read(entryOf({ 'workload.yaml': 'params:\n  - {key: lost, default: a}\n', 'workload.service': UNIT }));
    expect(entry).toBeDefined();
    expect(warnings).toEqual(['entry/workload.yaml:2:5: param lost is used nowhere: neither {{lost}} nor PARAM_LOST']);
  });

  test('a unit that no boot starts is a warning', () => {
    expect(read(entryOf({ 'workload.service': '[Service]\nExecStart=/bin/true\n' })).warnings).toEqual([
      'entry/workload.service: has no [Install] section, so no boot starts it\n  try: [Install] with WantedBy=multi-user.target',
    ]);
  });

  test('\\{{ is a literal {{', () => {
    expect(read(entryOf({ 'workload.service': `${UNIT}# \\{{.ID}}\n` }))).toMatchObject({ faults: '', warnings: [] });
  });
});

test('all faults of an entry are told at once, sorted', () => {
  const { faults } = read(
    entryOf({ 'workload.yaml': 'storage: [{name: "", serial: "a b", mount: x}]\nservice: {ports: []}\nvm: {memory: x}\n' }),
  );
  expect(faults.split('\n').filter((line) => !line.startsWith('  try'))).toHaveLength(6);
});

test('a file that cannot be read is a fault of the entry', () => {
  const folder = entryOf({ 'workload.service': UNIT, 'files/etc/a': 'a' });
  symlinkSync('/nonexistent', join(folder, 'files/etc/dangling'));
  expect(read(folder).faults).toBe('entry/files/etc/dangling: cannot be read (ENOENT)');
});
