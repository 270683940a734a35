import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExperimentPlan, PlannedGroup } from '../../src/experiment/experiment-plan';
import { measurable } from '../support/measured';
import { ROOT } from '../support/render';
import { ended, outputOf, start } from '../support/run';
import { guestOf } from '../support/trial-records';
import { inNetwork, Place } from './cluster';
import { FakeGuests, type Guest } from './fake-guests';

interface Launcher {
  readonly vm: string;
  readonly group: string;
  /** Changes with each start of the VM. */
  readonly uid: string;
}

const here = new Place();
let launchers = new Map<string, Launcher>();
let plan: ExperimentPlan;
/** Its number of VMs grows. */
let ramp: ExperimentPlan;
/** Health port of the fake guests. */
let port: number;
/** Records that the first start of a VM does not have, by the name of the VM. */
const failing = new Set<string>();
/** The first start of each VM. */
const firsts = new Map<string, string>();
const fake = new FakeGuests(
  (address) => {
    // Each time: a new pod may have the address of an old one.
    launchers = readLaunchers();
    return launchers.has(address) ? address : undefined;
  },
  (address) => guestAt(launchers.get(address) as Launcher),
);

function readLaunchers(): Map<string, Launcher> {
  return new Map(
    here.list('pods', '-l', 'kubevirt.io=virt-launcher').map(({ metadata, status }) => {
      const { 'vm.kubevirt.io/name': vm = '', 'virtwork/group': group = '' } = metadata.labels ?? {};
      return [String(status?.podIP ?? ''), { vm, group, uid: metadata.uid ?? '' }];
    }),
  );
}

/** A guest that has finished all trials of its group. */
function guestAt({ vm, group: id, uid }: Launcher): Guest | undefined {
  const group = [...plan.groups, ...ramp.groups].find((each) => each.id === id);
  if (!group) return undefined;
  // All VMs together do 100 operations per second, until there are more than two.
  const count = Number(group.settings.vm_count ?? 1);
  if (!firsts.has(vm)) firsts.set(vm, uid);
  const fails = failing.has(vm) && firsts.get(vm) === uid;
  // As in a guest: the number at the end of its name.
  const index = Number(/\d+$/.exec(vm)?.[0]);
  const common = { plan: group.plan, group: id, index, workload: group.workload, guest: { boot: uid } };
  const records = group.trials.map(({ name, repeat, params }, place) => ({
    ...common,
    name,
    repeat,
    params,
    metrics: { iops: (count > 2 ? 10 : 100) / count },
    ...(fails && place === 0 ? { outcome: 'failed' as const, why: 'fio: error 28' } : {}),
  }));
  return guestOf(vm, records, { group: id, plan: group.plan, boot: uid, index });
}

beforeAll(async () => {
  if (!process.env.TEST_NETWORK) return;
  port = await fake.listen();
  writeFileSync(
    join(here.cwd, 'sizes.yaml'),
    `name: sizes
workload: bench
settings:
  namespace: ${here.namespace}
  health_port: ${port}
  access_modes: [ReadWriteMany]
  vm_count: 2
matrix:
  memory: [1Gi, 2Gi]
  job: { random: { params: { profile: random } }, mixed: { params: { profile: mixed } } }
repeats: 1
`,
  );
  writeFileSync(
    join(here.cwd, 'density.yaml'),
    `name: density
workload: bench
settings:
  namespace: ${here.namespace}
  health_port: ${port}
  access_modes: [ReadWriteMany]
matrix:
  vm_count: { ramp: { from: 1, to: 8, until: iops < 50 } }
`,
  );
  plan = await synthesized('sizes');
  ramp = await synthesized('density');
});

async function synthesized(name: string): Promise<ExperimentPlan> {
  const { status, stderr } = await here.virtwork(`experiment synth ${name}.yaml --catalog-dir ${measurable()}`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(readFileSync(join(here.cwd, 'dist', name, 'plan.json'), 'utf8'));
}

afterAll(async () => {
  here.remove();
  await fake.close();
});

function stored(run: string): string[] {
  return (readdirSync(join(here.cwd, run, 'groups'), { recursive: true }) as string[]).filter((file) => file.endsWith('.gz')).sort();
}

/** Objects of the groups that are left. */
function left(): string[] {
  return here.labelled('virtwork/group');
}

inNetwork('check: everything is there, and nothing is changed', async () => {
  const { status, stdout } = await here.virtwork('experiment check dist/sizes');
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('2 of 2 groups can run') });
  expect(outputOf('kubectl', ['get', 'namespace', here.namespace, '--ignore-not-found'])).toBe('');
});

