import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors';
import { readConfigFile } from '../../src/options/config-file';
import { fold } from '../../src/options/fold';
import { loadOptions } from '../../src/options/load';
import type { Options } from '../../src/options/options';
import { type OptionKey, specs, TABLE } from '../../src/options/table';
import { SETTINGS } from '../../src/options/workload-settings';
import { tempDir } from '../support/render';
import { ED25519, RSA } from '../support/ssh-keys';

const KEY_1 = `${ED25519} one, of my host`;
const KEY_2 = `from="10.0.0.0/8,10.1.0.0/16" ${RSA} two`;

interface Given {
  readonly flags?: { readonly [flag: string]: unknown };
  readonly env?: NodeJS.ProcessEnv;
  readonly file?: string | Buffer;
}

function cwdWith(file?: string | Buffer): string {
  const cwd = tempDir();
  if (file !== undefined) writeFileSync(join(cwd, 'virtwork.yaml'), file);
  return cwd;
}

function load({ flags = {}, env = {}, file }: Given): Promise<Options> {
  return loadOptions({ flags, env, cwd: cwdWith(file) });
}

async function faults(given: Given): Promise<string[]> {
  try {
    await load(given);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split('\n');
  }
}

/** Three different good values for each option: for the flag, the environment and the file. */
const SAMPLES: { readonly [key in OptionKey]?: readonly [string, string, unknown] } = {
  namespace: ['a', 'b', 'c'],
  create_namespace: ['false', 'true', false],
  vm_count: ['2', '3', 4],
  cpu_cores: ['1', '3', 4],
  memory: ['1Gi', '3Gi', '4Gi'],
  data_disk_size: ['1Gi', '3Gi', '4Gi'],
  storage_class: ['a', 'b', 'c'],
  access_modes: ['ReadWriteOnce', 'ReadWriteMany', ['ReadOnlyMany']],
  volume_mode: ['Block', 'Filesystem', 'Block'],
  container_disk_image: ['a:1', 'b:1', 'c:1'],
  boot: ['dataSource:a/a', 'dataSource:b/b', 'dataSource:c/c'],
  guest_os: ['debian', 'ubuntu', 'rhel'],
  timezone: ['Europe/Berlin', 'UTC', 'Asia/Kolkata'],
  packages: ['present', 'none', 'present'],
  ca_certificates: ['/a', '/b', ['/c']],
  package_repositories: ['/a', '/b', ['/c']],
  extra_user_data: ['/a', '{ runcmd: [] }', { runcmd: [] }],
  write_secrets: ['true', 'false', true],
  ssh_user: ['a', 'b', 'c'],
  ssh_password: ['a', 'b', 'c'],
  ssh_existing_secret: ['a', 'b', 'c'],
  write_password_hash: ['true', 'false', true],
  output_dir: ['a', 'b', '/c'],
  components: ['quota', 'network-policy', ['quota', 'pod-security']],
  catalog_dir: ['/a', '/b', '/c'],
  from_catalog: ['a', 'b', ['c']],
  allow_access: ['a', 'b', ['c']],
  run: ['a', 'b', 'c'],
  run_id: ['a', 'b', 'c'],
  health_port: ['1', '2', 3],
  image_pull_policy: ['Always', 'Never', 'IfNotPresent'],
  image_pull_secret: ['a', 'b', 'c'],
  run_strategy: ['Halted', 'Manual', 'Once'],
  eviction_strategy: ['None', 'External', 'LiveMigrate'],
  tolerations: ['[{ key: a }]', '[{ key: b }]', [{ operator: 'Exists' }]],
  affinity: ['{ nodeAffinity: {} }', '{ podAffinity: {} }', { podAntiAffinity: {} }],
  priority_class: ['a', 'b', 'c'],
  spread: ['hard', 'none', 'pack'],
  pairs: ['together', 'any', 'together'],
  pool: ['true', 'false', true],
  scheduler: ['a', 'b', 'c'],
  instancetype: ['a', '{ name: b, kind: VirtualMachineInstancetype }', { name: 'c' }],
  preference: ['a', '{ name: b, kind: VirtualMachinePreference }', { name: 'c' }],
  cpu: ['{ sockets: 2 }', '{ model: host-model }', { cores: 2 }],
  max_sockets: ['2', '3', 4],
  hugepages: ['2Mi', '1Gi', '1Mi'],
  resources: ['{ requests: { cpu: 1 } }', '{ limits: { memory: 4Gi } }', { limits: { cpu: 0.5 } }],
  overcommit: ['true', 'false', true],
  architecture: ['arm64', 's390x', 'arm64'],
  firmware: ['bios', 'uefi', 'secure-boot'],
  disk_bus: ['sata', 'scsi', 'sata'],
  disk_cache: ['none', 'writeback', 'writethrough'],
  disk_io: ['native', 'threads', 'native'],
  disk_discard: ['false', 'true', false],
  preallocation: ['true', 'false', true],
  block_multiqueue: ['true', 'false', true],
  io_threads: ['auto', '{ policy: supplementalPool, count: 2 }', { dedicated: true }],
  rng: ['false', 'true', false],
  tpm: ['true', '{ persistent: true }', {}],
  networks: ['[{ pod: masquerade }]', '[{ pod: l2bridge }]', [{ name: 'a', multus: 'b' }]],
  network_multiqueue: ['true', 'false', true],
  patches: ['[{ op: remove, path: /a }]', '[{ op: remove, path: /b }]', [{ op: 'add', path: '/c', value: 1 }]],
  timeout: ['1', '2m', 3],
  wait_for_ready: ['false', 'true', false],
  audit: ['false', 'true', false],
  audit_db: ['a', 'b', '/c'],
  kubeconfig: ['a', 'b', '/c'],
  dry_run: ['true', 'false', true],
  verbose: ['true', 'false', true],
};

