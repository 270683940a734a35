import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { KubeObject } from '../../src/companion/objects';
import { readRecord } from '../../src/results/answer';
import { measurable } from '../support/measured';
import { ROOT, tempDir } from '../support/render';
import { ended, outputOf } from '../support/run';
import { guestOf, member, PLAN, record, state } from '../support/trial-records';
import { movePod } from './api';
import { apiServer, eventually, inNetwork, kubeconfigFor, Place } from './cluster';
import { FakeGuests, type Guest, socketActivated } from './fake-guests';
import { FaultyProxy } from './faulty-proxy';

const GROUP = 'bench';
const NAMES = ['virtwork-bench-0', 'virtwork-bench-1', 'virtwork-bench-2'];
const TRIALS = ['001', '002', '003', '004'];

type Change = Partial<Parameters<typeof record>[0]>;

/** A guest with a record of each trial. @param change of the first record */
function finished(vm: string, change: Change = {}): Guest {
  const common = { group: GROUP, workload: GROUP, name: 'small' };
  return guestOf(
    vm,
    TRIALS.map((trial, index) => ({ ...common, trial, index, ...(index === 0 ? change : {}) })),
    { group: GROUP },
  );
}

/** The answer of a finished guest, with other bytes in the place of its record of trial 001. */
function withFirst(vm: string, bytes: Buffer): Guest {
  const parts = [state({ vm, group: GROUP, records: TRIALS }), ...TRIALS.map((trial) => record({ vm, group: GROUP, trial }))].map(member);
  return () => ({ body: Buffer.concat(parts.map((part, index) => (index === 1 ? bytes : part))) });
}

const here = new Place();
const guests = new Map<string, Guest>();
let vms = new Map<string, string>();
const fake = new FakeGuests(
  (address) => vms.get(address),
  (vm) => guests.get(vm),
);
let port = 0;

beforeAll(async () => {
  if (!process.env.TEST_NETWORK) return;
  port = await fake.listen();
  const workloads = `health_port: ${port}\nworkloads:\n  bench: { vm_count: 3, trials: { small: {}, mixed: { profile: mixed } }, repeats: 2 }\n`;
  writeFileSync(join(here.cwd, 'virtwork.yaml'), workloads);
  const run = await here.virtwork(`run --from-catalog bench --catalog-dir ${measurable()} --access-modes ReadWriteMany --timeout 4m`);
  expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('3 of 3 VMs ready') });
  vms = here.vmsByAddress();
});

beforeEach(() => {
  for (const name of NAMES) guests.set(name, finished(name));
});

afterAll(async () => {
  here.remove();
  await fake.close();
});

function podOf(vm: string): string {
  const [pod] = here.list('pods', '-l', `vm.kubevirt.io/name=${vm}`);
  return (pod as KubeObject).metadata.name;
}

function storedIn(folder: string): string[] {
  return (
    readdirSync(join(here.cwd, folder), { recursive: true, withFileTypes: true }) as {
      name: string;
      parentPath: string;
      isFile(): boolean;
    }[]
  )
    .filter((each) => each.isFile() && !each.name.startsWith('.virtwork-'))
    .map((each) => join(each.parentPath, each.name));
}

