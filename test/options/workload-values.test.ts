import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors';
import { loadOptions } from '../../src/options/load';
import type { Options } from '../../src/options/options';

interface Given {
  readonly file?: string;
  readonly flags?: { readonly [flag: string]: unknown };
  readonly env?: { readonly [name: string]: string };
}

async function load({ file = '', flags = {}, env = {} }: Given): Promise<Options> {
  const cwd = mkdtempSync(join(tmpdir(), 'virtwork-'));
  writeFileSync(join(cwd, 'virtwork.yaml'), file);
  return loadOptions({ flags, env: { HOME: cwd, ...env }, cwd });
}

async function faults(given: Given): Promise<string> {
  return load(given).then(
    () => '',
    (error) => (error instanceof UserError ? error.message : Promise.reject(error)),
  );
}

describe('the value of a workload', () => {
  const file = 'storage_class: general\nworkloads: { disk: { storage_class: own }, cpu: {} }\n';

  test.each<[string, Given, readonly (string | undefined)[]]>([
    ['of the file, in place of the top level', { file }, ['own', 'general', 'general']],
    ['of a flag for all, which comes first', { file, flags: { 'storage-class': 'all' } }, ['all', 'all', 'all']],
    ['of a variable for all', { file, env: { VIRTWORK_STORAGE_CLASS: 'env' } }, ['env', 'env', 'env']],
    ['of --set, before everything', { file, flags: { set: 'disk.storage_class=set', 'storage-class': 'all' } }, ['set', 'all', 'all']],
    ['of the variable for settings', { file, env: { VIRTWORK_SET: 'cpu.storage_class=e' } }, ['own', 'e', 'general']],
    [
      'of --set before the variable',
      { flags: { set: ['cpu.storage_class=a', 'cpu.storage_class=b'] }, env: { VIRTWORK_SET: 'cpu.storage_class=e,disk.storage_class=e' } },
      ['e', 'b', undefined],
    ],
  ])('%s', async (_, given, expected) => {
    const options = await load(given);
    expect([options.of('disk').storageClass, options.of('cpu').storageClass, options.storageClass]).toEqual(expected);
  });

  test('is merged where it is a map', async () => {
    const file = 'labels: { a: "1", b: "1" }\nworkloads: { cpu: { labels: { b: "2", c: "2" } }, disk: {} }\n';
    const options = await load({ file, flags: { set: 'cpu.labels=c=3,cpu.node_selector={zone: b}' } });
    expect(options.of('cpu').labels).toEqual({ a: '1', b: '2', c: '3' });
    expect(options.of('disk').labels).toEqual({ a: '1', b: '1' });
    expect(options.of('cpu').nodeSelector).toEqual({ zone: 'b' });
  });

  test('is checked together with the others of the workload', async () => {
    const file =
      'access_modes: [ReadWriteMany]\nworkloads:\n  a: { access_modes: [ReadWriteOncePod, ReadWriteMany] }\n  b: { boot: "dataSource:x/y", container_disk_image: q:1 }\n';
    const message = await faults({ file });
    expect(message).toMatch(/^virtwork\.yaml:3:8: workloads\.a\.access_modes: must /m);
    expect(message).toMatch(
      /^virtwork\.yaml:4:32: workloads\.b\.container_disk_image: has no effect: virtwork\.yaml:4:8: workloads\.b\.boot boots/m,
    );
  });

  test.each([
    ['container_disk_image: mirror/a:1\nworkloads: { cpu: { boot: "dataSource:x/y" }, disk: {} }\n', {}],
    [
      'workloads: { cpu: { boot: "dataSource:x/y" }, disk: {} }\n',
      { 'container-disk-image': 'mirror/a:1', set: 'cpu.boot=dataSource:x/y' },
    ],
  ])('may be a boot source beside the image of all others: %j, flags %j', async (file, flags) => {
    const options = await load({ file, flags });
    expect(options.of('cpu').boot).toMatchObject({ kind: 'dataSource' });
    expect(options.of('disk').boot).toMatchObject({ image: 'mirror/a:1' });
    expect(options.warnings).toEqual([]);
  });

  test.each([
    ['boot: "dataSource:x/y"\nworkloads: { cpu: { container_disk_image: a:1 } }\n', {}],
    ['workloads: { cpu: { boot: "dataSource:x/y" } }\n', { 'container-disk-image': 'a:1' }],
  ])('is wrong as an image that the boot source replaces: %j, flags %j', async (file, flags) => {
    expect(await faults({ file, flags })).toMatch(/has no effect: .* boots/);
  });

  test('has its own place and boot source', async () => {
    const options = await load({ file: 'workloads:\n  a: { guest_os: debian, image_pull_policy: Never }\n' });
    expect(options.of('a').place('guest_os')).toBe('virtwork.yaml:2:8: workloads.a.guest_os');
    expect(options.of('a').boot).toMatchObject({ image: expect.stringContaining('debian'), pullPolicy: 'Never' });
    expect(options.place('guest_os')).toBe('guest_os');
    expect(options.boot).toMatchObject({ image: expect.stringContaining('fedora') });
  });
});

