import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import truthSchema from '../../src/verify/truth.schema.json';
import schema from '../../src/verify/verification.schema.json';
import { fakeCluster } from '../support/fake-cluster';
import { measured } from '../support/fake-guests';
import { virtwork } from '../support/program';
import { prometheus } from '../support/prometheus';
import { ended } from '../support/run';
import { needs } from '../support/tools';

jest.setTimeout(180_000);

const SECONDS = 1800;
/** Samples until then are stored, so that a slow test has new ones. */
const LATER = 300;
const VMS = ['virtwork-cpu-0', 'virtwork-cpu-1', 'virtwork-cpu-2'];
const UNIT = 'virtwork_unit_cpu_seconds_total';
const OUTSIDE = 'kubevirt_vmi_cpu_usage_seconds_total';

type Labels = { readonly [label: string]: string };

interface Stored {
  /** Names of VMs that are scraped; of all the others, there is no series of the guest. */
  readonly scraped?: readonly string[];
  /** Whether a scrape at a time, in seconds before now, has an answer. */
  readonly up?: (vm: string, ago: number) => boolean;
  readonly labels?: (vm: string, ago: number) => Labels;
  /** CPUs that the guest uses, and what is seen outside. */
  readonly guest?: (vm: string, ago: number) => number;
  readonly outside?: (vm: string, ago: number) => number;
  /** Seconds before now at which the guest has started again. */
  readonly reset?: number;
  readonly node?: (vm: string, ago: number) => string;
  readonly interval?: number;
  readonly seconds?: number;
}

const TARGET = (vm: string, pod = `virt-launcher-${vm}-abcde`): Labels => ({
  namespace: 'ns',
  name: vm,
  workload: 'cpu',
  job: 'virtwork',
  pod,
  instance: `${pod}:9998`,
});
const sample = (name: string, labels: Labels, value: number, time: number) =>
  `${name}{${Object.entries(labels).map(([label, text]) => `${label}="${text}"`)}} ${value} ${time}`;

/** What Prometheus has stored, as text of OpenMetrics. The load uses one CPU, and so it is seen from outside. */
function stored({
  scraped = VMS,
  up = () => true,
  labels = (vm) => TARGET(vm),
  guest = () => 1,
  outside = guest,
  reset = -1,
  node = () => 'worker-1',
  interval = 30,
  seconds = SECONDS,
}: Stored): string {
  const now = Math.floor(Date.now() / 1000);
  const families = new Map<string, Map<string, string[]>>();
  const add = (name: string, own: Labels, value: number, time: number) => {
    const family = families.get(name) ?? new Map<string, string[]>();
    const key = JSON.stringify(own);
    families.set(name, family.set(key, [...(family.get(key) ?? []), sample(name, own, value, time)]));
  };
  for (const vm of VMS) {
    let [inside, seen] = [1000, 5000];
    for (let ago = seconds; ago >= -LATER; ago -= interval) {
      const time = now - ago;
      inside = ago < reset && ago >= reset - interval ? guest(vm, ago) * (reset - ago) : inside + interval * guest(vm, ago);
      seen += interval * outside(vm, ago);
      add(OUTSIDE, { namespace: 'ns', name: vm, node: node(vm, ago) }, seen, time);
      if (!scraped.includes(vm)) continue;
      const isUp = up(vm, ago);
      add('up', labels(vm, ago), isUp ? 1 : 0, time);
      if (!isUp) continue;
      add(UNIT, { ...labels(vm, ago), unit: 'virtwork-cpu.service' }, inside, time);
      add('virtwork_workload_info', { ...labels(vm, ago), exported_workload: 'cpu' }, 1, time);
    }
  }
  const typed = (name: string) => `# TYPE ${name.replace(/_total$/, '')} ${name.endsWith('_total') ? 'counter' : 'gauge'}`;
  return [...[...families].flatMap(([name, series]) => [typed(name), ...[...series.values()].flat()]), '# EOF\n'].join('\n');
}

const ARGS = '--signals cpu --via prometheus';
const SEEN = VMS.map((vm) => `${vm} cpu seen -`);