describe('flags have priority over the environment, the file and the defaults', () => {
  test.each(Object.entries(SAMPLES))('%s', (key, [flag, env, file]) => {
    const spec = TABLE[key as OptionKey] as { flag: string; env: string; fallback?: unknown };
    const value = (flags: object, variables: object, text: string): unknown => {
      const problems: never[] = [];
      const { values } = fold(flags as never, variables as never, readConfigFile('virtwork.yaml', cwdWith(text), problems), problems);
      expect(problems).toEqual([]);
      return JSON.stringify(values[key as OptionKey]);
    };
    const [flags, variables, text] = [{ [spec.flag]: flag }, { [`VIRTWORK_${spec.env}`]: env }, `${key}: ${JSON.stringify(file)}\n`];
    const alone = [value(flags, {}, ''), value({}, variables, ''), value({}, {}, text)];
    expect(value(flags, variables, text)).toBe(alone[0]);
    expect(value({}, variables, text)).toBe(alone[1]);
    expect(value({}, { ...variables, [`VIRTWORK_${spec.env}`]: '' }, text)).toBe(alone[2]);
    expect(value({}, {}, '')).toBe(JSON.stringify(spec.fallback));
  });

  test('the samples cover every option with three sources', () => {
    const all = specs()
      .filter(([, spec]) => spec.flag && spec.env && !spec.notInFile && !spec.added && !spec.merged)
      .map(([key]) => key);
    expect(Object.keys(SAMPLES).sort()).toEqual([...all].sort());
  });
});

test.each(['constructor', 'toString', '__proto__'])('%s is an ordinary name', async (name) => {
  const { settings } = await load({ file: `workloads: {cpu: {params: {${name}: 1}}, ${name}: {vm_count: 2}}\n` });
  expect([...settings.keys()]).toEqual(['cpu', name]);
  expect([...(settings.get('cpu')?.params.keys() ?? [])]).toEqual([name]);
  for (const file of [`${name}: 1\n`, `workloads: {cpu: {${name}: 1}}\n`])
    await expect(load({ file })).rejects.toThrow(`unknown key "${name}"`);
});

test('a file with a byte order mark and CRLF is read', async () => {
  expect(await load({ file: '\ufeffnamespace: a\r\nrun: b\r\n' })).toMatchObject({ namespace: 'a' });
});

test.each<[string, Buffer, string]>([
  ['UTF-16', Buffer.from('\ufeffnamespace: a\n', 'utf16le'), 'virtwork.yaml: must be UTF-8 text, is UTF-16'],
  ['Latin-1', Buffer.from('# \n# Gr\xfc\xdfe\n', 'latin1'), 'virtwork.yaml:2: must be UTF-8 text, has another encoding'],
])('a file in %s is rejected', async (_, file, message) => {
  await expect(load({ file })).rejects.toThrow(message);
});

test('a string in the file counts as written, with or without quotes', async () => {
  const { namespace, runId, fromCatalog, settings } = await load({
    file: 'namespace: 0123\nrun_id: 1e3\nfrom_catalog: [007]\nworkloads: {010: {params: {a: 1.10, b: [0755]}}}\n',
  });
  expect({ namespace, runId, fromCatalog, names: [...settings.keys()] }).toEqual({
    namespace: '0123',
    runId: '1e3',
    fromCatalog: ['007'],
    names: ['010'],
  });
  expect([...(settings.get('010')?.params.values() ?? [])].map(([given]) => given?.written)).toEqual(['1.10', ['0755']]);
});

