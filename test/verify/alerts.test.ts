import { checkedAlerts, type SeenAlert } from '../../src/verify/alerts';
import { alertsOf } from '../../src/verify/outside-alerts';
import { overHttp, Prometheus } from '../../src/verify/prometheus';
import type { TruthAlert, TruthVm } from '../../src/verify/truth';
import { fakePrometheus } from '../support/fake-prometheus';
import { truthOf } from '../support/truths';

const FROM = 1_000_000;
const FULL: TruthAlert = {
  name: 'GuestFilesystemAlmostOutOfSpace',
  severity: 'warning',
  afterSeconds: 600,
  why: 'a file system is full',
  workload: 'cpu',
  vms: ['cpu-0', 'cpu-1'],
};
const seen = (vm: string, more: Partial<SeenAlert> = {}): SeenAlert => ({
  name: FULL.name,
  state: 'firing',
  severity: 'warning',
  vm,
  from: FROM + 100,
  to: FROM + 600,
  ...more,
});
/** The VMs were started so many seconds before the truth, which is of 600 s. */
const startedBefore = (seconds: number) => (): Partial<TruthVm> => ({ since: FROM - seconds });
const NOT_FIRED =
  'not fired of cpu, -: Prometheus has no such alert of these VMs: are the rules of KubeVirt loaded? It fires when a file system is full';

test.each<[string, readonly TruthAlert[] | undefined, readonly SeenAlert[] | undefined, number | undefined, readonly string[]]>([
  ['fired', [FULL], [seen('cpu-1'), seen('cpu-0', { state: 'pending' })], 1000, ['fired of cpu, cpu-1 since 1000100: ']],
  ['fired before it is due', [FULL], [seen('cpu-0'), seen('cpu-1', { from: FROM })], 0, ['fired of cpu, cpu-0 cpu-1 since 1000000: ']],
  ['fired without a severity', [FULL], [seen('cpu-1', { severity: undefined } as never)], 0, ['fired of cpu, cpu-1 since 1000100: ']],
  [
    'pending',
    [FULL],
    [seen('cpu-0', { state: 'pending' })],
    1000,
    ['✗ pending of cpu, cpu-0 since 1000100: its condition holds, but not for long enough yet'],
  ],
  ['not fired', [FULL], [], 1000, [`✗ ${NOT_FIRED}`]],
  ['not fired, and the start is not known', [FULL], [], undefined, [`✗ ${NOT_FIRED}`]],
  ['just due', [FULL], [], 120, [`✗ ${NOT_FIRED}`]],
  ['not due', [FULL], [], 119, ['not due of cpu, -: due in 1 s']],
  ['not due, and pending', [FULL], [seen('cpu-0', { state: 'pending' })], -300, ['not due of cpu, cpu-0 since 1000100: due in 7 min']],
  [
    'another severity of the same alert',
    [FULL],
    [seen('cpu-0', { severity: 'critical' })],
    1000,
    [`✗ ${NOT_FIRED}`, 'unexpected of -, cpu-0 since 1000100: no workload is expected to fire it'],
  ],
  [
    'others',
    [FULL],
    [seen('cpu-0'), seen('idle-0'), seen('idle-0', { name: 'Other', state: 'pending' })],
    1000,
    ['fired of cpu, cpu-0 since 1000100: ', 'unexpected of -, idle-0 since 1000100: no workload is expected to fire it'],
  ],
  ['a source without alerts', [FULL], undefined, 1000, ['not checked of cpu, -: a file of readings has no alerts']],
  [
    'no configuration',
    undefined,
    [seen('cpu-0')],
    1000,
    ['not checked of -, cpu-0 since 1000100: which alerts are expected is not known without workloads'],
  ],
  ['nothing at all', undefined, [], 1000, []],
])('alerts: %s', (_, expected, found, started, verdicts) => {
  const truth = truthOf({
    ...(expected === undefined ? {} : { alerts: expected }),
    ...(started === undefined ? {} : { change: startedBefore(started) }),
  });
  expect(
    checkedAlerts(truth, found).map(
      ({ good, verdict, workload = '-', vms, since, why }) =>
        `${good ? '' : '✗ '}${verdict} of ${workload}, ${vms.join(' ') || '-'}${since === undefined ? '' : ` since ${since}`}: ${why}`,
    ),
  ).toEqual(verdicts);
});

test('an alert of which no VM is ready', () => {
  const truth = truthOf({ alerts: [FULL], change: () => ({ notReady: 'is stopped' }) });
  expect(checkedAlerts(truth, [])).toMatchObject([{ good: false, why: 'cpu-0 is not ready: is stopped' }]);
});

test('both the VMs that an alert is about and those that fire it must have run for long enough', () => {
  const alerts = [{ ...FULL, workload: 'idle' }];
  const truth = truthOf({ alerts, change: ({ name }) => ({ since: name === 'idle-0' ? FROM : FROM - 5000 }) });
  expect(checkedAlerts(truth, [])).toMatchObject([{ verdict: 'not due' }]);
});

test('the alerts of Prometheus, by the labels that name a VM', async () => {
  const alert = (labels: { readonly [label: string]: string }) => ({
    labels: { alertname: 'A', alertstate: 'firing', ...labels },
    value: (time: number) => (time >= FROM + 300 ? 1 : undefined),
  });
  const { url, queries } = await fakePrometheus({
    series: () => [
      alert({ name: 'cpu-0', severity: 'warning' }),
      alert({ vmi: 'cpu-1' }),
      alert({ pod: 'virt-launcher-idle-0-x7k2p', name: 'compute' }),
      alert({ pod: 'virt-launcher-cpu-0-12-x7k2p' }),
      alert({ pod: 'cpu-0' }),
      alert({ name: 'web-0' }),
      alert({ name: 'cpu-0', alertstate: 'inactive' }),
      alert({}),
    ],
  });
  const prometheus = new Prometheus('P', overHttp(new URL(url), { signal: new AbortController().signal }));
  const truth = truthOf({ change: startedBefore(900) });
  const found = await alertsOf(prometheus, truth);
  expect(found.map(({ from: _, to: __, ...each }) => each)).toEqual([
    { name: 'A', state: 'firing', severity: 'warning', vm: 'cpu-0' },
    { name: 'A', state: 'firing', vm: 'cpu-1' },
    { name: 'A', state: 'firing', vm: 'idle-0' },
  ]);
  expect(found[0]?.from).toBeGreaterThanOrEqual(FROM + 300);
  expect(queries).toEqual(['max by (alertname, alertstate, severity, name, vmi, vm, pod) (last_over_time(ALERTS{namespace="ns"}[15s]))']);
});