needs('prometheus', 'promtool').each<[string, Stored, string, number, readonly string[]]>([
  ['is as expected', {}, '', 0, SEEN],
  [
    'is of an hour of which half is stored',
    {},
    ' --for 1h',
    3,
    VMS.map((vm) => `${vm} cpu no data Prometheus has scraped its guest in 0 % of that time: wait, or use a shorter --for`),
  ],
  [
    'is not what was seen',
    { outside: (vm) => (vm === VMS[1] ? 0.8 : 1) },
    ' --for 20m',
    1,
    [`${VMS[1]} cpu deviates 20 % too little: 0.860 s/s to 1.14 s/s expected, in 4 of 4 windows`, SEEN[0] as string, SEEN[2] as string],
  ],
  [
    'has only some of the VMs',
    { scraped: VMS.slice(0, 1), up: () => true },
    '',
    3,
    [
      ...VMS.slice(1).map((vm) => `${vm} cpu no data Prometheus does not scrape its guest: is its pod a target of the ServiceMonitor?`),
      SEEN[0] as string,
    ],
  ],
  [
    'has no answers of a guest',
    { up: (vm) => vm !== VMS[0] },
    '',
    3,
    [`${VMS[0]} cpu no data Prometheus gets no answer from its guest (up is 0)`, ...SEEN.slice(1)],
  ],
  [
    'has no answers of a guest for ten minutes',
    { up: (vm, ago) => vm !== VMS[0] || ago < 400 || ago > 1000 },
    ' --for 20m',
    3,
    [`${VMS[0]} cpu no data Prometheus has scraped its guest in 0 % of that time: wait, or use a shorter --for`, ...SEEN.slice(1)],
  ],
  ['has a counter that was reset', { reset: 300 }, ' --for 10m', 0, SEEN],
  [
    'has a guest that moved to another pod',
    {
      labels: (vm, ago) => TARGET(vm, ago > 200 ? 'virt-launcher-a-abcde' : 'virt-launcher-a-fghij'),
      node: (_, ago) => (ago > 200 ? 'worker-1' : 'worker-2'),
    },
    ' --for 10m',
    0,
    SEEN,
  ],
])('what Prometheus has scraped %s', async (_, change, args, code, rows) => {
  const cluster = await fakeCluster({ objects: VMS.flatMap((vm) => measured(vm, { group: '', workload: 'cpu' })) });
  const server = await prometheus(stored(change), {});
  try {
    const command = `verify --prometheus ${server.url} ${ARGS} --record truth.json -o json --report a.html --report a.md${args}`;
    const { status, stdout, stderr } = await cluster.virtwork(command);
    expect(stderr).toMatch(/^reading what Prometheus has of 3 guests for the last \d+ s\nwrote truth\.json\nwrote a\.html\nwrote a\.md\n$/);
    const verification = JSON.parse(stdout);
    const truth = JSON.parse(readFileSync(join(cluster.cwd, 'truth.json'), 'utf8'));
    for (const [form, value] of [
      [schema, verification],
      [truthSchema, truth],
    ] as const) {
      const validate = new Ajv({ allowUnionTypes: true }).compile(form);
      validate(value);
      expect(validate.errors).toBeNull();
    }
    expect(truth.interval).toBe(30);
    type Vm = { name: string; events: { kind: string }[]; signals: { name: string; good: boolean; verdict: string; why: string }[] };
    const found = (good: boolean) =>
      verification.vms.flatMap(({ name, signals }: Vm) =>
        signals.filter((signal) => signal.good === good).map((signal) => `${name} ${signal.name} ${signal.verdict} ${signal.why || '-'}`),
      );
    expect({ code: status, rows: [...found(false), ...found(true)] }).toEqual({ code, rows });
    const moves = change.node ? ['migration'] : [];
    expect(verification.vms.map(({ events }: Vm) => events.map(({ kind }) => kind))).toEqual([moves, moves, moves]);
    const note = 'Events in the guests, such as kills and restarts, are not checked: Prometheus does not have them.';
    for (const file of ['a.html', 'a.md']) expect(readFileSync(join(cluster.cwd, file), 'utf8')).toContain(note);
    // The record has the same result again.
    const again = virtwork(`verify --truth truth.json --prometheus ${server.url} --signals cpu -o json`, { cwd: cluster.cwd });
    expect(again.status).toBe(code);
  } finally {
    await server.stop();
  }
});

needs('prometheus', 'promtool').each<[string, Stored, string, number, string]>([
  [
    'none of the guests',
    { scraped: [] },
    '',
    2,
    'namespace ns: Prometheus scrapes none of its guests\n  hint: add the component monitoring to the base: see docs/how-to/prometheus.md; or omit --via prometheus\n',
  ],
  [
    'guests with other labels',
    { labels: (vm) => ({ instance: `${vm}:9998`, job: 'vms' }) },
    '',
    2,
    'namespace ns: the series of guests in Prometheus must have the labels namespace and name of their VM, got {instance="virtwork-cpu-0:9998", job="vms"}\n  hint: add the labels with relabel_configs: see docs/how-to/prometheus.md; or omit --via prometheus\n',
  ],
  [
    'too seldom',
    {},
    ' --for 30s',
    3,
    'flag --for: must be at least 120 s with --via prometheus: Prometheus scrapes the guests every 30 s\n',
  ],
])('Prometheus scrapes %s', async (_, change, args, code, message) => {
  const cluster = await fakeCluster({ objects: VMS.flatMap((vm) => measured(vm, { group: '', workload: 'cpu' })) });
  const server = await prometheus(stored(change), {});
  try {
    const { status, stdout, stderr } = await cluster.virtwork(`verify --prometheus ${server.url} ${ARGS}${args}`);
    expect({ status, stdout, stderr }).toEqual({ status: code, stdout: '', stderr: expect.stringContaining(message) });
  } finally {
    await server.stop();
  }
});

needs('prometheus', 'promtool')('--watch: each round is of the time after the one before', async () => {
  const cluster = await fakeCluster({ objects: VMS.flatMap((vm) => measured(vm, { group: '', workload: 'cpu' })) });
  const server = await prometheus(stored({ interval: 5 }), {});
  try {
    const child = cluster.start(`verify --prometheus ${server.url} ${ARGS} --for 20s --watch`);
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (more: string) => {
      log += more;
      if ((log.match(/UTC: 3 of 3/g) ?? []).length === 2) child.kill('SIGINT');
    });
    const { status } = await ended(child, 170);
    const rounds = [...log.matchAll(/(\d\d:\d\d:\d\d) to (\d\d:\d\d:\d\d) UTC/g)];
    expect({ status, log }).toMatchObject({ status: 0, log: expect.stringContaining('all of 2 rounds as expected') });
    expect(rounds[1]?.[1]).toBe(rounds[0]?.[2]);
  } finally {
    await server.stop();
  }
});