const NO_VALUE = '  hint: set a value or remove the key; quote a value that begins with #';

describe('every problem states where it is, what is required and what was got', () => {
  test.each<[string, Given, string[]]>([
    ['a count of 0', { flags: { 'vm-count': '0' } }, ['flag --vm-count: must be a whole number from 1 to 100000, got "0"']],
    ['a fraction', { flags: { 'cpu-cores': '1.5' } }, ['flag --cpu-cores: must be a whole number from 1 to 512, got "1.5"']],
    ['bytes instead of gibibytes', { flags: { memory: '2' } }, ['flag --memory: must be at least 64Mi, got "2"']],
    [
      'an uppercase namespace',
      { env: { VIRTWORK_NAMESPACE: 'Load' } },
      ['VIRTWORK_NAMESPACE: must be a DNS label (lowercase letters, digits and hyphens, at most 63 characters), got "Load"'],
    ],
    [
      'an unknown guest OS',
      { file: 'guest_os: suse\n' },
      ['virtwork.yaml:1:1: guest_os: must be one of fedora, centos-stream, rhel, debian, ubuntu, got "suse"'],
    ],
    [
      'a number instead of a name',
      { file: 'namespace: 1.50\n' },
      ['virtwork.yaml:1:1: namespace: must be a DNS label (lowercase letters, digits and hyphens, at most 63 characters), got "1.50"'],
    ],
    [
      'a list instead of a string',
      { file: 'memory: [1Gi]\n' },
      ['virtwork.yaml:1:1: memory: must be a quantity such as 512Mi, 2Gi or 10G, got a list'],
    ],
    [
      'a port out of range',
      { flags: { 'health-port': '65536' } },
      ['flag --health-port: must be a whole number from 0 to 65535, got "65536"'],
    ],
    [
      'an unknown access mode',
      { flags: { 'access-modes': 'RWX' } },
      [
        'flag --access-modes: must be one of ReadWriteOnce, ReadWriteMany, ReadOnlyMany, ReadWriteOncePod, got "RWX"',
        '  hint: did you mean "ReadWriteMany"?',
      ],
    ],
    [
      'two wrong items of a list',
      { file: 'access_modes:\n  - RWX\n  - ReadWriteOnce\n  - RWO,RWX\n' },
      [
        'virtwork.yaml:2:5: access_modes[0]: must be one of ReadWriteOnce, ReadWriteMany, ReadOnlyMany, ReadWriteOncePod, got "RWX"',
        '  hint: did you mean "ReadWriteMany"?',
        'virtwork.yaml:4:5: access_modes[2]: must be one of ReadWriteOnce, ReadWriteMany, ReadOnlyMany, ReadWriteOncePod, got "RWO,RWX"',
      ],
    ],
    [
      'a malformed boot source',
      { flags: { boot: 'dataSource:rhel9' } },
      ['flag --boot: must be containerDisk or dataSource:NAMESPACE/NAME, got "dataSource:rhel9"'],
    ],
    [
      'a malformed image',
      { flags: { 'container-disk-image': 'not an image' } },
      ['flag --container-disk-image: must be an image reference such as quay.io/containerdisks/fedora:43, got "not an image"'],
    ],
    [
      'a private key',
      { flags: { 'ssh-key': '-----BEGIN OPENSSH PRIVATE KEY-----' } },
      ['flag --ssh-key: must be a public key such as "ssh-ed25519 AAAA… me@host", got a private key'],
    ],
    [
      'a missing key file',
      { flags: { 'ssh-key-file': 'nowhere.pub' } },
      ['flag --ssh-key-file: must name a readable file, got "nowhere.pub" (ENOENT)'],
    ],
    [
      'malformed params',
      { flags: { params: 'cpu-load=5' } },
      ['flag --params: must be WORKLOAD.KEY=VALUE, got "cpu-load=…"', '  hint: write it as in cpu.cpu-load-percent=50'],
    ],
    [
      'an unknown key',
      { file: 'a: 1\nmemroy: 1Gi\n' },
      [
        expect.stringMatching(/^virtwork.yaml:1:1: unknown key "a"; known: /) as unknown as string,
        expect.stringMatching(/^virtwork.yaml:2:1: unknown key "memroy"/) as unknown as string,
        '  hint: did you mean "memory"?',
      ],
    ],
    ...[
      ['disk_size: 1Gi', '"disk_size"', 'did you mean "data_disk_size"?'],
      ['disk-size: 1Gi', '"disk-size"', 'did you mean "data_disk_size"?'],
      ['VIRTWORK_MEMORY: 1Gi', '"VIRTWORK_MEMORY"', 'did you mean "memory"?'],
      ['ssh-key: []', '"ssh-key"', 'did you mean "ssh_authorized_keys"?'],
      ['no_wait: true', '"no_wait"', 'did you mean "wait_for_ready"?'],
      ['ssh_key_files: [a]', '"ssh_key_files"', 'use the flag --ssh-key-file'],
      ['params: {cpu.cpu-load-percent: 5}', '"params"', 'write workloads: {cpu: {params: {cpu-load-percent: 50}}}'],
      ['disk: {vm_count: 2}', '"disk"', 'write workloads: {disk: …}'],
      ['workload: {cpu: {vm_count: 2}}', '"workload"', 'did you mean "workloads"?'],
    ].map(([file, key, hint]): [string, Given, string[]] => [
      `the key ${key}`,
      { file: `${file}\n` },
      [expect.stringMatching(`^virtwork.yaml:1:1: unknown key ${key}; known: `) as unknown as string, `  hint: ${hint}`],
    ]),
    ...[
      ['vm-count: 2', 'did you mean "vm_count"?'],
      ['VIRTWORK_CPU_CORES: 2', 'did you mean "cpu_cores"?'],
      ['disk_size: 2Gi', 'did you mean "data_disk_size"?'],
      ['ssh-user: x', 'set ssh_user at the top level, for all workloads'],
      ['cpu-load-percent: 50', 'write params: {cpu-load-percent: …} if it is a param'],
    ].map(([setting, hint]): [string, Given, string[]] => [
      `the setting ${setting}`,
      { file: `workloads:\n  cpu: {${setting}}\n` },
      [expect.stringMatching(/^virtwork.yaml:2:9: unknown key ".*" in workloads.cpu; known: /) as unknown as string, `  hint: ${hint}`],
    ]),
    [
      'an unknown key of a workload',
      { file: 'workloads:\n  cpu:\n    vm-count: 3\n' },
      [
        `virtwork.yaml:3:5: unknown key "vm-count" in workloads.cpu; known: ${[...Object.keys(SETTINGS), 'params', 'trials'].join(', ')}`,
        '  hint: did you mean "vm_count"?',
      ],
    ],
    [
      'a wrong setting of a workload',
      { file: 'workloads:\n  cpu: {vm_count: "3x"}\n' },
      ['virtwork.yaml:2:9: workloads.cpu.vm_count: must be a whole number from 1 to 100000, got "3x"'],
    ],
    [
      'a list of workloads',
      { file: 'workloads: [cpu]\n' },
      ['virtwork.yaml:1:1: workloads must be a map of names, got a list', '  hint: write workloads: {cpu: {}, disk: {vm_count: 2}}'],
    ],
    [
      'a workload that is not a map',
      { file: 'workloads: {cpu: true}\n' },
      ['virtwork.yaml:1:13: workloads.cpu must be a map or empty, got true'],
    ],
    [
      'a param without a value',
      { file: 'workloads: {cpu: {params: {cpu-method: }}}\n' },
      ['virtwork.yaml:1:28: workloads.cpu.params.cpu-method: has no value', NO_VALUE],
    ],
    [
      'keys without a value',
      { file: 'ssh_password: #hunter2\nmemory:\nkubeconfig: ~\nworkloads: {cpu: {vm_count: , enabled: null}}\n' },
      [
        'virtwork.yaml:1:1: ssh_password: has no value',
        NO_VALUE,
        'virtwork.yaml:2:1: memory: has no value',
        NO_VALUE,
        'virtwork.yaml:3:1: kubeconfig: has no value',
        NO_VALUE,
        'virtwork.yaml:4:19: workloads.cpu.vm_count: has no value',
        NO_VALUE,
        'virtwork.yaml:4:31: workloads.cpu.enabled: has no value',
        NO_VALUE,
      ],
    ],
    ['not YAML', { file: 'a: [\n' }, ['virtwork.yaml:2:1: is not YAML: deficient indentation']],
    ['a tab', { file: 'workloads:\n\tcpu: {}\n' }, ['virtwork.yaml:2:1: is not YAML: tab characters must not be used in indentation']],
    ['a duplicate key', { file: 'memory: 1Gi\nmemory: 2Gi\n' }, ['virtwork.yaml:2:1: is not YAML: duplicated mapping key']],
    ['a file that is a list', { file: '- a\n' }, ['virtwork.yaml: must be a map, got a list']],
    ['a file of another kind', { file: 'machine host login me password hunter2\n' }, ['virtwork.yaml: must be a map, got a string']],
    [
      'a problem in an overridden source',
      { flags: { memory: '1Gi' }, env: { VIRTWORK_MEMORY: 'lots' } },
      ['VIRTWORK_MEMORY: must be a quantity such as 512Mi, 2Gi or 10G, got "lots"'],
    ],
    [
      'several problems, sorted',
      { flags: { memory: 'x' }, env: { VIRTWORK_RUN_ID: 'a b' }, file: 'health_port: -1\n' },
      [
        'flag --memory: must be a quantity such as 512Mi, 2Gi or 10G, got "x"',
        'VIRTWORK_RUN_ID: must be a label value (letters, digits, hyphens, underscores and dots, at most 63 characters), got "a b"',
        'virtwork.yaml:1:1: health_port: must be a whole number from 0 to 65535, got -1',
      ],
    ],
  ])('%s', async (_, given, expected) => expect(await faults(given)).toEqual(expected));

  test.each([
    'ssh_password: *Hunter2pwX!',
    'ssh_password: !Hunter2pwX',
    'ssh_password:Hunter2pwX',
    'VIRTWORK_SSH_PASSWORD=Hunter2pwX',
    '- ssh_password: Hunter2pwX',
    'root:$6$salt$Hunter2pwX:19000: x',
    'namespace: {password: Hunter2pwX}',
    'memory: [Hunter2pwX]',
    'workloads: {cpu: "ssh_password=Hunter2pwX"}',
    'workloads: ssh_password=Hunter2pwX',
  ])('a password in the wrong place is not shown: %s', async (file) => {
    const said = (await faults({ file: `${file}\n` })).join('\n');
    expect(said).not.toBe('');
    expect(said).not.toContain('Hunter2pwX');
  });

  test('a password is never shown', async () => {
    for (const given of [{ flags: { 'ssh-password': 'hunter2\nx' } }, { file: 'ssh_password: [hunter2]\n' }]) {
      expect((await faults(given)).join()).toContain('control characters, got a value that is not shown');
    }
  });
});

