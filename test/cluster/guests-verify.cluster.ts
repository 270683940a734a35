import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Verification } from '../../src/verify/verification';
import { isInstalled } from '../support/tools';
import { eventually, place, rules } from './cluster';
import { type Falsified, FalsifyingProxy } from './guest/falsifying-proxy';
import { BOOT, Guests, machines, withPrograms } from './guest/guests';
import { INTERVAL, PROMETHEUS, Prometheus } from './guest/prometheus';

/** Loads that are far above the floors of their signals, and leave processor time to the other emulated guests. */
const FLAGS = [
  ...['--workloads cpu,disk,idle --guest-os debian --cpu-cores 1 --memory 448Mi --disk-size 1Gi'],
  ...['--params cpu.cpu-load-percent=80,disk.numjobs=1,disk.runtime=3600,disk.file-size=64M,disk.block-size-rw=64k,disk.rate-iops=40'],
].join(' ');
const [CPU, DISK, IDLE] = ['virtwork-cpu-0', 'virtwork-disk-0', 'virtwork-idle-0'];

/** A probe takes half a second of the CPU time of an emulated guest. */
const OVERLAY = `resources: [../dist]
patches:
  - target: { kind: VirtualMachine }
    patch: '[{ "op": "replace", "path": "/spec/template/spec/readinessProbe/periodSeconds", "value": 30 }]'
`;

/** How long verify asks the guests. Each answer takes a second of their CPU time. */
const TIME = '--for 150s --interval 50s';

const withPrometheus: jest.It = isInstalled('prometheus') ? withPrograms('fio', 'stress-ng') : (test.skip as unknown as jest.It);

const here = place();
const guests = new Guests(here);
let prometheus: Prometheus;

beforeAll(() => {
  if (!process.env.TEST_GUESTS) return;
  rules({ match: `${here.namespace}/*`, guest: 'real' });
  prometheus = new Prometheus();
});
afterAll(() => prometheus?.stop());

/** Selects the series of a VM. */
function of(vm: string, ...matchers: readonly string[]): string {
  return `{${[`namespace="${here.namespace}",name="${vm}"`, ...matchers].join()}}`;
}

/** A number from a guest. */
async function number(vm: string, script: string): Promise<number> {
  return Number(await guests.run(vm, script));
}

/** Expects what an outsider reads to lie between what the guest counts now and some seconds later. */
async function expectAgreement(expression: string, count: () => Promise<number>): Promise<void> {
  const before = await count();
  // The next reading by Prometheus is later than the first count.
  await sleep(2 * INTERVAL * 1000);
  const outside = await prometheus.value(expression);
  const after = await count();
  expect(outside).toBeGreaterThanOrEqual(before);
  expect(outside).toBeLessThanOrEqual(after);
}

/** The Prometheus of the test, as the Service of a pod. */
const SERVICE = [
  {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'prometheus', labels: { app: 'prometheus' } } },
    spec: { containers: [{ name: 'prometheus', image: 'prometheus.example/prometheus:1' }] },
  },
  {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'prometheus' } },
    spec: { selector: { app: 'prometheus' }, ports: [{ port: 9090 }] },
  },
];

