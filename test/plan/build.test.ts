import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { formatProblem, UserError } from '../../src/errors';
import { enabledUnits } from '../../src/guest/files';
import { sizeProblems } from '../../src/guest/user-data';
import { loadPlan } from '../../src/load-plan';
import type { RolePlan, WorkloadPlan } from '../../src/plan/plan';
import { renderStream } from '../../src/synth/render';
import { SHIPPED } from '../support/entries';
import { virtwork } from '../support/program';
import { planOf, tempDir } from '../support/render';

const UNIT = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';

async function faults(flags: { readonly [flag: string]: unknown }): Promise<string> {
  try {
    await planOf(flags);
    return '';
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

/** A user catalog that exists for one test. */
function catalog(entries: { readonly [name: string]: { readonly [file: string]: string } }): string {
  const dir = tempDir();
  for (const [name, files] of Object.entries(entries)) {
    mkdirSync(join(dir, name));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, name, file), text);
  }
  return dir;
}

const PAIR = { 'server.service': UNIT, 'client.service': `${UNIT}# {{peer}}\n` };
const SERVICE = 'service: {ports: [{port: 80}], selector-role: server}\n';

describe('names and counts', () => {
  test('of VMs, Secrets, Services and pairs', async () => {
    const { workloads } = await planOf({ workloads: 'cpu,network', 'vm-count': '2' });
    expect(
      workloads.flatMap(({ roles }) =>
        roles.map(({ vms, userDataSecret }) => [userDataSecret, ...vms.map((vm) => `${vm.name} ${vm.pair ?? ''}`)]),
      ),
    ).toEqual([
      ['virtwork-cpu-cloudinit', 'virtwork-cpu-0 ', 'virtwork-cpu-1 '],
      ['virtwork-network-server-cloudinit', 'virtwork-network-server-0 network-0', 'virtwork-network-server-1 network-1'],
      ['virtwork-network-client-cloudinit', 'virtwork-network-client-0 network-0', 'virtwork-network-client-1 network-1'],
    ]);
    expect(workloads[1]?.services.map(({ name, role, headless }) => [name, role, headless])).toEqual([
      ['virtwork-iperf3-server', 'server', false],
      ['virtwork-network-peers', 'server', true],
    ]);
  });

  test('a fixed number of VMs of a role cannot be changed', async () => {
    const { workloads } = await planOf({ 'from-catalog': 'redis-bench', 'vm-count': '3' });
    expect(workloads[0]?.roles.map((role) => role.vms.length)).toEqual([1, 3]);
  });

  test('too many VMs are rejected before they are enumerated', async () => {
    const roles = Array.from({ length: 50 }, (_, index) => `r${index}`);
    const dir = catalog({
      many: {
        'workload.yaml': `roles: [${roles.map((name) => `{name: ${name}, vm-count: 100000}`)}]\n`,
        ...Object.fromEntries(roles.map((name) => [`${name}.service`, UNIT])),
      },
      few: { 'workload.service': UNIT },
    });
    const must = 'workload many: the number of all VMs must be at most 100000, got 5000001\n  hint: use a smaller --vm-count';
    expect(await faults({ 'catalog-dir': dir, 'from-catalog': 'few,many', 'vm-count': '1' })).toBe(must);
    expect(await faults({ workloads: 'cpu,disk', 'vm-count': '60000' })).toContain(
      'the number of all VMs must be at most 100000, got 120000',
    );
    expect(virtwork(`validate many --catalog-dir ${dir}`)).toMatchObject({ status: 1, stderr: expect.stringContaining('got 5000000') });
  });

  test('only the role of a disk gets it', async () => {
    const { workloads } = await planOf({ 'from-catalog': 'redis-bench' });
    expect(workloads[0]?.roles.map((role) => role.disks.map((disk) => disk.serial))).toEqual([['vw-redis'], []]);
  });

  test('names that are too long are rejected', async () => {
    const dir = catalog({
      ['x'.repeat(40)]: { 'workload.yaml': `roles: [{name: ${'s'.repeat(20)}}]\n`, [`${'s'.repeat(20)}.service`]: UNIT },
    });
    expect(await faults({ 'catalog-dir': dir, 'from-catalog': 'x'.repeat(40) })).toContain(
      'the name of a VirtualMachine must have at most 63 characters, got virtwork-',
    );
  });

  test('duplicate names in two workloads are rejected', async () => {
    const dir = catalog({ a: { 'workload.yaml': 'roles: [{name: b}]\n', 'b.service': UNIT }, 'a-b': { 'workload.service': UNIT } });
    expect(await faults({ 'catalog-dir': dir, 'from-catalog': 'a,a-b' })).toContain(
      'its VirtualMachine virtwork-a-b-0 has the same name as that of workload a/b',
    );
  });

  test('Services with the same name are rejected, with the key that changes the name', async () => {
    const service = 'service: { name: virtwork-same, ports: [{ port: 80 }] }\n';
    const dir = catalog({
      a: { 'workload.yaml': service, 'workload.service': UNIT },
      b: { 'workload.yaml': service, 'workload.service': UNIT },
    });
    expect(await faults({ 'catalog-dir': dir, 'from-catalog': 'a,b' })).toBe(
      'workload b: its Service virtwork-same has the same name as that of workload a\n  hint: set another service.name in the workload.yaml of one of the entries',
    );
  });
});