test.each<[string, string]>([
  ['disk.storage-class=x', 'flag --set disk.storage-class: unknown setting "storage-class"; known: entry, '],
  ['disk.storage-class=x', '\n  hint: did you mean "storage_class"?'],
  ['disk.numjobs=3', '\n  hint: use --params disk.numjobs=… if it is a param'],
  ['disk.memory=many', 'flag --set disk.memory: must be a quantity such as 512Mi, 2Gi or 10G, got "many"'],
  ['disk', 'flag --set: must be WORKLOAD.KEY=VALUE, got "disk"'],
  [
    'disk.tolerations=[{effct: NoSchedule}]',
    'flag --set disk.tolerations: must have only the keys key, operator, value, effect, tolerationSeconds, got "effct"',
  ],
  ['disk.networks=[{', 'flag --set disk.networks: must be YAML, such as [{pod: masquerade}], got "[{"'],
  ['disk.cpu={', 'flag --set disk.cpu: must be YAML, such as {cores: 2, threads: 2}, got "{"'],
  ['disk.labels={', 'flag --set disk.labels: must be YAML, such as {team: storage}, got "{"'],
  ['disk.tolerations=[{', 'flag --set disk.tolerations: must be YAML, such as [{key: gpu, operator: Exists}], got "[{"'],
  ['disk.enabled=maybe', 'flag --set disk.enabled: must be true or false, got "maybe"'],
])('--set %s', async (set, message) => expect(await faults({ flags: { set } })).toContain(message));

test.each([
  ['replicas', 'vm_count'],
  ['cores', 'cpu_cores'],
  ['cpus', 'cpu_cores'],
  ['ram', 'memory'],
  ['image', 'container_disk_image'],
  ['os', 'guest_os'],
  ['userData', 'extra_user_data'],
  ['storageClassName', 'storage_class'],
  ['runStrategy', 'run_strategy'],
  ['priorityClassName', 'priority_class'],
  ['networkInterfaceMultiqueue', 'network_multiqueue'],
  ['ioThreadsPolicy', 'io_threads'],
  ['bootloader', 'firmware'],
  ['gpus', 'patches'],
  ['guestOS', 'guest_os'],
])('%s, a word of other tools, is answered with %s', async (word, key) => {
  expect(await faults({ file: `${word}: x\nworkloads: { cpu: { ${word}: x } }\n` })).toMatch(
    new RegExp(`unknown key "${word}"; .*\n  hint: did you mean "${key}"\\?\n.*in workloads.cpu; .*\n  hint: did you mean "${key}"\\?$`),
  );
});

test.each([
  ['volume_mode', 'block', 'Block'],
  ['access_modes', 'RWX', 'ReadWriteMany'],
  ['access_modes', '[RWOP]', 'ReadWriteOncePod'],
  ['image_pull_policy', 'always', 'Always'],
  ['run_strategy', 'Running', 'Always'],
  ['eviction_strategy', 'livemigrate', 'LiveMigrate'],
  ['architecture', 'x86_64', 'amd64'],
  ['architecture', 'aarch64', 'arm64'],
  ['firmware', 'efi', 'uefi'],
  ['guest_os', 'debian12', 'debian'],
  ['tolerations', '[{ key: a, operator: exists }]', 'Exists'],
  ['disk_bus', 'nvme', undefined],
])('%s: %s is answered with %s', async (key, value, word) => {
  const message = await faults({ file: `workloads: { disk: { ${key}: ${value} } }\n` });
  expect(message).toContain('must be one of');
  expect(/hint: did you mean "(.*)"/.exec(message)?.[1]).toBe(word);
});

test('--set also sets what is no option', async () => {
  const options = await load({ flags: { set: 'a.entry=disk,a.repeats=3,cpu.enabled=false' } });
  expect(options.settings.get('a')).toMatchObject({ entry: 'disk', repeats: 3, enabled: true });
  expect(options.settings.get('cpu')).toMatchObject({ enabled: false });
});