describe('through the proxy of a real API server', () => {
  inNetwork('the outcomes of all VMs, and their records', async () => {
    const table = await here.virtwork('results');
    expect(table).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('3 of 3 VMs complete, 12 of 12 trials done') });
    const { status, stdout } = await here.virtwork('results -o json');
    expect({ status, records: JSON.parse(stdout).map(({ vm, trial }: { vm: string; trial: string }) => `${vm} ${trial}`) }).toEqual({
      status: 0,
      records: NAMES.flatMap((vm) => TRIALS.map((trial) => `${vm} ${trial}`)),
    });
  });

  inNetwork('the bytes that are stored are those of the guest', async () => {
    expect(await here.virtwork(`results -o verbatim --group ${GROUP}`)).toMatchObject({ status: 0 });
    const stored = TRIALS.map((trial) => readFileSync(join(here.cwd, 'verbatim', GROUP, first, `${trial}-small-r1.json.gz`)));
    const { body } = finished(first)('/results') as { body: Buffer };
    expect(Buffer.concat(stored).equals(body.subarray(-Buffer.concat(stored).length))).toBe(true);
  });

  const [first = '', second = '', third = ''] = NAMES;

  const early: Guest = (path) => {
    const { body } = finished(first)(path) as { body: Buffer };
    return { body: body.subarray(0, -40) };
  };
  const own = { vm: first, group: GROUP, trial: '001' };
  const answers: readonly (readonly [string, Guest, number, RegExp])[] = [
    ['no gzip', () => ({ body: 'garbage' }), 1, /wrong answer +the state of the trials is not compressed with gzip\n/],
    ['8 MB of zeros', () => ({ body: Buffer.alloc(8_000_000) }), 1, /wrong answer +the state of the trials is not compressed with gzip\n/],
    ['10 MB of zeros', () => ({ body: Buffer.alloc(10 << 20) }), 1, /wrong answer +the state of the trials is not compressed with gzip\n/],
    ['a web page', () => ({ type: 'text/html', body: '<a href="/">x</a>' }), 1, /wrong answer +answers "text\/html" instead of results\n/],
    [
      'not found',
      () => ({ status: 404, type: 'text/plain', body: 'Not Found\n' }),
      1,
      /no results +has no results: its workload is not measured/,
    ],
    ['not yet', () => ({ status: 503, type: 'text/plain', body: '' }), 1, /no answer +has no state of its trials yet\n/],
    ['results of another VM', finished(second), 1, /wrong answer +the state of the trials is of another VM: it says "virtwork-bench-1"\n/],
    ['an answer that ends early', early, 1, /3\/4 +0 +finished +record 004 ends early\n/],
    [
      'a damaged record',
      withFirst(first, Buffer.concat([member({}).subarray(0, -8), Buffer.alloc(8)])),
      1,
      /3\/4 +0 +finished +record 001 is damaged\n/,
    ],
    ['a record that is not JSON', withFirst(first, gzipSync('{"schema":')), 1, /3\/4 +0 +finished +record 001 is not JSON\n/],
    [
      'a record of another format',
      withFirst(first, member({ ...record(own), repeat: 'once' })),
      1,
      /3\/4 +0 +finished +record 001 does not have the required format: \/repeat must be integer, got "once"\n/,
    ],
    [
      'a record of another list of trials',
      withFirst(first, member(record({ ...own, plan: PLAN.replace('ab', 'cd') }))),
      1,
      /3\/4 +0 +finished +record 001 is of another list of trials: it says "sha256:cdab/,
    ],
    [
      '10 MB of zeros, compressed',
      withFirst(first, gzipSync(Buffer.alloc(10 << 20))),
      1,
      /3\/4 +0 +finished +record 001 is larger than any record may be\n/,
    ],
    [
      'a failed trial',
      finished(first, { outcome: 'failed', why: 'fio: disk full' }),
      1,
      /3\/4 +1 +finished +trial 001 \(small\) failed: fio: disk full\n/,
    ],
    [
      'a trial at its limit',
      finished(first, { outcome: 'timeout' }),
      1,
      /3\/4 +1 +finished +trial 001 \(small\) was stopped at its time limit\n/,
    ],
    [
      'a missing peer',
      finished(first, { barrier: { ...record().barrier, expected: 3, arrived: 2, outcome: 'partial' } }),
      0,
      /4\/4 +0 +finished +trial 001 did not start on all VMs together: 1 of 3 VMs had not come\n/,
    ],
  ];

  inNetwork.each(answers)('%s: the line of this VM says so, and the other VMs are read', async (_, guest, code, row) => {
    guests.set(first, guest);
    const { status, stdout, stderr } = await here.virtwork('results');
    expect({ status, stdout, stderr }).toEqual({ status: code, stdout: expect.stringMatching(row), stderr: '' });
    for (const name of [second, third]) expect(stdout).toMatch(new RegExp(`^${name} +bench +4/4 +0 +finished +-$`, 'm'));
  });

  inNetwork('killed at any moment: what is stored is whole, and the next run completes it', async () => {
    fake.delay = 150;
    for (let moment = 300; moment < 2400; moment += 300) {
      const child = here.start('results -o killed');
      const end = ended(child, 60);
      await sleep(moment);
      child.kill('SIGKILL');
      await end;
    }
    fake.delay = 0;
    mkdirSync(join(here.cwd, 'killed'), { recursive: true });
    for (const file of storedIn('killed')) expect(readRecord(readFileSync(file))).toBeDefined();
    expect(await here.virtwork('results -o killed')).toMatchObject({ status: 0 });
    expect(storedIn('killed')).toHaveLength(NAMES.length * TRIALS.length);
  });

  inNetwork('a later run asks only for what is missing', async () => {
    await here.virtwork('results -o later');
    fake.asked.length = 0;
    await here.virtwork('results -o later');
    expect([...fake.asked].sort()).toEqual(NAMES.map((name) => `${name}/results/5`));
  });

  inNetwork('follows until all are finished', async () => {
    let questions = 0;
    guests.set(first, (path) => {
      questions += 1;
      if (questions > 1) return finished(first)(path);
      return { body: Buffer.concat([state({ vm: first, group: GROUP, records: [], planned: 4 })].map(member)) };
    });
    const { status, stdout, stderr } = await here.virtwork('results --follow');
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: `${first}: 0/4 done, running 001\n${NAMES.slice(1)
        .map((name) => `${name}: 4/4 done, finished\n`)
        .join('')}${first}: 4/4 done, finished\n`,
    });
    expect(stdout).toContain('3 of 3 VMs complete');
  });

  inNetwork('the API server fails now and then', async () => {
    const proxy = new FaultyProxy({ ...apiServer(), share: 0.2, faults: ['503'] });
    const kubeconfig = kubeconfigFor(await proxy.listen());
    // A request that fails twice leaves a VM without an answer, which the next run gets.
    await eventually(async () => expect((await here.virtwork(`results -o shaky --kubeconfig ${kubeconfig}`)).status).toBe(0), 180);
    proxy.close();
  });
});