inNetwork('run: killed in the middle and resumed, a group that fails first; everything is stored and deleted', async () => {
  const [first, second] = plan.groups as [PlannedGroup, PlannedGroup];
  failing.add(vmOf(second));
  const child = here.start('experiment run dist/sizes -o runs/first');
  const end = ended(child, 120);
  // Until the first VMs exist.
  while (fake.asked.length === 0) await sleep(100);
  child.kill('SIGKILL');
  await end;
  expect(left()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^VirtualMachine\//), expect.stringMatching(/^PersistentVolumeClaim\//)]),
  );

  const refused = await here.virtwork('experiment run dist/sizes -o runs/second');
  expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining(`has VMs of group ${first.id} already`) });

  const { status, stdout, stderr } = await here.virtwork('experiment run dist/sizes -o runs/first --resume');
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: expect.stringContaining('2 of 2 groups complete'),
    stderr: expect.stringMatching(
      new RegExp(
        `${second.id}: incomplete: .* its record says failed: fio: error 28[\\s\\S]*1 incomplete group is run once more[\\s\\S]*${second.id}: complete`,
      ),
    ),
  });
  expect(left()).toEqual([]);
  // The records of the failed attempt are kept elsewhere.
  expect(stored('runs/first')).toHaveLength(2 * 2 * 2);
  expect(readdirSync(join(here.cwd, 'runs/first/attempts'))).toEqual([`${second.id}.1`]);
  const facts = JSON.parse(readFileSync(join(here.cwd, 'runs/first/facts.json'), 'utf8'));
  expect(Object.keys(facts.groups).sort()).toEqual([first.id, second.id].sort());
  for (const { vms } of Object.values(facts.groups) as { vms: { [vm: string]: object } }[])
    for (const vm of Object.values(vms))
      expect(vm).toMatchObject({
        node: expect.any(String),
        provisioning: expect.any(Number),
        attach: expect.any(Number),
        claims: [{ volumeMode: 'Block' }],
      });

  const report = await here.virtwork('experiment report runs/first -o json');
  expect(report.stderr).toBe('');
  expect(JSON.parse(report.stdout)).toMatchObject({ name: 'sizes', missing: [] });
});

inNetwork('run with a ramp: it ends early, and both edges are measured twice', async () => {
  const { status, stdout, stderr } = await here.virtwork('experiment run dist/density -o runs/density', {}, 400);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(
      /\nramp: iops is within its limit up to vm_count 2, beyond it from vm_count 3\n4 of 8 groups complete, 4 not needed; records: runs\/density\n$/,
    ),
  });
  expect(stderr).toContain('measuring it again, round 2: it is at the limit');
  expect(left()).toEqual([]);
  expect(stored('runs/density')).toHaveLength(1 + 2 + 3 + 4);
  expect(stored('runs/density/rounds/2')).toHaveLength(2 + 3);

  const report = await here.virtwork('experiment report runs/density -o json');
  expect(report.stderr).toBe('');
  expect(JSON.parse(report.stdout)).toMatchObject({ missing: [], broken: [], ramps: [{ within: 2, beyond: 3 }] });
});

inNetwork('the loop of the docs runs all groups with kubectl alone', async () => {
  expect(await byHand('sizes')).toMatchObject({ name: 'sizes', missing: [], broken: [] });
});

inNetwork('the loop of the docs runs a ramp, with all of its counts; the report finds its limit', async () => {
  expect(await byHand('density')).toMatchObject({ name: 'density', missing: [], broken: [], ramps: [{ within: 2, beyond: 3 }] });
});

/** Runs the documented commands, with the names of this test. @returns the report of their results */
async function byHand(name: string): Promise<unknown> {
  const results = `${name}.gz`;
  const loop = documentedLoop()
    .replaceAll('dist/rank', `dist/${name}`)
    .replaceAll('-n bench', `-n ${here.namespace}`)
    .replace('/namespaces/bench/', `/namespaces/${here.namespace}/`)
    .replace(':9998', `:${port}`)
    .replace('virtwork experiment report results.gz', '')
    .replace('results.gz', results);
  const { status, stdout, stderr } = await ended(start('bash', ['--norc', '-euc', loop], { cwd: here.cwd }, 250), 240);
  expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: expect.stringContaining(' deleted') });
  expect(left()).toEqual([]);
  const report = await here.virtwork(`experiment report ${results} -o json`);
  expect(report.stderr).toBe(`plan of the records: dist/${name}/plan.json\n`);
  return JSON.parse(report.stdout);
}

function documentedLoop(): string {
  const text = readFileSync(join(ROOT, 'docs/experiments.md'), 'utf8');
  return /## Run it with kubectl\n\n```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
}

/** A VM of the group, with the name that its manifests have. */
function vmOf({ id }: PlannedGroup): string {
  const text = readdirSync(join(here.cwd, 'dist/sizes/groups', id))
    .map((file) => readFileSync(join(here.cwd, 'dist/sizes/groups', id, file), 'utf8'))
    .join('---\n');
  return /kind: VirtualMachine\nmetadata:[\s\S]*?\n {2}name: (\S+)/.exec(text)?.[1] ?? '';
}
