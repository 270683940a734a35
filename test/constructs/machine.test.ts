import { machine, machineDevices, matchers } from '../../src/constructs/machine';
import type { MachinePlan } from '../../src/plan/plan';

const BASE = { machine: { type: 'q35' }, firmware: { uuid: 'u', serial: 'u' }, resources: {} };
const CPU = { sockets: 2, cores: 1, threads: 1, maxSockets: 2 };

const of = (stated: MachinePlan) => ({ cpuCores: 2, memory: '4Gi', machine: stated });
const domain = (stated: MachinePlan) => JSON.parse(JSON.stringify(machine(of(stated), 'u')));

test.each<[string, MachinePlan, object]>([
  ['nothing', {}, {}],
  [
    'cpu',
    { cpu: { sockets: 1, cores: 2, threads: 2, model: 'host-model', dedicated: true, numa: true, isolateEmulator: true } },
    {
      cpu: {
        ...{ sockets: 1, cores: 2, threads: 2, maxSockets: 1, model: 'host-model' },
        ...{ dedicatedCpuPlacement: true, isolateEmulatorThread: true, numa: { guestMappingPassthrough: {} } },
      },
    },
  ],
  ['max_sockets', { maxSockets: 8 }, { cpu: { ...CPU, maxSockets: 8 } }],
  ['hugepages', { hugepages: '1Gi' }, { memory: { guest: { value: '4Gi' }, hugepages: { pageSize: '1Gi' } } }],
  [
    'resources',
    { resources: { requests: { cpu: '1' }, limits: { memory: '5Gi' } }, overcommit: true },
    { resources: { requests: { cpu: { value: '1' } }, limits: { memory: { value: '5Gi' } }, overcommitGuestOverhead: true } },
  ],
  ['arm64', { architecture: 'arm64' }, { machine: { type: 'virt' } }],
  ['s390x', { architecture: 's390x' }, { machine: { type: 's390-ccw-virtio' } }],
  ['bios', { firmware: 'bios' }, { firmware: { ...BASE.firmware, bootloader: { bios: {} } } }],
  ['uefi', { firmware: 'uefi' }, { firmware: { ...BASE.firmware, bootloader: { efi: { secureBoot: false } } } }],
  [
    'secure-boot, which needs SMM',
    { firmware: 'secure-boot' },
    { firmware: { ...BASE.firmware, bootloader: { efi: { secureBoot: true } } }, features: { acpi: {}, smm: { enabled: true } } },
  ],
  ['io_threads: auto', { ioThreads: { policy: 'auto' } }, { ioThreadsPolicy: 'auto' }],
  [
    'a supplemental pool',
    { ioThreads: { policy: 'supplementalPool', count: 4 } },
    { ioThreadsPolicy: 'supplementalPool', ioThreads: { supplementalPoolThreadCount: 4 } },
  ],
])('%s', (_, stated, expected) => {
  expect(domain(stated)).toEqual({ cpu: CPU, memory: { guest: { value: '4Gi' } }, ...BASE, ...expected });
});

test('a VM with an instancetype has no CPUs and no memory of its own', () => {
  const instancetype = { name: 'u1.medium', kind: 'VirtualMachineClusterInstancetype' };
  const preference = { name: 'fedora', kind: 'VirtualMachineClusterPreference' };
  expect(machine({ machine: { instancetype } }, 'u')).toEqual(BASE);
  expect(matchers({ machine: { instancetype, preference } })).toEqual({ instancetype, preference });
  expect(matchers({})).toEqual({});
});

test.each<[MachinePlan, object]>([
  [{}, { rng: {} }],
  [{ rng: false }, {}],
  [{ blockMultiqueue: true }, { rng: {}, blockMultiQueue: true }],
  [{ tpm: { persistent: false } }, { rng: {}, tpm: {} }],
  [{ tpm: { persistent: true } }, { rng: {}, tpm: { persistent: true } }],
])('the devices of %j', (stated, expected) => expect(machineDevices(of(stated))).toEqual(expected));
