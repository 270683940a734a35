import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { objectsIn } from '../../../src/companion/apply';
import { type GroupPlan, groupManifests } from '../../../src/experiment/pod/render-group';
import { get } from '../../../src/http/get';
import type { Result, TrialsState } from '../../../src/results/result';
import { validate } from '../../../src/results/result-validator';
import { ROOT, tempDir } from '../../support/places';
import { experiment } from '../../support/planned-experiments';
import { run, start } from '../../support/run';
import { needs } from '../../support/tools';

const SCRIPT = join(ROOT, 'src/experiment/pod/virtwork-pod');
const TEXT = `workload: fio-bench
settings: { volume_mode: Block }
matrix:
  where: { pod: { pod: { image: fio } } }
  block-size: [4k, 64k]
`;
/** What the tests run in the place of fio. */
const GOOD = `[[ $1 == prepare ]] && echo "prepared $PARAM_BLOCK_SIZE" && exit
for ((i = 0; i < 100000; i++)); do :; done
echo "7:0 rbytes=1500 wbytes=700 rios=1" >"$VIRTWORK_POD_CGROUP/io.stat"
[[ -d $RUNTIME_DIRECTORY ]] || exit 9
echo '{"metrics":{"iops":5}}' >"$VIRTWORK_RESULT"`;

/** Bash starts many processes. */
jest.setTimeout(60_000);

type Files = { readonly [key: string]: string };
let secret: Files;
let children: ChildProcess[] = [];

/** The files of the pods of an experiment with one group. */
async function filesOf(text: string): Promise<Files> {
  const { groups } = await experiment(text);
  const [group] = groups.values();
  const found = objectsIn(groupManifests(group as GroupPlan)).find(({ kind }) => kind === 'Secret');
  return (found as { readonly stringData?: Files }).stringData as Files;
}

beforeAll(async () => {
  secret = await filesOf(TEXT);
});