describe('a relative path in a file is relative to the folder of the file', () => {
  const cwd = cwdWith();
  mkdirSync(join(cwd, 'conf/mine'), { recursive: true });
  mkdirSync(join(cwd, 'mine'));
  const options = (file: string, flags: object = {}) => {
    writeFileSync(join(cwd, 'conf/virtwork.yaml'), file);
    return loadOptions({ flags: { config: 'conf/virtwork.yaml', ...flags }, env: { HOME: join(cwd, 'conf') }, cwd });
  };

  test.each<[string, object, string]>([
    ['catalog_dir: mine\n', {}, 'conf/mine'],
    ['catalog_dir: ./mine\n', {}, 'conf/mine'],
    ['catalog_dir: ../mine\n', {}, 'mine'],
    ['catalog_dir: ~/mine\n', {}, 'conf/mine'],
    ['catalog_dir: ../mine\n', { 'catalog-dir': 'conf/mine' }, 'conf/mine'],
  ])('%s %j', async (file, flags, expected) => expect((await options(file, flags)).catalogDir).toBe(join(cwd, expected)));

  test('also for the audit record and the kubeconfig', async () => {
    const { companion } = await options('audit_db: a.db\nkubeconfig: k\n');
    expect([companion.auditDb, companion.kubeconfig]).toEqual([join(cwd, 'conf/a.db'), join(cwd, 'conf/k')]);
  });
});

