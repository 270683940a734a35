import type { Launcher } from '../../src/plan/component-plan';
import { launcherOf } from '../../src/plan/launcher';
import type { MachinePlan, RolePlan } from '../../src/plan/plan';

const IMAGE: RolePlan['boot'] = { kind: 'containerDisk', image: 'quay.io/containerdisks/fedora:43' };
const CLONE: RolePlan['boot'] = { kind: 'dataSource', namespace: 'os-images', name: 'fedora' };
const MI = 2n ** 20n;
const M = 10n ** 6n;
/** In mebibytes: processes, two vCPUs, I/O thread and video memory. */
const OVERHEAD = 220n + 16n + 8n + 32n;
/** Of the other containers: disk image and console. */
const OTHERS = { request: 36n * M, limit: 100n * M };
const GUARANTEED = { sockets: 2, cores: 1, threads: 1, dedicated: true };

function launcher(machine: MachinePlan = {}, boot = IMAGE, cpuCores = 2): Launcher {
  return launcherOf({ cpuCores, memory: '2Gi', machine, boot }) as Launcher;
}

/** Requests and limits of CPUs in thousandths, and of memory in bytes. */
type Amounts = readonly [cpu: bigint, memory: bigint, cpuLimit: bigint, memoryLimit: bigint];

test.each<[string, MachinePlan, Amounts]>([
  ['no settings', {}, [206n, (2048n + OVERHEAD) * MI + OTHERS.request, 2025n, 2n * (2048n + OVERHEAD) * MI + OTHERS.limit]],
  ['overcommit', { overcommit: true }, [206n, 2048n * MI + OTHERS.request, 2025n, 4096n * MI + OTHERS.limit]],
  [
    'a TPM',
    { tpm: { persistent: true } },
    [206n, (2048n + OVERHEAD + 53n) * MI + OTHERS.request, 2025n, 2n * (2101n + OVERHEAD) * MI + OTHERS.limit],
  ],
  [
    'arm64',
    { architecture: 'arm64' },
    [206n, (2176n + OVERHEAD) * MI + OTHERS.request, 2025n, 2n * (2176n + OVERHEAD) * MI + OTHERS.limit],
  ],
  [
    'a pool of I/O threads',
    { ioThreads: { policy: 'supplementalPool', count: 4 } },
    [606n, (2048n + OVERHEAD) * MI + OTHERS.request, 6025n, 2n * (2048n + OVERHEAD) * MI + OTHERS.limit],
  ],
  [
    // 1Gi in kilobytes, rounded up, by 512: 2097152.
    'a request, which has page tables',
    { resources: { requests: { cpu: '500m', memory: '1Gi' } } },
    [506n, (1024n + OVERHEAD) * MI + 2_097_152n + OTHERS.request, 2025n, 2n * ((1024n + OVERHEAD) * MI + 2_097_152n) + OTHERS.limit],
  ],
  [
    'a limit, which is the request too',
    { resources: { limits: { cpu: '1500m', memory: '3Gi' } } },
    // The same for both, so the resources are guaranteed: 100Mi more, and all containers request their limits.
    [1525n, (3072n + OVERHEAD + 100n) * MI + OTHERS.limit, 1525n, (3072n + OVERHEAD + 100n) * MI + OTHERS.limit],
  ],
  [
    'a limit of memory',
    { resources: { limits: { memory: '3Gi' } } },
    [206n, (3072n + OVERHEAD) * MI + OTHERS.request, 2025n, (3072n + OVERHEAD) * MI + OTHERS.limit],
  ],
  ['dedicated CPUs', { cpu: GUARANTEED }, [2025n, (2148n + OVERHEAD) * MI + OTHERS.limit, 2025n, (2148n + OVERHEAD) * MI + OTHERS.limit]],
  [
    'dedicated CPUs and one for QEMU',
    { cpu: { ...GUARANTEED, isolateEmulator: true } },
    [3025n, (2148n + OVERHEAD) * MI + OTHERS.limit, 3025n, (2148n + OVERHEAD) * MI + OTHERS.limit],
  ],
  [
    'hugepages, which are not in the memory',
    { hugepages: '2Mi' },
    [206n, OVERHEAD * MI + OTHERS.request, 2025n, 2n * OVERHEAD * MI + OTHERS.limit],
  ],
  [
    'hugepages and a limit above the guest',
    { hugepages: '2Mi', resources: { limits: { memory: '3Gi' } } },
    [206n, (1024n + OVERHEAD) * MI + OTHERS.request, 2025n, (1024n + OVERHEAD) * MI + OTHERS.limit],
  ],
  [
    // The container that copies a program requests 10m, next to 5m of the console.
    'a request below that of the containers before QEMU',
    { resources: { requests: { cpu: '1m' } } },
    [15n, (2048n + OVERHEAD) * MI + OTHERS.request, 2025n, 2n * (2048n + OVERHEAD) * MI + OTHERS.limit],
  ],
])('the pod of a VM with %s', (_, machine, [cpu, memory, cpuLimit, memoryLimit]) => {
  const { requests, limits } = launcher(machine);
  expect({ requests, limits }).toEqual({ requests: { cpu, memory }, limits: { cpu: cpuLimit, memory: memoryLimit } });
});

