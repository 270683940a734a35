import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors';
import { loadPlan } from '../../src/load-plan';
import { totals } from '../../src/plan/totals';
import { tempDir } from '../support/render';

async function plan(file: string, flags: { readonly [flag: string]: unknown } = {}) {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), file);
  return (await loadPlan({ flags, env: {}, cwd })).plan;
}

async function faults(file: string, flags: { readonly [flag: string]: unknown } = {}): Promise<string> {
  return plan(file, flags).then(
    () => '',
    (error) => (error instanceof UserError ? error.message.replace(/virtwork\.yaml:\d+:\d+: /g, '') : Promise.reject(error)),
  );
}

const settings = (text: string) => `workloads: { disk: { ${text} } }\n`;

// What KubeVirt rejects, or could never run.
test.each([
  ['cpu: { cores: 2, numa: true, dedicated: true }', 'workloads.disk.cpu.numa: needs hugepages'],
  ['cpu: { cores: 2, numa: true }, hugepages: 2Mi', 'workloads.disk.cpu.numa: needs dedicated: true'],
  ['cpu: { cores: 2, isolate_emulator: true }', 'workloads.disk.cpu.isolate_emulator: needs dedicated: true'],
  ['cpu: { threads: 4, dedicated: true }', 'workloads.disk.cpu.threads: must be at most 2 with dedicated: true, got 4'],
  ['cpu: { sockets: 32, cores: 32 }', 'workloads.disk.cpu: must have at most 512 CPUs, got 1024'],
  ['max_sockets: 1', 'workloads.disk.max_sockets: must be at least the number of sockets, which is 2, got 1'],
  ['hugepages: 4Mi', 'workloads.disk.hugepages: must be a page size of amd64 (2Mi, 1Gi), got 4Mi'],
  ['hugepages: 1Gi, memory: 1536Mi', 'workloads.disk.hugepages: must divide the memory of the VM, which is 1536Mi, got 1Gi'],
  ['hugepages: 1Gi, memory: 512Mi', 'workloads.disk.hugepages: must divide the memory of the VM, which is 512Mi, got 1Gi'],
  [
    'hugepages: 1Gi, resources: { requests: { memory: 1500Mi } }',
    'workloads.disk.resources.requests.memory: must be a multiple of the page size 1Gi, got 1500Mi',
  ],
  [
    'memory: 4Gi, resources: { limits: { memory: 3Gi } }',
    'workloads.disk.resources.limits.memory: must be at least the memory of the VM, which is 4Gi, got 3Gi',
  ],
  [
    'resources: { requests: { memory: 4Gi, cpu: 3 }, limits: { memory: 3Gi, cpu: 2500m } }',
    'workloads.disk.resources.requests.memory: must be at most the limit, which is 3Gi, got 4Gi',
  ],
  [
    'resources: { requests: { cpu: 3 }, limits: { cpu: 2500m } }',
    'resources.requests.cpu: must be at most the limit, which is 2500m, got 3',
  ],
  [
    'cpu: { dedicated: true }, resources: { requests: { memory: 2Gi }, limits: { memory: 3Gi } }',
    'workloads.disk.resources.requests.memory: must be the limit, which is 3Gi, with dedicated: true of cpu, got 2Gi',
  ],
  [
    'cpu: { cores: 4, dedicated: true }, resources: { limits: { cpu: 3500m } }',
    'workloads.disk.resources.limits.cpu: must be the number of CPUs, which is 4, with dedicated: true of cpu, got 3500m',
  ],
  ['architecture: arm64, firmware: bios', 'workloads.disk.firmware: must not be bios on arm64'],
  ['architecture: arm64, firmware: secure-boot', 'workloads.disk.firmware: must not be secure-boot on arm64'],
  ['architecture: s390x, firmware: uefi', 'workloads.disk.firmware: must not be set on s390x'],
  ['architecture: arm64, cpu: { model: host-model }', 'workloads.disk.cpu.model: must be host-passthrough on arm64, got host-model'],
  [
    'architecture: arm64, cpu: { threads: 2, dedicated: true }',
    'workloads.disk.cpu.threads: must be 1 with dedicated: true on arm64, got 2',
  ],
  [
    'architecture: arm64, max_sockets: 4',
    'workloads.disk.max_sockets: must be the number of sockets, which is 2: KubeVirt does not hot-plug',
  ],
  ['architecture: arm64, disk_bus: sata', 'workloads.disk.disk_bus: must not be sata on arm64'],
  ['architecture: s390x, disk_bus: sata', 'workloads.disk.disk_bus: must not be sata on s390x'],
  ['guest_os: debian, disk_bus: sata', 'workloads.disk.disk_bus: must not be sata with the image of debian, whose kernel has no driver'],
  ['architecture: s390x, tpm: true', 'workloads.disk.tpm: must not be set on s390x'],
  ['architecture: s390x, hugepages: 2Mi', 'workloads.disk.hugepages: must be a page size of s390x (1Mi, 2Gi), got 2Mi'],
  ['architecture: s390x, guest_os: debian', 'workloads.disk.architecture: must be one of amd64, arm64 with the image of debian, got s390x'],
  ['disk_io: native, disk_cache: writeback', 'workloads.disk.disk_io: must not be native with the cache mode writeback'],
  ['disk_bus: scsi, io_threads: { dedicated: true }', 'workloads.disk.io_threads.dedicated: must not be set with the bus scsi'],
  ['io_threads: supplementalPool', 'workloads.disk.io_threads: needs count'],
  ['io_threads: { policy: supplementalPool }', 'workloads.disk.io_threads.policy: needs count'],
  ['io_threads: { policy: auto, count: 3 }', 'workloads.disk.io_threads.count: must not be set without policy: supplementalPool'],
  ['preallocation: true, disk_discard: true', 'workloads.disk.disk_discard: must not be true with preallocation'],
])('{ %s } is rejected', async (text, message) => expect(await faults(settings(text))).toContain(message));