describe('a file that the user did not name cannot reach outside its folder', () => {
  const fault = 'virtwork.yaml:1:1: catalog_dir: must be a folder';

  test.each(['/etc/systemd', '..', '~/.config/systemd', 'link'])('catalog_dir: %s', async (dir) => {
    const cwd = cwdWith(`catalog_dir: ${dir}\n`);
    symlinkSync(tempDir(), join(cwd, 'link'));
    const load = (flags: object) => loadOptions({ flags: flags as never, env: { HOME: tempDir() }, cwd, makesCatalog: true });
    await expect(load({})).rejects.toThrow(`${fault} inside the working directory, got "`);
    await expect(load({ config: 'virtwork.yaml' })).resolves.toBeDefined();
  });

  test('not through a link in its catalog', async () => {
    const cwd = cwdWith('catalog_dir: entries\n');
    mkdirSync(join(cwd, 'entries/good'), { recursive: true });
    symlinkSync('good', join(cwd, 'entries/inside'));
    await expect(loadOptions({ flags: {}, env: {}, cwd })).resolves.toBeDefined();
    symlinkSync('/etc/systemd/system', join(cwd, 'entries/system'));
    await expect(loadOptions({ flags: {}, env: {}, cwd })).rejects.toThrow(
      `${fault} without links to folders outside the working directory, got the link "system" in it`,
    );
    await expect(loadOptions({ flags: { config: 'virtwork.yaml' }, env: {}, cwd })).resolves.toBeDefined();
  });

  test('not as a link itself', async () => {
    const cwd = tempDir();
    const secret = join(tempDir(), 'secret');
    writeFileSync(secret, 'hunter2: 1\n');
    symlinkSync(secret, join(cwd, 'virtwork.yaml'));
    const error = await loadOptions({ flags: {}, env: {}, cwd }).catch((reason: Error) => reason);
    expect((error as Error).message).toMatch(/^virtwork\.yaml: must not be a link to a file outside this folder/);
    expect((error as Error).message).not.toContain('hunter2');
    await expect(loadOptions({ flags: { config: 'virtwork.yaml' }, env: {}, cwd })).rejects.toThrow('unknown key "hunter2"');
  });
});

