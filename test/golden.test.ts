import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMPONENTS } from '../src/kubernetes/components';
import { loadPlan } from '../src/load-plan';
import { type OptionKey, specs } from '../src/options/table';
import { render } from '../src/synth/render';
import { FAMILIES, SHIPPED } from './support/entries';
import { changes, compact } from './support/golden';
import { measurable } from './support/measured';
import { planOf, ROOT, tempDir, textOf } from './support/render';

const GOLDEN = join(ROOT, 'test/golden');
/** `npm run update` writes the golden files. A reviewer reads the differences. */
const UPDATE = process.env.UPDATE === '1';
/** Maximum number of lines, so that a reviewer can read a file. */
const MOST_LINES = 200;

function expectGolden(name: string, text: string): void {
  const path = join(GOLDEN, name);
  if (UPDATE) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no golden file; run: npm run update').toBe(text);
}

test.each(SHIPPED.flatMap((entry) => FAMILIES.map((os) => [entry, os] as const)))('%s on %s', async (entry, os) => {
  const files = render(await planOf({ 'from-catalog': entry, 'guest-os': os }));
  expectGolden(`${os}/${entry}.yaml`, compact(textOf(files.find((file) => file.name === `${entry}.yaml`))));
});

test('a measured workload', async () => {
  const cwd = tempDir();
  const trials = '{ random-4k: {}, mixed-64k: { profile: mixed, block-size: 64k } }';
  writeFileSync(join(cwd, 'virtwork.yaml'), `workloads: { bench: { vm_count: 2, params: { ramp: 10 }, trials: ${trials}, repeats: 2 } }\n`);
  const { plan } = await loadPlan({ flags: { 'catalog-dir': measurable() }, env: {}, cwd });
  expectGolden('trials.yaml', compact(textOf(render(plan).find((file) => file.name === 'bench.yaml'))));
});

test.each(COMPONENTS)('the component %s', async (name) => {
  const files = render(await planOf({ components: name, workloads: 'disk,network' })).filter((file) => file.name.startsWith('components/'));
  expectGolden(`components/${name}.yaml`, files.map(textOf).join('---\n'));
});

/** A file that an option names. */
const GUEST = (name: string) => join(ROOT, 'test/fixtures/guest', name);