describe('sizes', () => {
  test.each<[string, string, object, string]>([
    ['the default', '', {}, '2Gi 2'],
    ['the value of the entry', 'vm: {memory: 512Mi, cpu-cores: 1}\n', {}, '512Mi 1'],
    ['the file in general beats the entry', 'vm: {memory: 512Mi}\n', { file: 'memory: 3Gi\n' }, '3Gi 2'],
    [
      'the file on the workload beats the file in general',
      '',
      { file: 'memory: 3Gi\nworkloads: {mine: {memory: 4Gi, cpu_cores: 5}}\n' },
      '4Gi 5',
    ],
    ['a flag beats them all', 'vm: {memory: 512Mi}\n', { file: 'workloads: {mine: {memory: 4Gi}}\n', flags: { memory: '6Gi' } }, '6Gi 2'],
  ])('%s', async (_, manifest, { file, flags }: { file?: string; flags?: object }, expected) => {
    const cwd = tempDir();
    if (file) writeFileSync(join(cwd, 'virtwork.yaml'), file);
    const dir = catalog({ mine: { 'workload.yaml': manifest, 'workload.service': UNIT } });
    const { plan } = await loadPlan({ flags: { 'catalog-dir': dir, 'from-catalog': 'mine', ...flags }, env: {}, cwd });
    expect(plan.workloads[0]?.roles.map((role) => `${role.memory} ${role.cpuCores}`)).toEqual([expected]);
  });
});

describe('guests', () => {
  test.each([
    ['fedora', 'fio,fio-engine-libaio,xfsprogs'],
    ['rhel', 'fio,fio-engine-libaio,xfsprogs'],
    ['debian', 'fio,xfsprogs'],
    ['ubuntu', 'fio,xfsprogs'],
  ])('packages of disk on %s', async (os, packages) => {
    const { workloads } = await planOf({ workloads: 'disk', 'guest-os': os, boot: 'dataSource:a/b' });
    expect(workloads[0]?.roles[0]?.guest.packages.join()).toBe(packages);
  });
});