describe('a file that the user did not name cannot select the cluster or the audit record', () => {
  const STATED = { kubeconfig: './x.yaml', context: 'prod', audit_db: '/etc/cron.d/x', audit: false };
  const file = JSON.stringify({ namespace: 'mine', ...STATED });
  const ALL: readonly OptionKey[] = ['kubeconfig', 'context', 'audit_db', 'audit', 'namespace'];
  const BY_HAND = { kubeconfig: 'k', context: 'c', 'audit-db': 'a', audit: 'true' };
  const NONE = { kubeconfig: undefined, context: undefined };

  test('these are the options with byHand', () => {
    expect(
      specs()
        .filter(([, { byHand, companion }]) => byHand && companion)
        .map(([key]) => key)
        .sort(),
    ).toEqual(Object.keys(STATED).sort());
  });

  test.each<[string, readonly OptionKey[], { readonly [flag: string]: string }, readonly string[]]>([
    ['a command that uses all of them', ALL, {}, ['audit', 'audit_db', 'context', 'kubeconfig']],
    ['a command that reads a cluster', ['kubeconfig', 'context'], {}, ['context', 'kubeconfig']],
    ['a command that reads the audit record', ['audit_db'], {}, ['audit_db']],
    ['a command that uses none', ['namespace'], {}, []],
    ['with a kubeconfig by flag', ALL, { kubeconfig: 'k' }, ['audit', 'audit_db', 'context']],
    ['with all of them by flag', ALL, BY_HAND, []],
  ])('%s', async (_, uses, flags, refused) => {
    const cwd = cwdWith(file);
    const problems = await loadOptions({ flags, env: {}, cwd, uses }).then(
      () => [],
      (error: UserError) => error.problems,
    );
    expect(problems.map(({ where }) => where.replace(/.*: /, '')).sort()).toEqual(refused);
    expect(
      problems.every(({ message, hint }) => /--config does not name/.test(message) && /--config virtwork\.yaml/.test(hint ?? '')),
    ).toBe(true);
  });

  test('they are ignored if the command does not use them', async () => {
    const { namespace, companion } = await load({ file });
    expect({ namespace, ...NONE, ...companion }).toMatchObject({ namespace: 'mine', ...NONE, audit: true, auditAsked: false });
    expect(companion.auditDb).toMatch(/\/virtwork\.db$/);
  });

  test('their values are checked anyway', async () => {
    expect(await faults({ file: 'audit: maybe\n' })).toEqual(['virtwork.yaml:1:1: audit: must be true or false, got "maybe"']);
  });

  test.each(['virtwork.yaml', './virtwork.yaml'])('a file that --config %s names can set them', async (config) => {
    const { companion } = await loadOptions({ flags: { config }, env: {}, cwd: cwdWith(file), uses: ALL });
    expect(companion).toMatchObject({
      kubeconfig: expect.stringMatching(/\/x\.yaml$/),
      context: 'prod',
      auditDb: '/etc/cron.d/x',
      audit: false,
    });
  });

  describe('nor can it choose a folder for new entries outside its own', () => {
    const make = (catalogDir: string, flags: { readonly [flag: string]: string } = {}) => {
      const cwd = cwdWith(`catalog_dir: ${catalogDir}\n`);
      symlinkSync(tempDir(), join(cwd, 'link'));
      return loadOptions({ flags, env: { HOME: '/home/me' }, cwd, makesCatalog: true });
    };

    test.each(['../mine', '/mine', '~/mine', 'link', 'link/mine', 'a/../../mine'])('%s', async (path) => {
      await expect(make(path)).rejects.toThrow(/virtwork\.yaml:1:1: catalog_dir: must be a folder inside the working directory/);
      await make(path, { config: 'virtwork.yaml' });
      await make(path, { 'catalog-dir': '/mine' });
    });

    test.each(['mine', './mine/deep', '.', '~/.virtwork/catalog'])('%s is allowed', (path) => make(path));
  });

  test('a variable counts like the flag', async () => {
    const env = { VIRTWORK_KUBECONFIG: 'k', VIRTWORK_AUDIT_DB: 'a' };
    const { companion } = await loadOptions({ flags: {}, env, cwd: cwdWith('{kubeconfig: x, audit_db: y}'), uses: ALL });
    expect(companion).toMatchObject({ kubeconfig: 'k', auditDb: expect.stringMatching(/\/a$/) });
  });
});