afterEach(() => {
  for (const { pid, exitCode } of children) if (exitCode === null) process.kill(-(pid as number), 'SIGKILL');
  children = [];
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** A folder that replaces the root folder of a container, with the Secret and a cgroup. */
class Container {
  readonly dir = tempDir();

  /** @param work of the script that fio-bench would be */
  constructor(
    readonly port: number,
    work: string,
    limit = 30,
    files = secret,
    private readonly name = 'virtwork-pod-0',
  ) {
    for (const folder of ['files', 'cgroup', 'bin', 'root/etc']) mkdirSync(join(this.dir, folder), { recursive: true });
    for (const [key, text] of Object.entries(files)) writeFileSync(join(this.dir, 'files', key), this.changed(key, text, work, limit));
    const cgroup = {
      'cpu.max': '150000 100000',
      'memory.max': '1073741824',
      'memory.current': '24',
      'io.stat': '7:0 rbytes=1000 wbytes=500',
    };
    for (const [name, text] of Object.entries(cgroup)) this.write(`cgroup/${name}`, `${text}\n`);
    this.write('root/etc/resolv.conf', 'search ns.svc.cluster.test svc.cluster.test\nnameserver 10.0.0.1\n');
    this.write('bin/uname', '#!/bin/bash\n[[ $1 == -n ]] && echo NAME || exec /usr/bin/uname "$@"\n'.replace('NAME', name), 0o755);
  }

  private changed(key: string, text: string, work: string, limit: number): string {
    if (/^\d+-virtwork-fio-bench$/.test(key)) return `#!/bin/bash\n${work}\n`;
    if (/-trials\.env$/.test(key)) return text.replace(/PORT=.*/, `PORT="${this.port}"`).replace(/SETTLE=.*/, 'SETTLE="0"');
    return text.replace(/^TRIAL_LIMIT=.*/m, `TRIAL_LIMIT="${limit}"`);
  }

  write(path: string, text: string, mode = 0o644): void {
    writeFileSync(join(this.dir, path), text, { mode });
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  get env(): NodeJS.ProcessEnv {
    return {
      PATH: `${join(this.dir, 'bin')}:${process.env.PATH}`,
      HOSTNAME: this.name,
      SUBDOMAIN: 'peers',
      VIRTWORK_POD_ROOT: join(this.dir, 'root'),
      VIRTWORK_POD_CGROUP: join(this.dir, 'cgroup'),
      DISK_BY_ID: join(this.dir, 'disks'),
    };
  }

  start(): this {
    // A process group of its own: the script ends it as a whole.
    const child = start('bash', [join(this.dir, 'files/virtwork-pod')], { env: this.env, detached: true, stdio: 'ignore' }, 60);
    children.push(child);
    return this;
  }

  /** The answer to a request. @returns undefined while nothing listens */
  async ask(path: string) {
    const answer = await get({ port: this.port }, path, { patience: 5000, most: 1 << 20 });
    return answer.status === 0 ? undefined : answer;
  }

  /** Waits until it serves something. */
  async listening(): Promise<void> {
    for (let tries = 0; tries < 50 && !(await this.ask('/results')); tries += 1) await sleep(200);
  }

  /** The state and the records, when all trials have ended. */
  async finished(): Promise<readonly [TrialsState, ...Result[]]> {
    for (let tries = 0; tries < 150; tries += 1, await sleep(200)) {
      const answer = await this.ask('/results');
      if (answer?.status !== 200) continue;
      const lines = gunzipSync(answer.body).toString().trim().split('\n');
      const values = lines.map((line) => JSON.parse(line)) as [TrialsState, ...Result[]];
      if (values[0].phase === 'finished') return values;
    }
    throw new Error('not finished');
  }
}

test('runs the trials, and serves valid records with what the container used', async () => {
  const container = new Container(await freePort(), GOOD).start();
  const [state, ...records] = await container.finished();
  expect(state).toMatchObject({ vm: 'virtwork-pod-0', planned: 2, done: 2, failed: 0, left: 0 });
  expect(records.map((record) => validate(record))).toEqual([[], []]);
  const [first, second] = records as [Result, Result];
  expect(first).toMatchObject({ vm: 'virtwork-pod-0', outcome: 'done', why: '', metrics: { iops: 5 }, barrier: { outcome: 'none' } });
  expect(first.guest).toMatchObject({ vcpus: 2, 'memory-bytes': 2 ** 30, boot: state.boot });
  // What was read and written before does not count.
  expect(first.unit).toEqual({
    'cpu-seconds': expect.any(Number),
    exit: 0,
    result: 'success',
    'io-read-bytes': 500,
    'io-write-bytes': 200,
  });
  expect(second.unit).toMatchObject({ 'io-read-bytes': 0, 'io-write-bytes': 0 });
  expect((first.unit as { readonly 'cpu-seconds': number })['cpu-seconds']).toBeGreaterThan(0);
  expect(first.seconds).toBeGreaterThan(0);
  expect([first.params['block-size'], second.params['block-size']].sort()).toEqual(['4k', '64k']);
  expect(await container.ask('/healthz')).toMatchObject({ status: 200 });
  expect(String((await container.ask('/metrics'))?.body)).toContain('virtwork_trials_done 2\n');
  expect(await container.ask('/etc/passwd')).toMatchObject({ status: 404 });
  // The names of the other pods are found as those of VMs.
  expect(container.read('root/etc/resolv.conf')).toBe(
    'search peers.ns.svc.cluster.test ns.svc.cluster.test svc.cluster.test\nnameserver 10.0.0.1\n',
  );
});

test('a trial that fails is recorded with its last words, and the pod is not ready', async () => {
  const container = new Container(await freePort(), '[[ $1 == prepare ]] && exit; echo "fio: out of space"; exit 7').start();
  const [state, record] = await container.finished();
  expect(state).toMatchObject({ done: 0, failed: 2 });
  expect(record).toMatchObject({ outcome: 'failed', unit: { exit: 7, result: 'exit-code' } });
  expect(record?.why).toMatch(/failed: exit-code, exit 7: fio: out of space$/);
  expect(await container.ask('/healthz')).toMatchObject({ status: 503 });
});

test('a trial that takes too long is ended', async () => {
  const container = new Container(await freePort(), '[[ $1 == prepare ]] || sleep 50', 1).start();
  const [, record] = await container.finished();
  expect(record).toMatchObject({ outcome: 'timeout', why: expect.stringContaining('reached its time limit of 1 s') });
});

test('a preparation that fails is not I/O of the trial', async () => {
  const container = new Container(
    await freePort(),
    `${GOOD.replace('echo "prepared', 'echo "7:0 rbytes=9000" >"$VIRTWORK_POD_CGROUP/io.stat"; echo "broken')}`.replace(
      '&& exit\n',
      '&& exit 3\n',
    ),
  ).start();
  const [, record] = await container.finished();
  expect(record).toMatchObject({ outcome: 'failed', why: expect.stringMatching(/^preparation: .*exit 3: broken/) });
  expect(record?.unit).toEqual({});
});

test('a restarted container goes on with what is left', async () => {
  const container = new Container(await freePort(), GOOD).start();
  const [before] = await container.finished();
  process.kill(-(children.pop()?.pid as number), 'SIGKILL');
  const records = join(container.dir, 'root/var/lib/virtwork/results');
  const [, second = ''] = readdirSync(records).sort();
  run('rm', [join(records, second)]);
  const [after, ...all] = await container.start().finished();
  expect(after.boot).not.toBe(before.boot);
  expect(all.map(({ guest }) => guest?.boot)).toEqual([before.boot, after.boot]);
});

test('two pods start their trials together', async () => {
  const files = await filesOf(TEXT.replace('matrix:\n', 'matrix:\n  vm_count: [2]\n'));
  const port = await freePort();
  const [, leader = ''] = /^TRIALS_LEADER="(.*)"$/m.exec(Object.values(files).join('\n')) ?? [];
  // Here, no DNS has the names of pods.
  const named = Object.fromEntries(
    Object.entries(files).map(([key, text]) => [key, text.replace(/^TRIALS_LEADER=.*$/m, 'TRIALS_LEADER="localhost"')]),
  );
  const first = new Container(port, GOOD, 30, files, leader).start();
  await first.listening();
  // The port of the second pod is taken in this network, so its records are read from its files.
  const second = new Container(port, GOOD, 30, named, leader.replace(/0$/, '1')).start();
  const [, ...records] = await first.finished();
  const folder = join(second.dir, 'root/var/lib/virtwork/results');
  const own = () => readdirSync(folder).filter((name) => name.endsWith('.json.gz'));
  for (let tries = 0; tries < 100 && own().length < 2; tries += 1) await sleep(200);
  const others = own()
    .sort()
    .map((name) => JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString()) as Result);
  for (const all of [records, others]) {
    expect(all.map(({ outcome, barrier }) => [outcome, barrier.outcome, barrier.arrived, barrier.expected])).toEqual([
      ['done', 'together', 2, 2],
      ['done', 'together', 2, 2],
    ]);
  }
});

test('SIGTERM ends everything', async () => {
  const container = new Container(await freePort(), '[[ $1 == prepare ]] || sleep 5').start();
  await container.listening();
  const [child] = children.splice(0) as [ChildProcess];
  const exit = new Promise((done) => child.once('exit', done));
  process.kill(child.pid as number, 'SIGTERM');
  await exit;
  const isLeft = () =>
    run('ps', ['-o', 'stat=', '-g', `${child.pid}`])
      .stdout.split('\n')
      .some((stat) => /^[^Z]/.test(stat));
  for (let tries = 0; tries < 50 && isLeft(); tries += 1) await sleep(100);
  expect(isLeft()).toBe(false);
});

test('an image without the tools is named', () => {
  const container = new Container(1, GOOD);
  const bin = join(container.dir, 'only');
  mkdirSync(bin);
  for (const tool of ['awk', 'bash', 'gzip', 'timeout']) symlinkSync(run('bash', ['-c', `type -P ${tool}`]).stdout.trim(), join(bin, tool));
  const ended = run(join(bin, 'bash'), [join(container.dir, 'files/virtwork-pod')], { env: { ...container.env, PATH: bin }, seconds: 30 });
  expect(ended).toMatchObject({ status: 1, stderr: 'virtwork-pod: the image has no jq python3; use an image that contains them\n' });
});

/** Runs a command with the functions of the script. */
function inScript(name: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const dir = tempDir();
  symlinkSync(SCRIPT, join(dir, name));
  return run('bash', [join(dir, name), ...args], { env: { PATH: process.env.PATH, ...env }, seconds: 30 }).stdout;
}

test.each([
  ['150000 100000', '2'],
  ['100000 100000', '1'],
  ['20000 100000', '1'],
  ['800000 100000', '8'],
])('a quota of %s is %s CPUs', (quota, cpus) => {
  const cgroup = tempDir();
  writeFileSync(join(cgroup, 'cpu.max'), `${quota}\n`);
  expect(inScript('nproc', [], { VIRTWORK_POD_CGROUP: cgroup })).toBe(`${cpus}\n`);
});

test.each<[string, { readonly [name: string]: string }]>([
  ['no quota', { 'cpu.max': 'max 100000\n' }],
  ['no cgroup', {}],
])('with %s, the CPUs are those of the node', (_, files) => {
  const cgroup = tempDir();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cgroup, name), text);
  expect(inScript('nproc', [], { VIRTWORK_POD_CGROUP: cgroup })).toBe(run('nproc', []).stdout);
});

needs('shellcheck')('shellcheck finds nothing', () => {
  expect(run('shellcheck', ['--external-sources', SCRIPT])).toEqual({ status: 0, stdout: '', stderr: '' });
});