describe('permissions', () => {
  const view = (verbs: string) => here.kubectl(`create role ${verbs}`);
  let kubeconfig = '';

  beforeAll(() => {
    if (!process.env.TEST_NETWORK) return;
    here.kubectl('create serviceaccount viewer');
    here.kubectl(`create rolebinding view --clusterrole=view --serviceaccount=${here.namespace}:viewer`);
    view('vms --verb=list --resource=virtualmachines.kubevirt.io,virtualmachineinstances.kubevirt.io');
    here.kubectl(`create rolebinding vms --role=vms --serviceaccount=${here.namespace}:viewer`);
    const token = here.kubectl('create token viewer').trim();
    kubeconfig = join(tempDir(), 'kubeconfig');
    const config = JSON.parse(readFileSync(kubeconfigFor(apiServer().server), 'utf8'));
    config.users[0].user = { token };
    config.clusters[0].cluster['insecure-skip-tls-verify'] = true;
    writeFileSync(kubeconfig, JSON.stringify(config));
  });

  const viewer = (args: string) => here.virtwork(`${args} --kubeconfig ${kubeconfig}`);

  inNetwork('the role view does not suffice, and the message says what is needed', async () => {
    expect(await viewer('results')).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /requests to guests need the permission get on pods\/proxy or create on pods\/portforward[\s\S]*can-i get pods --subresource=proxy/,
      ),
    });
  });

  const permit = (name: string, permission: string) => {
    view(`${name} ${permission}`);
    here.kubectl(`create rolebinding ${name} --role=${name} --serviceaccount=${here.namespace}:viewer`);
  };
  const refuse = (name: string) => here.kubectl(`delete rolebinding/${name} role/${name}`);
  const complete = expect.stringContaining('3 of 3 VMs complete, 12 of 12 trials done');

  inNetwork('with create on pods/portforward, port forwards get the results, and it says so', async () => {
    permit('forward', '--verb=create --resource=pods/portforward');
    await eventually(async () =>
      expect(await viewer('results')).toEqual({
        status: 0,
        stdout: complete,
        stderr: 'this account may not get pods/proxy: using kubectl port-forward\n',
      }),
    );
    expect(await viewer('results --via port-forward')).toEqual({ status: 0, stdout: complete, stderr: '' });
    expect(await viewer('results --via proxy')).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/requests to guests need the permission get on pods\/proxy, which this account does not have/),
    });
  });

  inNetwork('a permission that ends in the meantime: port forwards get the rest, and it says so', async () => {
    permit('proxy', '--verb=get --resource=pods/proxy');
    await eventually(async () => expect(await viewer('results')).toEqual({ status: 0, stdout: complete, stderr: '' }));
    let questions = 0;
    const [last = ''] = NAMES.slice(-1);
    guests.set(last, (path) => {
      questions += 1;
      if (questions > 1) return finished(last)(path);
      refuse('proxy');
      return { body: Buffer.concat([state({ vm: last, group: GROUP, records: [], planned: 4 })].map(member)) };
    });
    const { status, stdout, stderr } = await viewer('results --follow');
    expect({ status, stdout }).toEqual({ status: 0, stdout: complete });
    expect(stderr).toMatch(/the API server does not .*pods "virt-launcher-.*" is forbidden.*: using kubectl port-forward\n/);
    refuse('forward');
  });

  inNetwork('a role with get on pods/proxy suffices', async () => {
    permit('proxy', '--verb=get --resource=pods/proxy');
    await eventually(async () => expect(await viewer('results')).toEqual({ status: 0, stdout: complete, stderr: '' }));
  });
});