describe('access', () => {
  const rules = 'rules: [{apiGroups: [""], resources: [pods], verbs: [list]}]';

  test('the account, its token and its names outside the namespace', async () => {
    const { workloads } = await planOf({ workloads: 'chaos-migration', namespace: 'mine' });
    expect(workloads[0]?.access).toMatchObject({
      account: 'virtwork-chaos-migration',
      tokenSecret: 'virtwork-chaos-migration-token',
      cluster: { name: 'virtwork:mine:chaos-migration' },
    });
    expect(workloads[0]?.roles[0]?.credential).toEqual({ secret: 'virtwork-chaos-migration-token', serial: 'virtwork-access' });
  });

  test('only the role with the credential gets its disk and unit', async () => {
    const manifest = `roles: [{name: server}, {name: client}]\naccess: {role: client, serial: vw, ${rules}}\n`;
    const dir = catalog({ pair: { 'server.service': UNIT, 'client.service': UNIT, 'workload.yaml': manifest } });
    const { workloads } = await planOf({ 'catalog-dir': dir, 'from-catalog': 'pair' });
    const starts = (role: RolePlan) => enabledUnits(role).includes('virtwork-access.service');
    expect(workloads[0]?.roles.map((role) => [role.credential?.serial, starts(role)])).toEqual([
      [undefined, false],
      ['vw', true],
    ]);
  });

  test('one VM migrates the others, regardless of their number', async () => {
    const { workloads } = await planOf({ workloads: 'cpu,chaos-migration', 'vm-count': '3' });
    expect(workloads.map(({ roles }) => roles[0]?.vms.map((vm) => vm.name).join())).toEqual([
      'virtwork-cpu-0,virtwork-cpu-1,virtwork-cpu-2',
      'virtwork-chaos-migration-0',
    ]);
  });
});

describe('VMs that cannot be migrated', () => {
  const warning = (names: string) =>
    `chaos-migration cannot migrate VMs whose disks are not ReadWriteMany: those of ${names}; use --access-modes ReadWriteMany if your storage supports it`;

  test.each<[object, string[]]>([
    [{ workloads: 'cpu,memory,disk,database,network,chaos-migration' }, [warning('disk, database')]],
    [{ workloads: 'cpu,chaos-migration', boot: 'dataSource:a/b' }, [warning('cpu')]],
    [{ workloads: 'disk,chaos-migration', 'access-modes': 'ReadWriteOnce' }, [warning('disk')]],
    [{ workloads: 'disk,chaos-migration', 'access-modes': 'ReadWriteMany' }, []],
    [{ workloads: 'cpu,network,chaos-migration' }, []],
    [{ workloads: 'cpu,disk,database' }, []],
  ])('%j', async (flags, warnings) => expect((await planOf(flags as never)).warnings).toEqual(warnings));
});

test.each([
  ['disk.iodepth=8', { iodepth: '8', ioengine: 'libaio' }],
  ['disk.iodepth=8,disk.ioengine=io_uring', { iodepth: '8', ioengine: 'io_uring' }],
  ['disk.iodepth=1,disk.ioengine=psync', { iodepth: '1', ioengine: 'psync' }],
  ['disk.ioengine=psync', { iodepth: '1', ioengine: 'psync' }],
])('a param that needs another is accepted with it, and with its default: %s', async (params, expected) => {
  const plan = await planOf({ workloads: 'disk', params });
  expect(plan.workloads[0]?.roles[0]?.guest.params).toMatchObject(expected);
});

