import { join } from 'node:path';
import type { OptionKey } from '../../src/options/table';
import { ROOT } from './places';

/** A file that an option names. */
const GUEST = (name: string) => join(ROOT, 'test/fixtures/guest', name);

/** For each option that changes the rendered objects: a value other than the default, and other options that it needs. */
export const RENDERED_WITH: { readonly [option in OptionKey]?: { readonly [flag: string]: unknown } } = {
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