describe('through a real kubectl port-forward', () => {
  inNetwork('the records are those that the proxy gets', async () => {
    const [proxied, forwarded] = [
      await here.virtwork('results -o json --via proxy'),
      await here.virtwork('results -o json --via port-forward'),
    ];
    expect(forwarded).toEqual(proxied);
    expect(JSON.parse(forwarded.stdout)).toHaveLength(NAMES.length * TRIALS.length);
  });

  inNetwork('a guest with garbage, one that closes its connections and a good one', async () => {
    const [garbage = '', closes = ''] = NAMES;
    guests.set(garbage, () => ({ body: 'garbage' }));
    guests.set(closes, () => undefined);
    const { status, stdout } = await here.virtwork('results --via port-forward');
    expect(status).toBe(1);
    expect(stdout).toMatch(/bench-0 .*wrong answer +the state of the trials is not compressed with gzip\n/);
    expect(stdout).toMatch(/bench-1 .*no answer +does not answer\n/);
    expect(stdout).toMatch(/bench-2 .*4\/4 +0 +finished +-\n/);
  });
});

describe('a pod that the API server does not reach', () => {
  inNetwork('only the kubelet gets in: port forwards get the results, and it says so', async () => {
    fake.closeToOthers(true);
    try {
      expect(await here.virtwork('results')).toEqual({
        status: 0,
        stdout: expect.stringContaining('3 of 3 VMs complete, 12 of 12 trials done'),
        stderr: expect.stringMatching(/^the API server does not reach 3 pods \(.*(reset by peer|EOF)\): using kubectl port-forward\n$/),
      });
      const only = await here.virtwork('results --via proxy');
      expect(only).toMatchObject({
        status: 1,
        stderr: '',
        stdout: expect.stringMatching(/not reached +the API server does not reach its pod/),
      });
    } finally {
      fake.closeToOthers(false);
    }
  });

  inNetwork('a closed port: each way says so', async () => {
    await fake.close();
    try {
      const { status, stdout, stderr } = await here.virtwork('results');
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(
          /^the API server does not reach 3 pods \(dial tcp .*connection refused\): using kubectl port-forward\n$/,
        ),
      });
      expect(stdout).toMatch(/no answer +does not answer/);
      const only = await here.virtwork('results --via proxy');
      expect(only).toMatchObject({
        status: 1,
        stderr: '',
        stdout: expect.stringMatching(/not reached +the API server does not reach its pod: .*connection refused\n/),
      });
    } finally {
      await fake.listen(port);
    }
  });

  inNetwork('a network that drops its packets: the API server gives up, and the other VMs are read', async () => {
    const [first = ''] = NAMES;
    const pod = podOf(first);
    const [[address = ''] = []] = [...vms].filter(([, vm]) => vm === first);
    for (const command of DROPPING) outputOf('ip', command.split(' '));
    try {
      await movePod(here.namespace, pod, NOWHERE);
      const { status, stdout } = await here.virtwork('results --via proxy');
      expect({ status, stdout }).toEqual({
        status: 1,
        stdout: expect.stringMatching(/not reached +the API server does not reach its pod: .*i\/o timeout\n/),
      });
      expect(stdout).toContain('2 of 3 VMs complete');
    } finally {
      await movePod(here.namespace, pod, address);
    }
  });
});

/** An address behind a link that drops all packets. */
const NOWHERE = '192.0.2.1';
const DROPPING = [
  'link add nowhere type veth peer name nothing',
  'link set nowhere up',
  'link set nothing up',
  `route add ${NOWHERE} dev nowhere`,
  `neigh add ${NOWHERE} lladdr 02:00:00:00:00:01 dev nowhere`,
];

describe("virtwork's own health script", () => {
  inNetwork('serves the records of its folder', async () => {
    await fake.close();
    const [etc, lib] = [tempDir(), join(ROOT, 'catalog/_shared/trials/files/usr/local/lib/virtwork')];
    const [run, records] = [tempDir(), tempDir()];
    const [vm = ''] = NAMES;
    writeFileSync(join(etc, 'trials.env'), `TRIALS_GROUP="${GROUP}"\n`);
    mkdirSync(join(run, 'results'));
    writeFileSync(join(run, 'results/state.json.gz'), member(state({ vm, group: GROUP, records: TRIALS })));
    for (const trial of TRIALS)
      writeFileSync(join(records, `${trial}-small-r1.json.gz`), member(record({ vm, group: GROUP, trial, name: 'small' })));
    const env = { VIRTWORK_ETC_DIR: etc, VIRTWORK_LIB_DIR: lib, VIRTWORK_RUN_DIR: run, VIRTWORK_RESULTS_DIR: records };
    const script = join(ROOT, 'catalog/_shared/health/files/usr/local/bin/virtwork-health');
    const listener = await socketActivated(script, env, port);
    try {
      const { stdout } = await here.virtwork('results -o script');
      expect(stdout).toMatch(new RegExp(`${vm} +bench +4/4 +0 +finished +-\n`));
      // It answers at the addresses of all pods.
      expect(stdout).toMatch(new RegExp(`${NAMES[1]} .*the state of the trials is of another VM: it says "${vm}"`));
      expect(storedIn('script')).toHaveLength(TRIALS.length);
    } finally {
      listener.close();
      await fake.listen(port);
    }
  });
});