test('all mistakes are reported together, and no other', async () => {
  const text = 'cpu: { cores: 2, numa: true, isolate_emulator: true }, io_threads: supplementalPool, firmware: bios, architecture: arm64';
  expect((await faults(settings(text))).split('\n')).toHaveLength(5);
});

test.each([
  'cpu: { sockets: 1, cores: 4, dedicated: true }, hugepages: 1Gi, memory: 8Gi, resources: { limits: { memory: 9Gi } }',
  'cpu: { cores: 2, threads: 2, dedicated: true, numa: true, isolate_emulator: true }, hugepages: 2Mi, resources: { requests: { cpu: 4 }, limits: { cpu: 4 } }',
  'cpu: { dedicated: true, model: host-passthrough }, cpu_cores: 4',
  'resources: { requests: { memory: 1Gi, cpu: 100m } }, overcommit: true',
  'max_sockets: 8',
  'architecture: arm64, firmware: uefi, disk_bus: scsi, hugepages: 32Mi, cpu: { model: host-passthrough, threads: 2 }',
  'architecture: s390x, disk_bus: scsi, guest_os: ubuntu',
  'architecture: s390x, guest_os: debian, container_disk_image: "registry.example/debian:13"',
  'guest_os: debian, disk_bus: sata, container_disk_image: "registry.example/debian:13"',
  'disk_io: native, disk_cache: none',
  'disk_io: native',
  'disk_bus: sata, disk_cache: writethrough, disk_discard: false, preallocation: true',
  'io_threads: { policy: supplementalPool, count: 4, dedicated: true }, block_multiqueue: true',
  'firmware: secure-boot, tpm: { persistent: true }, rng: false',
])('{ %s } is accepted', async (text) => expect(await faults(settings(text))).toBe(''));

describe('an instancetype', () => {
  test.each([
    'cpu_cores: 4',
    'memory: 4Gi',
    'cpu: { cores: 2 }',
    'max_sockets: 4',
    'hugepages: 2Mi',
    'resources: { limits: { cpu: 2 } }',
  ])('decides instead of %s', async (size) => {
    const key = size.replace(/:.*/, '');
    expect(await faults(settings(`instancetype: u1.medium, ${size}`))).toBe(
      `workloads.disk.${key}: must not be set together with instancetype: u1.medium decides about CPUs and memory\n  hint: omit one of the two`,
    );
  });

  test.each<[string, string, { readonly [flag: string]: unknown }]>([
    ['at the top level', 'instancetype: u1.medium\nmemory: 4Gi\n', {}],
    ['of flags', '', { instancetype: 'u1.medium', memory: '4Gi' }],
    ['of a flag for all, before the file', settings('instancetype: u1.medium'), { memory: '4Gi' }],
    ['of the workload alone, after the top level', `instancetype: u1.medium\n${settings('memory: 4Gi')}`, {}],
  ])('rejects a size %s', async (_, file, flags) =>
    expect(await faults(file, flags)).toContain('memory: must not be set together with instancetype'));

  test.each<[string, string, { readonly [flag: string]: unknown }]>([
    ['the top level', `memory: 4Gi\ncpu_cores: 3\n${settings('instancetype: u1.medium')}`, {}],
    ['the file', settings('memory: 4Gi'), { instancetype: 'u1.medium' }],
  ])('replaces the sizes of %s', async (_, file, flags) => {
    const [role] = (await plan(file, flags)).workloads[0]?.roles ?? [];
    expect(role).toMatchObject({ machine: { instancetype: { name: 'u1.medium' } } });
    expect([role?.cpuCores, role?.memory]).toEqual([undefined, undefined]);
  });

  test('is not in the sums, which name it', async () => {
    const sums = totals(
      await plan('workloads: { disk: { instancetype: u1.medium, vm_count: 3 }, cpu: { cpu: { cores: 3, threads: 2 } } }\n'),
    );
    expect(sums).toMatchObject({ vms: 4, cpuCores: 6, memoryBytes: 2n << 30n, sizedByInstancetype: { vms: 3, names: ['u1.medium'] } });
  });

  test('leaves the rules for memory to the user', async () => {
    expect(await faults('workloads: { memory: { instancetype: u1.nano } }\n')).toBe('');
  });
});

test('cpu_cores and the topology of cpu are two ways to say the same', async () => {
  expect(await faults(settings('cpu_cores: 4, cpu: { cores: 4 }'))).toBe(
    'workloads.disk.cpu_cores: must not be set together with sockets, cores or threads of cpu, which also set the number of CPUs\n  hint: omit one of the two',
  );
  const [role] = (await plan(`cpu_cores: 4\n${settings('cpu: { cores: 3, threads: 2 }')}`)).workloads[0]?.roles ?? [];
  expect(role).toMatchObject({ cpuCores: 6, machine: { cpu: { sockets: 1, cores: 3, threads: 2 } } });
});

test('options of disks without effect are reported like those of their storage', async () => {
  const { warnings } = await plan('workloads: { cpu: { disk_bus: scsi, preallocation: true } }\n', { 'disk-cache': 'none' });
  expect(warnings.map((each) => each.replace(/^virtwork\.yaml:\d+:\d+: /, ''))).toEqual([
    'flag --disk-cache: has no effect: no VM that is rendered has a disk of its own',
    'workloads.cpu.disk_bus: has no effect: the VMs of cpu have no disk of their own',
    'workloads.cpu.preallocation: has no effect: the VMs of cpu have no disk of their own',
  ]);
});