/** For each option that changes the rendered objects: a value other than the default, and other options that it needs. */
const OPTIONS: { readonly [option in OptionKey]?: { readonly [flag: string]: unknown } } = {
  namespace: { namespace: 'load-test' },
  create_namespace: { 'create-namespace': false },
  vm_count: { 'vm-count': '2' },
  cpu_cores: { 'cpu-cores': '4' },
  memory: { memory: '4Gi' },
  params: { params: 'disk.iodepth=8' },
  data_disk_size: { 'disk-size': '50Gi' },
  storage_class: { 'storage-class': 'fast' },
  access_modes: { 'access-modes': 'ReadWriteMany' },
  volume_mode: { 'volume-mode': 'Block' },
  container_disk_image: { 'container-disk-image': 'registry.example.com/fedora:44' },
  boot: { boot: 'dataSource:os-images/fedora', 'storage-class': 'fast' },
  guest_os: { 'guest-os': 'ubuntu' },
  ssh_user: { 'ssh-user': 'admin' },
  ssh_authorized_keys: { 'ssh-key': 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA admin@example.com' },
  ssh_password: { 'ssh-password': 'secret', 'write-password-hash': true },
  ssh_existing_secret: { 'ssh-existing-secret': 'keys' },
  run: { run: 'second' },
  run_id: { 'run-id': 'ticket-1234' },
  health_port: { 'health-port': '0' },
  image_pull_policy: { 'image-pull-policy': 'IfNotPresent' },
  image_pull_secret: { 'image-pull-secret': 'registry' },
  run_strategy: { 'run-strategy': 'Manual' },
  eviction_strategy: { 'eviction-strategy': 'None' },
  labels: { labels: 'team=storage,example.com/tier=gold' },
  annotations: { annotations: 'example.com/owner=the storage team' },
  node_selector: { 'node-selector': 'zone=b' },
  tolerations: { tolerations: '[{ key: dedicated, operator: Equal, value: storage, effect: NoSchedule }]' },
  affinity: {
    affinity:
      '{ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: In, values: [b] }] }] } } }',
  },
  priority_class: { 'priority-class': 'high' },
  spread: { spread: 'pack' },
  pairs: { workloads: 'network', pairs: 'together' },
  pool: { pool: true, 'vm-count': '3' },
  scheduler: { scheduler: 'bin-packing' },
  timezone: { timezone: 'Europe/Berlin' },
  packages: { packages: 'present' },
  proxy: { proxy: '{ http: "http://proxy.example.com:3128", https: "http://proxy.example.com:3128", no_proxy: [.example.com, mirror] }' },
  ca_certificates: { 'ca-certificates': GUEST('ca.pem') },
  package_repositories: { 'package-repositories': GUEST('mirror.repo') },
  extra_user_data: { 'extra-user-data': GUEST('extra.yaml') },
  instancetype: { instancetype: 'u1.medium' },
  preference: { preference: '{ name: fedora, kind: VirtualMachinePreference }' },
  cpu: {
    cpu: '{ sockets: 1, cores: 2, threads: 2, model: host-passthrough, dedicated: true, numa: true, isolate_emulator: true }',
    hugepages: '2Mi',
  },
  max_sockets: { 'max-sockets': '8' },
  hugepages: { hugepages: '1Gi' },
  resources: { resources: '{ requests: { cpu: 500m, memory: 1Gi }, limits: { cpu: 2.5, memory: 3Gi } }' },
  overcommit: { overcommit: true },
  architecture: { architecture: 'arm64' },
  firmware: { firmware: 'secure-boot' },
  disk_bus: { 'disk-bus': 'scsi' },
  disk_cache: { 'disk-cache': 'writethrough' },
  disk_io: { 'disk-io': 'native' },
  disk_discard: { 'disk-discard': false },
  preallocation: { preallocation: true },
  block_multiqueue: { 'block-multiqueue': true },
  io_threads: { 'io-threads': '{ policy: supplementalPool, count: 4, dedicated: true }' },
  rng: { rng: false },
  tpm: { tpm: '{ persistent: true }' },
  networks: {
    networks:
      '[{ pod: masquerade, ipv6: true }, { name: storage, multus: ns1/nad-a, addresses: 192.0.2.10-192.0.2.19/24, routes: [{ to: 198.51.100.0/24, via: 192.0.2.1 }] }]',
  },
  network_multiqueue: { 'network-multiqueue': true },
  patches: {
    patches: '[{ op: add, path: /spec/template/spec/domain/devices/watchdog, value: { name: dog, i6300esb: { action: reset } } }]',
  },
  set: { set: 'disk.storage_class=fast' },
};

/** Options that choose or allow entries, belong to another option, or do not affect rendering. */
const OTHERS: readonly OptionKey[] = [
  'workloads',
  'from_catalog',
  'catalog_dir',
  'allow_access',
  'ssh_key_files',
  'write_password_hash',
  'write_secrets',
  'output_dir',
  'components',
  'timeout',
  'wait_for_ready',
  'audit',
  'audit_db',
  'kubeconfig',
  'context',
  'dry_run',
  'verbose',
];

async function renderedWith(flags: object): Promise<string> {
  const files = render(await planOf({ workloads: 'disk', ...flags }));
  return files
    .filter(({ name }) => name !== 'kustomizeconfig.yaml')
    .map(textOf)
    .join('---\n');
}

describe('options', () => {
  test.each(Object.entries(OPTIONS))('%s changes the rendered objects', async (option, flags) => {
    const [before, after] = [await renderedWith({ workloads: flags.workloads ?? 'disk' }), await renderedWith(flags)];
    expectGolden(`options/${option}.yaml`, `# ${JSON.stringify(flags).replaceAll(`${ROOT}/`, '')}\n${changes(before, after)}`);
    expect(after).not.toBe(before);
  });

  test('have a golden file each, or do not affect rendering', () => {
    const known = [...Object.keys(OPTIONS), ...OTHERS];
    expect(known.sort()).toEqual(
      specs()
        .map(([key]) => key)
        .sort(),
    );
  });
});

test('golden files have at most 200 lines, and each belongs to a test', () => {
  const names = (readdirSync(GOLDEN, { recursive: true }) as string[]).filter((name) => name.endsWith('.yaml'));
  const long = names.filter((name) => readFileSync(join(GOLDEN, name), 'utf8').split('\n').length > MOST_LINES);
  expect(long).toEqual([]);
  const expected = [
    ...FAMILIES.flatMap((os) => SHIPPED.map((entry) => `${os}/${entry}.yaml`)),
    ...Object.keys(OPTIONS).map((key) => `options/${key}.yaml`),
    'trials.yaml',
    ...COMPONENTS.map((name) => `components/${name}.yaml`),
  ];
  expect(names.sort()).toEqual(expected.sort());
});