describe('problems', () => {
  test.each<[string, object, string]>([
    ['an unknown workload', { workloads: 'cpuu' }, `workload not found: cpuu; known: ${SHIPPED.join(', ')}\n  hint: did you mean "cpu"?`],
    [
      'an unknown param',
      { workloads: 'cpu', params: 'cpu.cpu-lode=1' },
      'flag --params cpu.cpu-lode: workload cpu has no param "cpu-lode"; known: cpu-load-percent, cpu-method',
    ],
    [
      'a param out of range',
      { workloads: 'cpu', params: 'cpu.cpu-load-percent=101' },
      'flag --params cpu.cpu-load-percent: param cpu-load-percent of cpu must be 1 to 100, got "101"',
    ],
    [
      'a param below its lower limit, which is another param',
      { workloads: 'chaos-migration', params: 'chaos-migration.migration-interval-max=100' },
      'flag --params chaos-migration.migration-interval-max: param migration-interval-max of chaos-migration must not be below migration-interval-min, which is 120, got 100',
    ],
    [
      'a param above another param that must not be below it',
      { workloads: 'chaos-migration', params: 'chaos-migration.migration-interval-min=700' },
      'flag --params chaos-migration.migration-interval-min: param migration-interval-max of chaos-migration must not be below migration-interval-min, which is 700, got 600',
    ],
    ...[
      ['the other param is given', 'disk.ioengine=psync,disk.iodepth=8', 'psync'],
      ['with an error of another param', 'disk.ioengine=sync,disk.iodepth=8,disk.numjobs=0', 'sync'],
    ].map(([name, params, engine]): [string, object, string] => [
      `a param without effect: ${name}`,
      { workloads: 'disk', params },
      `flag --params disk.iodepth: param iodepth of disk has no effect when ioengine is ${engine}, got 8`,
    ]),
    ...[
      ['disk', 'rate-iops'],
      ['network', 'bandwidth'],
      ['database', 'tps'],
    ].map(([name, cap]): [string, object, string] => [
      `a load shape of ${name} without a cap`,
      { workloads: name, params: `${name}.shape=day` },
      `flag --params ${name}.shape: param shape of ${name} has no effect when ${cap} is 0, got day\n  hint: omit shape, or set ${cap} to 1 or more`,
    ]),
    [
      'a param of another load shape',
      { workloads: 'cpu', params: 'cpu.shape=ramp,cpu.shape-duty=20' },
      'param shape-duty of cpu has no effect when shape is ramp, got 20\n  hint: omit shape-duty, or set shape to duty',
    ],
    [
      'the same, with a problem of another param',
      { workloads: 'chaos-migration', params: 'chaos-migration.migration-interval-max=100,chaos-migration.migration-timeout=0' },
      'must not be below migration-interval-min, which is 120, got 100',
    ],
    ...[
      ['migration-target-labels', '-a=b'],
      ['migration-target-labels', 'a/b/c=d'],
      ['migration-target-labels', '!a!=b'],
      ['migration-target-labels', `a=${'x'.repeat(64)}`],
      ['migration-exclude-components', '-'],
      ['api-server', 'https://:::[]'],
      ['virtctl-version', 'v1.7.0'],
    ].map(([param, value]): [string, object, string] => [
      `${param} ${value}`,
      { workloads: 'chaos-migration', params: `chaos-migration.${param}=${value}` },
      `flag --params chaos-migration.${param}: param ${param} of chaos-migration must match ^`,
    ]),
    ['params of an unknown workload', { workloads: 'cpu', params: 'memry.a=1' }, 'workload not found: memry; '],
    [
      'a health port that the workload needs',
      { workloads: 'tps', 'health-port': '8080' },
      'flag --health-port: must not be 8080, which is a port of workload tps\n  hint: use another --health-port',
    ],
    [
      'a disk that is too small for its file system',
      { workloads: 'disk', 'disk-size': '100Mi' },
      'flag --disk-size: must be at least 300Mi for the xfs file system of workload disk, got 100Mi',
    ],
  ])('%s', async (_, flags, expected) => expect(await faults(flags as never)).toContain(expected));

  test('more clients than servers, if each client names its peer', async () => {
    const dir = catalog({ pair: { ...PAIR, 'workload.yaml': `roles: [{name: server, vm-count: 1}, {name: client}]\n${SERVICE}` } });
    expect(await faults({ 'catalog-dir': dir, 'from-catalog': 'pair', 'vm-count': '3' })).toBe(
      'workload pair: each of the 3 VMs of role client needs its own peer, but role server has 1\n  hint: set the same vm-count for both roles, or use {{service}} instead of {{peer}}',
    );
  });
});