function migrationOf(vm: string) {
  return {
    ...{ apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstanceMigration' },
    ...{ metadata: { name: `move-${vm}` }, spec: { vmiName: vm } },
  };
}

/** The signals of every workload. */
const DEFAULTS = ['cpu', 'disk-read', 'disk-write', 'network-receive', 'network-transmit'];

/** What verify finds: the verdict of each signal, and what is not as expected, with its reason. */
async function verified(flags: string) {
  const { status, stdout, stderr } = await here.virtwork(`verify ${flags} -o json`);
  expect({ stdout, stderr }).toEqual({ stdout: expect.stringMatching(/^\{/), stderr: expect.any(String) });
  const { control, vms } = JSON.parse(stdout) as Verification;
  const signals = vms.flatMap((vm) => vm.signals.map((signal) => ({ ...signal, of: `${vm.name} ${signal.name}` })));
  return {
    ...{ status, control, vms },
    verdicts: Object.fromEntries(signals.map(({ of, verdict }) => [of, verdict])),
    found: [
      ...vms.flatMap(({ name, why }) => (why === undefined ? [] : [`${name}: ${why}`])),
      ...signals.filter(({ good }) => !good).map(({ of, verdict, why }) => `${of} ${verdict}: ${why}`),
    ],
  };
}

/** Expects that the signals of the migrated VM went on. */
function expectMoved(vms: Verification['vms']): void {
  const disk = vms.find(({ name }) => name === DISK);
  const moved = expect.objectContaining({ kind: 'migration', text: expect.stringMatching(/^moved from node .+ to node /) });
  expect(disk?.events).toEqual([moved]);
  for (const name of ['disk-read', 'disk-write'])
    expect(disk?.signals.find((signal) => signal.name === name)).toMatchObject({
      verdict: 'seen',
      continuity: [{ kind: 'migration', finding: 'steady' }],
    });
}

describe('what Prometheus sees of real guests', () => {
  withPrometheus(
    'the VMs become ready, and all targets answer',
    async () => {
      expect(await here.virtwork(`synth ${FLAGS}`)).toMatchObject({ status: 0 });
      mkdirSync(join(here.cwd, 'overlay'));
      writeFileSync(join(here.cwd, 'overlay/kustomization.yaml'), OVERLAY);
      here.kubectl(`apply --server-side --validate=strict -k ${join(here.cwd, 'overlay')}`);
      const { status, stdout } = await here.virtwork('wait --timeout 14m', {}, 15 * 60);
      expect({ status, stdout }).toEqual({ status: 0, stdout: expect.any(String) });
      expect(machines()).toHaveLength(3);
      await eventually(async () => {
        const up = await prometheus.query('up');
        expect(up.map(({ metric, value }) => [metric.job, metric.name, value[1]]).sort()).toEqual([
          ['guests', CPU, '1'],
          ['guests', DISK, '1'],
          ['guests', IDLE, '1'],
          ['kubevirt-prometheus-metrics', undefined, '1'],
          ['virt-controller', undefined, '1'],
        ]);
      });
      // The lab image has the programs of all workloads, and these run in every guest.
      for (const vm of [CPU, DISK, IDLE]) await guests.run(vm, 'systemctl stop redis-server postgresql');
    },
    BOOT,
  );

  withPrometheus('the readings have the labels of KubeVirt, and say that they are simulated', async () => {
    const { nodeName } = guests.instance(CPU).status;
    const [series, ...more] = await prometheus.query(`kubevirt_vmi_cpu_usage_seconds_total${of(CPU)}`);
    expect(more).toEqual([]);
    expect(series?.metric).toMatchObject({
      ...{ node: nodeName, namespace: here.namespace, name: CPU },
      kubernetes_vmi_label_app_kubernetes_io_component: 'cpu',
    });
    const drives = await prometheus.query(`kubevirt_vmi_storage_flush_requests_total${of(DISK)}`);
    expect(drives.map(({ metric }) => metric.drive).sort()).toEqual(['cloudinitdisk', 'containerdisk', 'data', 'guestdisk']);
    const cards = await prometheus.query(`kubevirt_vmi_network_receive_bytes_total${of(DISK)}`);
    expect(cards.map(({ metric }) => metric.interface)).toEqual(['default']);
    // From the real virt-controller.
    expect(await prometheus.value(`kubevirt_vmi_info${of(CPU, 'phase="running"')}`)).toBe(1);
    expect(await prometheus.help('simulated_virt_handler_info')).toEqual([expect.stringContaining('This is a simulation')]);
  });

  withPrometheus('the readings rise as the workloads work', async () => {
    const rate = (metric: string, selector: string) => prometheus.value(`sum(rate(${metric}${selector}[3m]))`);
    await eventually(async () => {
      expect(await rate('kubevirt_vmi_cpu_usage_seconds_total', of(CPU))).toBeGreaterThan(0.2);
      expect(await rate('kubevirt_vmi_vcpu_seconds_total', of(CPU))).toBeGreaterThan(0.2);
      expect(await rate('virtwork_unit_cpu_seconds_total', of(CPU, 'unit="virtwork-cpu.service"'))).toBeGreaterThan(0.2);
      for (const direction of ['read', 'write']) {
        expect(await rate(`kubevirt_vmi_storage_iops_${direction}_total`, of(DISK, 'drive="data"'))).toBeGreaterThan(1);
        expect(await rate(`kubevirt_vmi_storage_${direction}_traffic_bytes_total`, of(DISK, 'drive="data"'))).toBeGreaterThan(4096);
        expect(await rate(`kubevirt_vmi_storage_${direction}_times_seconds_total`, of(DISK, 'drive="data"'))).toBeGreaterThan(0);
      }
      for (const direction of ['receive', 'transmit'])
        expect(await rate(`kubevirt_vmi_network_${direction}_packets_total`, of(DISK))).toBeGreaterThan(0.1);
    }, 300);
  });

  withPrometheus('they are what the kernel of the guest counts', async () => {
    const sum = (metric: string, ...matchers: string[]) => `sum(kubevirt_vmi_${metric}${of(DISK, ...matchers)})`;
    const device = `$(basename "$(readlink -f /dev/disk/by-id/virtio-virtwork-disk)")`;
    const sectors = (field: number) => number(DISK, `awk '{ printf "%.0f", $${field} * 512 }' /sys/block/${device}/stat`);
    await expectAgreement(sum('storage_read_traffic_bytes_total', 'drive="data"'), () => sectors(3));
    await expectAgreement(sum('storage_write_traffic_bytes_total', 'drive="data"'), () => sectors(7));
    const cards = (file: string) => number(DISK, `cat /sys/class/net/en*/statistics/${file} | awk '{ n += $1 } END { print n }'`);
    // Not what it receives, because a guest of the bed also gets the broadcasts that it sent.
    await expectAgreement(sum('network_transmit_bytes_total'), () => cards('tx_bytes'));
    await expectAgreement(sum('network_transmit_packets_total'), () => cards('tx_packets'));
    expect(await prometheus.value(sum('memory_available_bytes'))).toBe(
      await number(DISK, `awk '/^MemTotal/ { print $2 * 1024 }' /proc/meminfo`),
    );
  });

  withPrometheus('verify passes, and the idle VM is quiet', async () => {
    const { status, control, verdicts, found } = await verified(`--prometheus ${PROMETHEUS} ${TIME} --record truth.json`);
    expect({ status, control, found }).toEqual({ status: 0, control: 'quiet', found: [] });
    expect(verdicts).toMatchObject({
      ...{ [`${CPU} cpu`]: 'seen', [`${DISK} disk-read`]: 'seen', [`${DISK} disk-write`]: 'seen' },
      ...Object.fromEntries(DEFAULTS.map((signal) => [`${IDLE} ${signal}`, 'quiet'])),
    });
  });

  withPrometheus.each<[string, Falsified, RegExp]>([
    [
      'lowered by 20 %',
      { vm: DISK, metric: 'storage_read_traffic_bytes', factor: 0.8 },
      / disk-read deviates: (19|20)[.\d]* % too little: /,
    ],
    [
      'removed',
      { vm: DISK, metric: 'storage_write_traffic_bytes' },
      / disk-write no series: Prometheus has series of the VM, but not this one$/,
    ],
    ['of an idle VM, and high', { vm: IDLE, metric: 'cpu_usage_seconds', factor: 9 }, / cpu loud: an idle VM shows /],
  ])('a reading that is %s is found, and nothing else', async (_, falsified, finding) => {
    const proxy = new FalsifyingProxy(PROMETHEUS, falsified);
    try {
      const { status, found } = await verified(`--prometheus ${await proxy.listen()} --truth truth.json`);
      expect({ status, found }).toEqual({ status: 1, found: [expect.stringMatching(finding)] });
      expect(found[0]).toMatch(new RegExp(`^${falsified.vm} `));
    } finally {
      proxy.close();
    }
  });

  withPrometheus('a load that is stopped is found, and nothing else', async () => {
    await guests.run(CPU, 'systemctl stop virtwork-cpu.service');
    const { status, found } = await verified(`--prometheus ${PROMETHEUS} ${TIME}`);
    expect({ status, found }).toEqual({
      status: 1,
      found: [
        expect.stringMatching(`^${CPU}: the VM is not ready: `),
        expect.stringMatching(`^${CPU} cpu weak: the guest did 0 s/s, below the floor of `),
      ],
    });
    await guests.run(CPU, 'systemctl start virtwork-cpu.service');
  });

  withPrometheus('through the API server, verify sees that a migrated VM goes on', async () => {
    here.kubectl('create -f -', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: SERVICE }));
    try {
      const verification = verified(`--prometheus svc/${here.namespace}/prometheus:9090 --for 150s --interval 20s`);
      await sleep(60_000);
      here.kubectl('create -f -', JSON.stringify(migrationOf(DISK)));
      const { found, vms } = await verification;
      expect(found.filter((each) => each.startsWith(DISK))).toEqual([]);
      expectMoved(vms);
    } finally {
      here.kubectl('delete pod,service prometheus --wait=false');
    }
  });

  withPrometheus('without a request to a guest, verify sees the same in the past of Prometheus', async () => {
    const { found, vms } = await verified(`--prometheus ${PROMETHEUS} --via prometheus --for 200s`);
    expect(found.filter((each) => each.startsWith(DISK))).toEqual([]);
    expectMoved(vms);
  });

  withPrometheus('after a migration, the counters begin again on another node', async () => {
    const { nodeName } = guests.instance(CPU).status;
    const counter = `kubevirt_vmi_cpu_usage_seconds_total${of(CPU)}`;
    const before = await prometheus.value(counter);
    here.kubectl('create -f -', JSON.stringify(migrationOf(CPU)));
    await eventually(async () => {
      const series = await prometheus.query(counter);
      expect(series.map(({ metric }) => metric.node)).toEqual([guests.instance(CPU).status.nodeName]);
      expect(series[0]?.metric.node).not.toBe(nodeName);
    }, 240);
    expect(await prometheus.value(counter)).toBeLessThan(before);
  });

  withPrometheus('cleanup leaves no process and no disk', () => guests.cleanUp('--delete-namespace'), BOOT);
});
