import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { meanLevel, type Shape, level as shapeLevel } from '../../src/signals/shape';
import type { Truth, TruthVm } from '../../src/verify/truth';
import { PROGRAM } from '../support/program';
import { prometheus } from '../support/prometheus';
import { tempDir } from '../support/render';
import { ended, start } from '../support/run';
import { needs } from '../support/tools';
import { CPU } from '../support/truths';

jest.setTimeout(180_000);

const TO = Math.floor(Date.now() / 60_000) * 60 - 60;
const FROM = TO - 3600;
const SHAPE: Shape = { kind: 'duty', period: 1200, low: 15, duty: 50, steps: 2, noise: 0, seed: 0 };
/** Two CPUs that follow the shape, one CPU, and almost nothing. */
const RATES: { readonly [vm: string]: (from: number, to: number) => number } = {
  'day-0': (from, to) => 2 * meanLevel(SHAPE, from, to),
  'cpu-0': () => 1,
  'idle-0': () => 0.01,
};
const ALERT = {
  name: 'VMCannotBeEvicted',
  severity: 'warning',
  afterSeconds: 60,
  why: 'a disk is local',
  workload: 'cpu',
  vms: ['cpu-0'],
} as const;

/** The counter of a VM every 15 s, also before the truth begins. @param change of the rate */
function counter(vm: string, change: (rate: number, time: number) => number = (rate) => rate): [time: number, value: number][] {
  let total = 0;
  return Array.from({ length: (TO - FROM + 600) / 15 + 1 }, (_, index) => {
    const time = FROM - 600 + index * 15;
    if (index > 0) total += 15 * change((RATES[vm] as (typeof RATES)[string])(time - 15, time), time);
    return [time, total];
  });
}

function truth(): Truth {
  const vm = (name: string): TruthVm => {
    const samples = counter(name).filter(([time]) => time >= FROM);
    const levels = name === 'day-0' ? { levels: samples.map(([time]) => [time, shapeLevel(SHAPE, time)] as const) } : {};
    return {
      name,
      workload: name.split('-')[0] as string,
      agent: true,
      since: FROM - 600,
      times: samples.map(([time]) => time),
      series: { cpu: [samples] },
      events: [],
      ...levels,
    };
  };
  return {
    schema: 'virtwork.truth/1',
    namespace: 'ns',
    from: FROM,
    to: TO,
    interval: 15,
    workloads: [
      { workload: 'day', signals: [CPU], shape: SHAPE },
      { workload: 'cpu', signals: [CPU] },
      { workload: 'idle', signals: [CPU], idle: true },
    ],
    alerts: [ALERT],
    vms: ['day-0', 'cpu-0', 'idle-0'].map(vm),
  };
}

interface Change {
  readonly cpu?: { readonly [vm: string]: Parameters<typeof counter>[1] };
  /** VMs without a series. */
  readonly without?: readonly string[];
  readonly state?: string;
}

/** What Prometheus has stored, as text of OpenMetrics. */
function stored({ cpu = {}, without = [], state = 'firing' }: Change): string {
  const vms = Object.keys(RATES).filter((vm) => !without.includes(vm));
  const labels = (vm: string) => `{namespace="ns",name="${vm}",node="worker-1"}`;
  return [
    '# TYPE kubevirt_vmi_cpu_usage_seconds counter',
    ...vms.flatMap((vm) =>
      counter(vm, cpu[vm]).map(([time, value]) => `kubevirt_vmi_cpu_usage_seconds_total${labels(vm)} ${value} ${time}`),
    ),
    '# TYPE ALERTS gauge',
    ...counter('cpu-0').map(
      ([time]) => `ALERTS{alertname="${ALERT.name}",alertstate="${state}",severity="warning",namespace="ns",name="cpu-0"} 1 ${time}`,
    ),
    ...counter('cpu-0').map(
      ([time]) => `ALERTS{alertname="KubePodNotReady",alertstate="firing",namespace="ns",pod="virt-launcher-idle-0-x7k2p"} 1 ${time}`,
    ),
    '# EOF\n',
  ].join('\n');
}

const ALERTS = ['VMCannotBeEvicted fired cpu-0', 'KubePodNotReady unexpected idle-0'];

needs('prometheus', 'promtool').each<[string, Change, number, readonly string[], (readonly string[])?]>([
  ['all is as expected', {}, 0, []],
  ['one reading is falsified by 20 %', { cpu: { 'cpu-0': (rate) => 0.8 * rate } }, 1, ['cpu-0 cpu deviates']],
  ['a reading that follows a curve is falsified by 20 %', { cpu: { 'day-0': (rate) => 0.8 * rate } }, 1, ['day-0 cpu deviates']],
  [
    'a curve is half a period late',
    { cpu: { 'day-0': (_, time) => RATES['day-0']?.(time - 615, time - 600) ?? 0 } },
    1,
    ['day-0 cpu deviates'],
  ],
  ['one series is missing', { without: ['cpu-0'] }, 1, ['cpu-0 cpu no series']],
  ['an idle VM is not quiet', { cpu: { 'idle-0': () => 1 } }, 1, ['idle-0 cpu loud']],
  ['the alert is only pending', { state: 'pending' }, 3, [], ['VMCannotBeEvicted pending cpu-0', ALERTS[1] as string]],
])('a real Prometheus: %s', async (_, change, code, bad, alerts = ALERTS) => {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'truth.json'), JSON.stringify(truth()));
  const server = await prometheus(stored(change), {});
  try {
    const args = ['verify', '--truth', 'truth.json', '--prometheus', server.url, '-o', 'json'];
    const { status, stdout, stderr } = await ended(start(process.execPath, [PROGRAM, ...args], { cwd }), 60);
    expect(stderr).toBe('');
    const verification = JSON.parse(stdout);
    type Vm = { name: string; curve?: { verdict: string }; signals: { name: string; good: boolean; verdict: string }[] };
    const found = verification.vms.flatMap(({ name, signals }: Vm) =>
      signals.filter(({ good }) => !good).map((signal) => `${name} ${signal.name} ${signal.verdict}`),
    );
    const seen = verification.alerts.map(
      (alert: { name: string; verdict: string; vms: string[] }) => `${alert.name} ${alert.verdict} ${alert.vms}`,
    );
    expect({ code: status, bad: found, alerts: seen, curve: verification.vms[0].curve }).toEqual({
      code,
      bad,
      alerts,
      curve: { verdict: 'follows', why: '' },
    });
  } finally {
    await server.stop();
  }
});