describe('params of every source', () => {
  const load = (params: string, flags: object = {}, file = 'cpu: {params: {cpu-load-percent: 30}}') => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'virtwork.yaml'), `workloads: {${file}}\n`);
    return loadPlan({ flags: { workloads: 'cpu', ...flags }, env: { VIRTWORK_PARAMS: params }, cwd });
  };

  test('are combined', async () => {
    const { plan } = await load('cpu.cpu-method=fft', { params: 'memory.vm-stressors=2' });
    expect(plan.workloads[0]?.roles[0]?.guest.params).toEqual({
      'cpu-load-percent': '30',
      'cpu-method': 'fft',
      shape: 'constant',
      'shape-period': '3600',
      'shape-low': '10',
      'shape-duty': '50',
      'shape-steps': '4',
      'shape-noise': '0',
      'shape-seed': '0',
    });
  });

  test.each<[string, string, object, string | undefined, string]>([
    ['under a flag', 'cpu.cpu-load-percent=999', { params: 'cpu.cpu-load-percent=5' }, undefined, 'VIRTWORK_PARAMS cpu.cpu-load-percent'],
    ['under a variable', 'cpu.cpu-load-percent=5', {}, 'cpu: {params: {cpu-load-percent: 999}}', 'virtwork.yaml:1:28'],
    ['before another of the same flag', '', { params: 'cpu.cpu-load-percent=999,cpu.cpu-load-percent=5' }, undefined, 'flag --params'],
    ['of a workload that is not selected', '', {}, 'memory: {params: {memory-percent: 999}}', 'virtwork.yaml:1:31'],
    ['of a disabled workload', '', { workloads: 'cpu,memory' }, 'memory: {enabled: false, params: {x: 1}}', 'virtwork.yaml:1:47'],
  ])('a problem is reported %s', async (_, params, flags, file, where) => {
    await expect(load(params, flags, file)).rejects.toThrow(where);
  });
});

describe('selection', () => {
  test.each([
    'a=b',
    'a==b',
    'a!=',
    'example.com/a=b;!spare',
    '!example.com/a',
    'a',
    '',
  ])('labels %j of targets are accepted', async (labels) => {
    const flags = { workloads: 'chaos-migration', params: `chaos-migration.migration-target-labels=${labels}` };
    expect((await planOf(flags)).workloads[0]?.roles[0]?.guest.params['migration-target-labels']).toBe(labels);
  });

  test.each<[object, string]>([
    [{}, 'cpu,memory,disk,database,network,tps'],
    [{ workloads: 'all' }, 'cpu,memory,disk,database,network,tps,fio-bench,idle,chaos-disk,chaos-network,chaos-process,chaos-migration'],
    [{ workloads: 'tps,cpu,cpu' }, 'cpu,tps'],
    [{ workloads: 'sysbench,chaos-disk' }, 'chaos-disk,sysbench'],
    [{ 'from-catalog': 'sysbench' }, 'sysbench'],
    [{ 'from-catalog': 'sysbench', workloads: 'memory' }, 'memory,sysbench'],
  ])('%j: %s', async (flags, names) =>
    expect((await planOf(flags as never)).workloads.map((workload) => workload.name).join()).toBe(names));
});

test('the order of keys in a configuration does not change the output', async () => {
  const config = {
    namespace: 'load',
    memory: '3Gi',
    guest_os: 'debian',
    health_port: 9000,
    run: 'r',
    workloads: {
      disk: { vm_count: 2, memory: '1Gi', params: { numjobs: 2, runtime: 60, rwmixread: 50 } },
      cpu: { enabled: true, params: { 'cpu-method': 'fft', 'cpu-load-percent': 10 } },
      network: {},
      tps: { enabled: false },
    },
  };
  const bytes = async (data: unknown): Promise<string> => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'virtwork.yaml'), JSON.stringify(data));
    const { plan } = await loadPlan({ flags: {}, env: {}, cwd });
    return [...renderStream(plan)].join('');
  };
  const expected = await bytes(config);
  const shuffled = (value: unknown, random: () => number): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .map(([key, each]) => [random(), [key, shuffled(each, random)]] as const)
            .sort(([a], [b]) => a - b)
            .map(([, entry]) => entry as [string, unknown]),
        )
      : value;
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), async (numbers) => {
      expect(await bytes(shuffled(config, () => numbers.next().value as number))).toBe(expected);
    }),
    { numRuns: 25 },
  );
  expect(load(expected.split('---\n')[1] as string)).toMatchObject({ kind: 'Namespace', metadata: { name: 'load' } });
});