test.each([
  ['VIRTWORK_DISK_SIZE', 'did you mean VIRTWORK_DATA_DISK_SIZE?'],
  ['VIRTWORK_SSH_KEY', 'did you mean VIRTWORK_SSH_AUTHORIZED_KEYS?'],
  ['VIRTWORK_NO_WAIT', 'did you mean VIRTWORK_WAIT_FOR_READY?'],
  ['VIRTWORK_MEMROY', 'did you mean VIRTWORK_MEMORY?'],
  ['VIRTWORK_SSH_KEY_FILE', 'use the flag --ssh-key-file'],
])('the variable %s: %s', async (name, hint) =>
  expect((await load({ env: { [name]: 'x' } })).warnings).toEqual([`${name} is set, but virtwork has no such variable; ${hint}`]));

describe('valid configurations', () => {
  test.each([
    '',
    '# nothing\n',
    '---\n',
    'workloads:\n',
    'workloads: {cpu: }\n',
    'workloads: {cpu: {params: }}\n',
  ])('the file %j', async (file) => {
    expect(await faults({ file })).toEqual([]);
  });

  test('quantities become canonical', async () => {
    const options = await load({ flags: { memory: '2048Mi', 'disk-size': '1.5Gi' } });
    expect([options.memory.stated, options.dataDiskSize]).toEqual(['2Gi', '1536Mi']);
  });
});

describe('workloads', () => {
  test.each<[string, Given, readonly string[] | undefined]>([
    ['nothing set', {}, undefined],
    ['by flag, also repeated', { flags: { workloads: ['a,b', 'c,a'] } }, ['a', 'b', 'c']],
    ['by variable', { env: { VIRTWORK_WORKLOADS: 'a, b' } }, ['a', 'b']],
    ['by the map of the file', { file: 'workloads: {b: {}, a: {vm_count: 2}}\n' }, ['b', 'a']],
    ['the map only disables', { file: 'workloads: {a: {enabled: false}}\n' }, undefined],
    ['the map, and the catalog in the file too', { file: 'workloads: {a: {}}\nfrom_catalog: [x]\n' }, ['a']],
    ['the map, but the catalog by flag', { file: 'workloads: {a: {}}\n', flags: { 'from-catalog': 'x' } }, undefined],
    ['the flag has priority over the map', { file: 'workloads: {a: {}}\n', flags: { workloads: 'b' } }, ['b']],
  ])('%s', async (_, given, expected) => expect((await load(given)).workloads).toEqual(expected));

  test('params are merged by key: the last flag, other flags, the environment, the file', async () => {
    const { settings } = await load({
      flags: { params: 'cpu.a=1,redis-bench.test-mode=set,get,cpu.b=x=y,cpu.a=0' },
      env: { VIRTWORK_PARAMS: 'cpu.d=4,cpu.a=5' },
      file: 'workloads: {cpu: {params: {a: 2, c: 3}}}\n',
    });
    const raw = (values: readonly { readonly raw: unknown }[]) => values.map((value) => value.raw);
    const params = [...settings].map(([name, each]) => [
      name,
      Object.fromEntries([...each.params].map(([key, given]) => [key, raw(given)])),
    ]);
    expect(params).toEqual([
      ['cpu', { a: ['0', '1', '5', 2], c: [3], d: ['4'], b: ['x=y'] }],
      ['redis-bench', { 'test-mode': ['set,get'] }],
    ]);
  });
});