test('a VM without a container disk has no container for it', () => {
  expect(launcher({}, CLONE).requests).toEqual({ cpu: 205n, memory: (2048n + OVERHEAD) * MI + 35n * M });
});

const SRIOV = { name: 'fast', multus: 'fast', binding: 'sriov' };
const POD = { name: 'default', binding: 'masquerade' };

test.each<[string, Pick<RolePlan, 'networks' | 'healthPort'>, bigint]>([
  ['SR-IOV', { networks: [POD, SRIOV], healthPort: 9998 }, 1024n],
  ['no pod network: the probe runs in the guest', { networks: [{ ...SRIOV, binding: 'bridge' }], healthPort: 9998 }, 110n],
  ['no pod network and no probe', { networks: [{ ...SRIOV, binding: 'bridge' }], healthPort: 0 }, 0n],
])('%s adds to the overhead', (_, role, more) => {
  const { requests } = launcherOf({ cpuCores: 2, memory: '2Gi', boot: IMAGE, ...role }) as Launcher;
  expect(requests.memory).toBe((2048n + OVERHEAD + more) * MI + OTHERS.request);
});

test('a binding plugin may have a container, which gets the defaults of the LimitRange', () => {
  const networks = [POD, { ...SRIOV, binding: 'passt' }];
  const { requests, limits } = launcherOf({ cpuCores: 2, memory: '2Gi', boot: IMAGE, networks }) as Launcher;
  expect([requests.cpu, limits.cpu]).toEqual([306n, 2775n]);
  expect(requests.memory).toBe((2048n + OVERHEAD) * MI + OTHERS.request + 60n * M);
});

test('each vCPU adds 8Mi', () => {
  expect(launcher({}, IMAGE, 3).requests).toEqual({ cpu: 306n, memory: (2056n + OVERHEAD) * MI + OTHERS.request });
});

test('hugepages are the memory of the guest, unless less is requested', () => {
  expect(launcher({ hugepages: '2Mi' }).hugepages).toEqual({ size: '2Mi', memory: 2048n * MI });
  expect(launcher({ hugepages: '2Mi', resources: { requests: { memory: '1Gi' } } }).hugepages).toEqual({ size: '2Mi', memory: 1024n * MI });
});

test('the overhead consists of named parts', () => {
  const { overhead } = launcher({ tpm: { persistent: false }, cpu: GUARANTEED });
  expect(overhead.map(({ amount }) => amount / MI)).toEqual([220n, 16n, 8n, 32n, 53n, 100n]);
});

test('an instancetype leaves it unknown', () => {
  expect(
    launcherOf({ boot: IMAGE, machine: { instancetype: { name: 'u1.medium', kind: 'VirtualMachineClusterInstancetype' } } }),
  ).toBeUndefined();
});