test('constructor is an ordinary name', async () => {
  const manifest = `params: [{key: constructor, default: a}, {key: d, type: dict, default: {constructor: 1, __proto__: 2}}]
roles: [{name: constructor}]
storage: [{name: constructor, serial: constructor, mount: /mnt/constructor, role: constructor}]
service: {ports: [{name: constructor, port: 80}], selector-role: constructor}
access: {role: constructor, rules: [{apiGroups: [constructor], resources: [constructor], verbs: [get]}]}
`;
  const unit = `${UNIT}# {{constructor}} {{d}}\n`;
  const dir = catalog({ constructor: { 'workload.yaml': manifest, 'constructor.service': unit } });
  const named = { 'from-catalog': 'constructor', 'allow-access': 'constructor' };
  const plan = await planOf({ 'catalog-dir': dir, ...named, params: 'constructor.constructor=b' });
  const text = [...renderStream(plan)].join('');
  expect(text).toContain('# b constructor=1;__proto__=2');
  expect(text).toContain('name: constructor-virtwork-constructor-constructor-0');
});

test('files are created with their mode, and get their owner before the units start', async () => {
  const dir = catalog({ e: { 'workload.service': UNIT, 'workload.yaml': 'files: [{path: /x y, mode: 0600, owner: "a:b"}]\n' } });
  mkdirSync(join(dir, 'e/files'));
  writeFileSync(join(dir, 'e/files/x y'), 'a');
  const text = [...renderStream(await planOf({ 'catalog-dir': dir, 'from-catalog': 'e' }))].join('');
  const indented = (...lines: string[]) => lines.map((line) => `      ${line}\n`).join('');
  expect(text).toContain(indented('- path: /x y', "  permissions: '0600'", '  content: a'));
  expect(text).toContain(indented('- path: /etc/virtwork/owners', "  permissions: '0644'", '  content: |', '    a:b /x y'));
  expect(text).toContain(
    indented(
      '    [Unit]',
      '    After=virtwork-start.service',
      '    Wants=virtwork-owners.service',
      '    After=virtwork-owners.service',
      '',
      '    [Service]',
    ).replace(/ +\n/g, '\n'),
  );
  expect(text).toMatch(/virtwork-owners\.service\n.*- virtwork-e\.service\n/);
});

test('synth and validate reject user data that is too large for a Secret, with the same message', async () => {
  const dir = catalog({ big: { 'workload.service': UNIT } });
  mkdirSync(join(dir, 'big/files/opt'), { recursive: true });
  for (const name of ['a', 'b', 'c']) writeFileSync(join(dir, `big/files/opt/${name}`), `${name.repeat(99)}\n`.repeat(4000));
  const plan = await planOf({ 'catalog-dir': dir, 'from-catalog': 'big' });
  const message =
    /^workload big: user data must have at most 1048576 bytes, the maximum of a Secret, got 1\d{6}; the largest files: .*big\/files\/opt\/a 400000, .*big\/files\/opt\/b 400000, .*big\/files\/opt\/c 400000\n {2}hint: /;
  expect(sizeProblems(plan.workloads[0] as WorkloadPlan).map(formatProblem)).toEqual([expect.stringMatching(message)]);
  expect(() => [...renderStream(plan)]).toThrow(message);
});
