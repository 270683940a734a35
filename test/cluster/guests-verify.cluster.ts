import { join } from 'node:path';
import { isInstalled } from '../support/tools';
import { eventually, place, rules } from './cluster';
import { BOOT, Guests, machines, withPrograms } from './guest/guests';
import { INTERVAL, Prometheus } from './guest/prometheus';

/** Small loads, so that two emulated guests leave processor time to each other. */
const FLAGS = [
  ...['--workloads cpu,disk --guest-os debian --cpu-cores 1 --memory 448Mi --disk-size 1Gi'],
  ...['--params cpu.cpu-load-percent=30,disk.numjobs=1,disk.runtime=600,disk.file-size=64M,disk.rate-iops=40'],
].join(' ');
const [CPU, DISK] = ['virtwork-cpu-0', 'virtwork-disk-0'];

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
  await new Promise((resolve) => {
    setTimeout(resolve, 2 * INTERVAL * 1000);
  });
  const outside = await prometheus.value(expression);
  const after = await count();
  expect(outside).toBeGreaterThanOrEqual(before);
  expect(outside).toBeLessThanOrEqual(after);
}

describe('what Prometheus sees of real guests', () => {
  withPrometheus(
    'the VMs become ready, and all targets answer',
    async () => {
      expect(await here.virtwork(`synth ${FLAGS}`)).toMatchObject({ status: 0 });
      here.kubectl(`apply --server-side --validate=strict -k ${join(here.cwd, 'dist')}`);
      const { status, stdout } = await here.virtwork('wait --timeout 14m', {}, 15 * 60);
      expect({ status, stdout }).toEqual({ status: 0, stdout: expect.any(String) });
      expect(machines()).toHaveLength(2);
      await eventually(async () => {
        const up = await prometheus.query('up');
        expect(up.map(({ metric, value }) => [metric.job, metric.name, value[1]]).sort()).toEqual([
          ['guests', CPU, '1'],
          ['guests', DISK, '1'],
          ['kubevirt-prometheus-metrics', undefined, '1'],
          ['virt-controller', undefined, '1'],
        ]);
      });
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

  withPrometheus('after a migration, the counters begin again on another node', async () => {
    const { nodeName } = guests.instance(CPU).status;
    const counter = `kubevirt_vmi_cpu_usage_seconds_total${of(CPU)}`;
    const before = await prometheus.value(counter);
    const migration = {
      ...{ apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstanceMigration' },
      ...{ metadata: { name: 'move' }, spec: { vmiName: CPU } },
    };
    here.kubectl('create -f -', JSON.stringify(migration));
    await eventually(async () => {
      const series = await prometheus.query(counter);
      expect(series.map(({ metric }) => metric.node)).toEqual([guests.instance(CPU).status.nodeName]);
      expect(series[0]?.metric.node).not.toBe(nodeName);
    }, 240);
    expect(await prometheus.value(counter)).toBeLessThan(before);
  });

  withPrometheus('cleanup leaves no process and no disk', () => guests.cleanUp('--delete-namespace'), BOOT);
});
