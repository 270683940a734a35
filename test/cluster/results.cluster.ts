import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../../src/companion/objects';
import { readRecord } from '../../src/results/answer';
import { measurable } from '../support/measured';
import { ROOT, tempDir } from '../support/render';
import { ended } from '../support/run';
import { guestOf, member, record, state } from '../support/trial-records';
import { movePod } from './api';
import { apiServer, eventually, inBed, kubeconfigFor, Place } from './cluster';
import { FakeGuests, type Guest, ownAddress, socketActivated } from './fake-guests';
import { FaultyProxy } from './faulty-proxy';

const GROUP = 'bench';
const NAMES = ['virtwork-bench-0', 'virtwork-bench-1', 'virtwork-bench-2'];
const TRIALS = ['001', '002', '003', '004'];
const address = ownAddress();
/** The API server refuses loopback addresses of pods. */
const reachable: jest.It = address === undefined ? (test.skip as unknown as jest.It) : inBed;

function finished(vm: string): Guest {
  return guestOf(
    vm,
    TRIALS.map((trial, index) => ({ trial, group: GROUP, workload: GROUP, index, name: 'small' })),
    { group: GROUP },
  );
}

const here = new Place();
const guests = new Map<string, Guest>();
const fake = new FakeGuests((vm) => guests.get(vm));
let port = 0;

beforeAll(async () => {
  if (address === undefined || !process.env.TEST_BED) return;
  port = await fake.listen();
  for (const name of NAMES) guests.set(name, finished(name));
  const workloads = `health_port: ${port}\nworkloads:\n  bench: { vm_count: 3, trials: { small: {}, mixed: { profile: mixed } }, repeats: 2 }\n`;
  writeFileSync(join(here.cwd, 'virtwork.yaml'), workloads);
  const run = await here.virtwork(`run --from-catalog bench --catalog-dir ${measurable()} --access-modes ReadWriteMany --timeout 4m`);
  expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('3 of 3 VMs ready') });
  for (const name of pods()) await movePod(here.namespace, name, address);
});

afterAll(async () => {
  here.remove();
  await fake.close();
});

function pods(): string[] {
  return here.list('pods', '-l', `virtwork/group=${GROUP}`).map(({ metadata }: KubeObject) => metadata.name);
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
  reachable('the outcomes of all VMs, and their records', async () => {
    const table = await here.virtwork('results');
    expect(table).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('3 of 3 VMs complete, 12 of 12 trials done') });
    const { status, stdout } = await here.virtwork('results -o json');
    expect({ status, records: JSON.parse(stdout).map(({ vm, trial }: { vm: string; trial: string }) => `${vm} ${trial}`) }).toEqual({
      status: 0,
      records: NAMES.flatMap((vm) => TRIALS.map((trial) => `${vm} ${trial}`)),
    });
  });

  reachable('the bytes that are stored are those of the guest', async () => {
    expect(await here.virtwork(`results -o verbatim --group ${GROUP}`)).toMatchObject({ status: 0 });
    const [name = ''] = NAMES;
    const stored = TRIALS.map((trial) => readFileSync(join(here.cwd, 'verbatim', GROUP, name, `${trial}-small-r1.json.gz`)));
    const { body } = finished(name)('/results');
    expect(Buffer.concat(stored).equals((body as Buffer).subarray(-Buffer.concat(stored).length))).toBe(true);
  });

  reachable('a guest that fails in some way does not keep the others from being read', async () => {
    const [first = '', second = '', third = ''] = NAMES;
    const cases: readonly (readonly [Guest, RegExp])[] = [
      [() => ({ body: 'garbage' }), /wrong answer +the state of the trials is not compressed with gzip/],
      [() => ({ type: 'text/html', body: '<a href="/">x</a>' }), /wrong answer +answers "text\/html" instead of results/],
      [() => ({ status: 404, type: 'text/plain', body: 'Not Found\n' }), /no results/],
      [() => ({ status: 503, type: 'text/plain', body: 'Service Unavailable\n' }), /no answer +has no state of its trials yet/],
      [finished(second), /wrong answer +the state of the trials is of another VM/],
    ];
    for (const [guest, row] of cases) {
      guests.set(first, guest);
      const { status, stdout } = await here.virtwork('results');
      expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(row) });
      expect(stdout).toMatch(new RegExp(`${third} +bench +4/4 +0 +finished +-\n2 of 3 VMs complete`));
    }
    guests.set(first, finished(first));
  });

  reachable('killed at any moment: what is stored is whole, and the next run completes it', async () => {
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

  reachable('a later run asks only for what is missing', async () => {
    await here.virtwork('results -o later');
    fake.asked.length = 0;
    await here.virtwork('results -o later');
    expect([...fake.asked].sort()).toEqual(NAMES.map((name) => `${name}/results/5`));
  });

  reachable('follows until all are finished', async () => {
    const [first = ''] = NAMES;
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
    guests.set(first, finished(first));
  });

  reachable('the API server fails now and then', async () => {
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
    if (address === undefined || !process.env.TEST_BED) return;
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

  reachable('the role view does not suffice, and the message says what is needed', async () => {
    expect(await viewer('results')).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /results need the permission get on pods\/proxy or create on pods\/portforward[\s\S]*can-i get pods --subresource=proxy/,
      ),
    });
  });

  reachable('with create on pods/portforward, port forwards are tried, and it says so', async () => {
    view('forward --verb=create --resource=pods/portforward');
    here.kubectl(`create rolebinding forward --role=forward --serviceaccount=${here.namespace}:viewer`);
    // The kubelets of the bed are simulated: they forward no port.
    await eventually(async () => {
      const { status, stdout, stderr } = await viewer('results');
      expect({ status, stderr }).toEqual({ status: 1, stderr: 'this account may not get pods/proxy: using kubectl port-forward\n' });
      expect(stdout).toMatch(/not reached +kubectl port-forward fails|no answer +does not answer/);
    });
    here.kubectl('delete rolebinding forward');
  });

  reachable('a role with get on pods/proxy suffices', async () => {
    view('proxy --verb=get --resource=pods/proxy');
    here.kubectl(`create rolebinding proxy --role=proxy --serviceaccount=${here.namespace}:viewer`);
    await eventually(async () => {
      expect(await viewer('results')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('3 of 3 VMs complete') });
    });
  });
});

describe('a pod that the API server does not reach', () => {
  reachable('port forwards are tried, and it says so; --via proxy does not', async () => {
    await fake.close();
    try {
      const { status, stderr } = await here.virtwork('results');
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(/the API server does not reach 3 pods \(dial tcp .*connection refused\): using kubectl port-forward/),
      });
      const only = await here.virtwork('results --via proxy');
      expect(only).toMatchObject({ status: 1, stderr: '', stdout: expect.stringContaining('the API server does not reach its pod') });
    } finally {
      await fake.listen(port);
    }
  });
});

describe("virtwork's own health script", () => {
  reachable('serves the records of its folder', async () => {
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
      // All pods have the address of this guest.
      expect(stdout).toMatch(new RegExp(`${NAMES[1]} .*the state of the trials is of another VM: it says "${vm}"`));
      expect(storedIn('script')).toHaveLength(TRIALS.length);
    } finally {
      listener.close();
      await fake.listen(port);
    }
  });
});