describe('accounts', () => {
  const warning = (secret = '') =>
    `the account me has no key and no password, so you cannot log in to it${secret}\n  hint: use --ssh-key-file ~/.ssh/id_ed25519.pub`;

  test.each<[string, Given, object | undefined, string[]]>([
    ['nothing set', {}, undefined, []],
    ['an existing Secret', { flags: { 'ssh-existing-secret': 's' } }, { authorizedKeys: [], existingSecret: 's' }, []],
    ['a name by flag', { flags: { 'ssh-user': 'me' } }, { user: 'me', authorizedKeys: [] }, [warning()]],
    ['a name by variable', { env: { VIRTWORK_SSH_USER: 'me' } }, { user: 'me', authorizedKeys: [] }, [warning()]],
    ['a name in the file', { file: 'ssh_user: me\n' }, { user: 'me', authorizedKeys: [] }, [warning()]],
    [
      'a name and an existing Secret',
      { flags: { 'ssh-user': 'me', 'ssh-existing-secret': 's' } },
      { user: 'me', authorizedKeys: [], existingSecret: 's' },
      [warning("; the keys in Secret s are for the image's own user")],
    ],
    ['a key', { flags: { 'ssh-key': KEY_1 } }, { user: 'virtwork', authorizedKeys: [KEY_1] }, []],
  ])('%s', async (_, given, ssh, warnings) => {
    const options = await load(given);
    expect([options.ssh, options.warnings]).toEqual([ssh, warnings]);
  });

  test.each<[string, Given, string[]]>([
    ['by flag, several in one', { flags: { 'ssh-key': `${KEY_1},${KEY_2}` } }, [KEY_1, KEY_2]],
    ['by flag, repeated', { flags: { 'ssh-key': [KEY_1, KEY_2, KEY_1] } }, [KEY_1, KEY_2]],
    ['by variable, one per line', { env: { VIRTWORK_SSH_AUTHORIZED_KEYS: `${KEY_2}\n${KEY_1}\n` } }, [KEY_2, KEY_1]],
    [
      'in the file, one per item',
      { file: `ssh_authorized_keys:\n  - ${KEY_1},${ED25519}\n  - '${KEY_2}'\n` },
      [`${KEY_1},${ED25519}`, KEY_2],
    ],
  ])('keys %s', async (_, given, keys) => expect((await load(given)).ssh?.authorizedKeys).toEqual(keys));

  test("flags' keys and files are added to those of the environment", async () => {
    const cwd = cwdWith();
    writeFileSync(join(cwd, 'key.pub'), `# mine\n${KEY_2}\n`);
    const { ssh } = await loadOptions({
      flags: { 'ssh-key': KEY_1, 'ssh-key-file': 'key.pub' },
      env: { VIRTWORK_SSH_AUTHORIZED_KEYS: `${KEY_1},${KEY_2}` },
      cwd,
    });
    expect(ssh).toEqual({ user: 'virtwork', authorizedKeys: [KEY_1, KEY_2] });
  });

  test('a private key file is rejected, and nothing of it is shown', async () => {
    const cwd = cwdWith();
    writeFileSync(join(cwd, 'id'), '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n');
    const loading = loadOptions({ flags: { 'ssh-key-file': 'id' }, env: {}, cwd });
    await expect(loading).rejects.toThrow(
      'flag --ssh-key-file: must name a file with public keys, got "id", which contains a private key\n  hint: use id.pub',
    );
    await expect(loading).rejects.not.toThrow('c2VjcmV0');
  });

  const hashOf = async (flags: object) => (await load({ flags: { 'ssh-password': 'hunter2', ...flags } as never })).ssh?.passwordHash;
  const saltOf = async (flags: object) => (await hashOf(flags))?.split('$')[2];

  test('the same configuration gives the same password hash', async () => {
    expect(await hashOf({})).toMatch(/^\$6\$[./A-Za-z0-9]{16}\$[./A-Za-z0-9]{86}$/);
    expect(await hashOf({})).toBe(await hashOf({}));
    expect(await hashOf({})).not.toBe(await hashOf({ 'ssh-password': 'hunter3' }));
  });

  test('the salt depends on namespace, run and user, and not on the password', async () => {
    const owners = [{}, { namespace: 'b' }, { run: 'b' }, { 'ssh-user': 'b' }];
    expect(new Set(await Promise.all(owners.map(saltOf))).size).toBe(owners.length);
    // A salt that depends on the password would be a fast hash of the password, next to the slow hash.
    const passwords = ['hunter2', 'hunter3', 'x', 'ä'.repeat(100)];
    expect(new Set(await Promise.all(passwords.map((password) => saltOf({ 'ssh-password': password })))).size).toBe(1);
  });
});

test('the run ID depends on namespace and run, or is set', async () => {
  const id = async (flags: object) => (await load({ flags: flags as never })).runId;
  expect(await id({})).toBe(await id({ run: 'default', namespace: 'virtwork' }));
  expect(new Set([await id({}), await id({ run: 'b' }), await id({ namespace: 'b' })]).size).toBe(3);
  expect(await id({ 'run-id': 'mine' })).toBe('mine');
});
