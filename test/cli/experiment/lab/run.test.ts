import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { vmsOf } from '../../../../src/cli/experiment/lab/lab-group';
import type { PlannedGroup } from '../../../../src/experiment/experiment-plan';
import type { Plan } from '../../../../src/plan/plan';
import type { Result } from '../../../../src/results/result';
import { type Guest, labOf } from '../../../support/fake-lab';
import { experiment } from '../../../support/planned-experiments';
import { PROGRAM, virtwork } from '../../../support/program';
import { tempDir } from '../../../support/render';
import { ended, start } from '../../../support/run';
import { guestOf } from '../../../support/trial-records';

// Each test starts several processes.
jest.setTimeout(120_000);

const FILE = `workload: fio-bench
settings: { data_disk_size: 1Gi, node_selector: { zone: a } }
params: { size: 64M, runtime: 1, ramp: 0 }
matrix:
  disk_bus: [virtio, scsi]
  profile: [mixed, log]
repeats: 2
`;
const CLASSES = 'workload: fio-bench\nmatrix: { storage: { a: { storage_class: a }, b: { storage_class: b } } }\n';

/** Programs that the lab needs. QEMU does not start. */
const PROGRAMS = {
  'qemu-system-x86_64': '[ "$1" != --version ] || { echo "QEMU emulator version 9.9.9"; exit; }\necho "no such machine" >&2; exit 1',
  'qemu-img': '',
  setpriv: 'shift 2; exec "$@"',
  'ssh-keygen': 'for file; do :; done; echo key >"$file"; echo key >"$file.pub"',
};
/** Packages of every image of the lab, and those that a guest of fio-bench needs in addition. */
const PACKAGES = `systemd-sysv dbus udev cloud-init openssh-server sudo linux-image-cloud-amd64 iproute2 curl ca-certificates procps
qemu-guest-agent fio xfsprogs e2fsprogs jq gzip`;

const path = process.env.PATH;
beforeEach(() => {
  const bin = tempDir();
  for (const [name, script] of Object.entries(PROGRAMS)) writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env.PATH = `${bin}${delimiter}${path}`;
});
afterEach(() => {
  process.env.PATH = path;
});

interface Planned {
  readonly group: PlannedGroup;
  readonly plan: Plan;
  /** Name of its VM. */
  readonly vm: string;
}

/** A guest that has run so many trials of its group; all by default. */
function guest({ group, vm }: Planned, count = group.trials.length, change: Partial<Result> = {}): Guest {
  const records = group.trials
    .slice(0, count)
    .map(({ id, name, repeat }) => ({ trial: id, name, repeat, group: group.id, plan: group.plan, workload: group.id, ...change }));
  return guestOf(vm, records, { group: group.id, plan: group.plan, planned: group.trials.length });
}

/** An experiment in a lab with an image, and a run folder `runs/first` that has not measured anything. */
async function setUp(guests: (groups: readonly Planned[]) => { readonly [vm: string]: Guest | undefined } = () => ({})) {
  const { plan, groups } = await experiment(FILE);
  const all = plan.groups.map((group): Planned => {
    const own = groups.get(group.id) as Plan;
    return { group, plan: own, vm: vmsOf(own)[0] as string };
  });
  const lab = await labOf(guests(all));
  writeFileSync(join(lab.home, 'e.yaml'), FILE);
  mkdirSync(join(lab.home, '.cache/virtwork/lab/image'), { recursive: true });
  writeFileSync(join(lab.home, '.cache/virtwork/lab/image/packages'), PACKAGES.replace(/\s+/g, '\n'));
  mkdirSync(join(lab.home, 'runs/first'), { recursive: true });
  writeFileSync(join(lab.home, 'runs/first/plan.json'), `${JSON.stringify(plan, null, 2)}\n`);
  const stored = () =>
    (readdirSync(join(lab.home, 'runs/first/groups'), { recursive: true }) as string[]).filter((file) => file.endsWith('.gz')).sort();
  return { ...lab, groups: all, stored };
}

const RESUME = 'experiment run e.yaml --in lab --resume -o runs/first';

test('stores what the VMs hold, adds the facts, and removes the VMs', async () => {
  const {
    virtwork: run,
    home,
    folder,
    groups,
    stored,
  } = await setUp((all) => Object.fromEntries(all.map((each) => [each.vm, guest(each)])));
  const { status, stdout, stderr } = await run(RESUME);
  const lines = groups.map(({ group: { id } }) => `${id.padEnd(Math.max(...groups.map(({ group }) => group.id.length)))}   complete   -\n`);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(new RegExp(`^GROUP +STATE +WHY\n${lines.join('')}2 of 2 groups complete; records: runs/first\n$`)),
  });
  expect(stderr).toMatch(/warning: without effect in the lab: node_selector\n/);
  expect(stderr).toMatch(/: stopping its VMs and removing their disks\n/);
  expect(stored()).toEqual(
    groups
      .flatMap(({ group, vm }) => group.trials.map(({ id, name, repeat }) => `${group.id}/${vm}/${id}-${name}-r${repeat}.json.gz`))
      .sort(),
  );
  expect(folder.list()).toEqual([]);
  const facts = JSON.parse(readFileSync(join(home, 'runs/first/facts.json'), 'utf8'));
  expect(facts).toMatchObject({
    schema: 'virtwork.facts/1',
    lab: {
      ...{ cpu: expect.any(String), cpus: expect.any(Number), kernel: expect.any(String), qemu: '9.9.9', accelerator: 'tcg' },
      ...{ emulatedBecause: expect.any(String), storage: { default: { directory: join(home, 'lab'), fileSystem: expect.any(String) } } },
    },
  });
  const scsi = groups.find(({ group }) => group.settings.disk_bus === 'scsi') as Planned;
  expect(facts.groups[scsi.group.id].vms).toEqual({
    [scsi.vm]: { lab: join(home, 'lab'), disks: [{ name: 'data', size: '1Gi', bus: 'scsi', cache: 'writeback', io: 'threads' }] },
  });
});

test('a new run does not touch VMs of an earlier one', async () => {
  const { virtwork: run, folder, groups } = await setUp(([first]) => (first ? { [first.vm]: guest(first) } : {}));
  const { status, stderr } = await run('experiment run e.yaml --in lab -o runs/second');
  const [{ group, vm }] = groups as [Planned];
  expect(status).toBe(2);
  expect(stderr).toMatch(
    new RegExp(
      `virtwork lab: has VMs of group ${group.id} already.*\n  hint: .*--resume -o DIR --in lab.*; or delete them: virtwork lab down ${vm} --lab-dir `,
    ),
  );
  expect(folder.list()).toHaveLength(1);
});

test('interrupted: the VMs are left with their names, and --resume continues with them', async () => {
  let isReady = false;
  const {
    virtwork: run,
    home,
    folder,
    groups,
    stored,
  } = await setUp(([first]) => {
    const each = first as Planned;
    const [some, all] = [guest(each, 1), guest(each)];
    return { [each.vm]: (asked) => (isReady ? all : some)(asked) };
  });
  const [{ group, vm }] = groups as [Planned];
  const args = [...RESUME.split(' '), '--only', `disk_bus=${group.settings.disk_bus}`, '--lab-dir', 'lab'];
  const child = start(process.execPath, [PROGRAM, ...args], { cwd: home, env: { PATH: process.env.PATH, HOME: home } });
  const end = ended(child, 60);
  child.stderr.on('data', (text) => {
    if (/1 of 1 VMs answer, 1 of 4 records; about \d/.test(String(text))) child.kill('SIGINT');
  });
  const { status, stderr } = await end;
  expect({ status, stderr }).toEqual({
    status: 130,
    stderr: expect.stringMatching(
      new RegExp(
        `${group.id}: its VMs exist: continuing with them\n[\\s\\S]*interrupted; left on this machine: group ${group.id}\n  to go on: virtwork experiment run e.yaml --resume -o runs/first --only disk_bus=\\w+ --in lab --lab-dir lab\n  to delete: virtwork lab down ${vm} --lab-dir lab\n$`,
      ),
    ),
  });
  expect(folder.list()).toHaveLength(1);
  expect(stored()).toHaveLength(1);
  isReady = true;
  expect(await run(`${RESUME} --only disk_bus=${group.settings.disk_bus}`)).toMatchObject({ status: 0 });
  expect(stored()).toHaveLength(4);
  expect(folder.list()).toEqual([]);
});

test('VMs that have stopped are replaced, and a group whose VMs do not start is run once more', async () => {
  const { virtwork: run, home, folder, groups } = await setUp(([first]) => (first ? { [first.vm]: undefined } : {}));
  const [{ group }] = groups as [Planned];
  const { status, stdout, stderr } = await run(`${RESUME} --only disk_bus=${group.settings.disk_bus}`);
  expect({ status, stdout }).toEqual({
    status: 1,
    stdout: expect.stringMatching(/incomplete: QEMU does not start: no such machine\n0 of 1 groups complete/),
  });
  expect(stderr).toMatch(
    /its VMs exist, and miss records: they are deleted, and created again\n[\s\S]*booting its VMs\n[\s\S]*1 incomplete group is run once more\n/,
  );
  expect(folder.list()).toEqual([]);
  expect(existsSync(join(home, 'lab'))).toBe(false);
});

test.each<[string, string, readonly RegExp[]]>([
  ['', FILE, [/takes one experiment, got none/]],
  ['e.yaml --parallel 2 --via proxy', FILE, [/flag --parallel: must be 1 in the lab: /, /flag --via: is for a cluster\n {2}hint: omit it/]],
  [
    'e.yaml',
    CLASSES,
    [/axis storage: compares nothing in the lab, .*the lab has no storage_class\n {2}hint: name a directory .* --class NAME=DIRECTORY/],
  ],
  [
    'e.yaml --class a --class c=/',
    CLASSES,
    [/--class: must be NAME=DIRECTORY, got "a"/, /no group uses the storage class "c"; the experiment has a, b/],
  ],
  [
    'e.yaml --class a=/ --class a=/nosuch',
    CLASSES,
    [/names the storage class "a" twice/, /missing: b\n {2}hint: for example: --class b=DIRECTORY/],
  ],
  ['e.yaml --class a=/ --class b=/nosuch', CLASSES, [/flag --class: b: must be an existing directory, got "\/nosuch"/]],
  ['e.yaml', FILE, [/no image has the packages .*fio.*\n {2}hint: run: virtwork lab image build fio-bench/]],
])('experiment run --in lab %s: exit 2, and nothing is written', (args, file, says) => {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'e.yaml'), file);
  const { status, stdout, stderr } = virtwork(`experiment run --in lab ${args}`, { cwd });
  expect({ status, stdout, files: readdirSync(cwd) }).toEqual({ status: 2, stdout: '', files: ['e.yaml'] });
  for (const each of says) expect(stderr).toMatch(each);
});

test('--class and --lab-dir are for the lab, and a rendered folder is for a cluster', () => {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'e.yaml'), FILE);
  expect(virtwork('experiment run e.yaml --class a=/ --lab-dir x', { cwd })).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/flag --class: is for the lab\n.*\nflag --lab-dir: is for the lab\n/),
  });
  expect(virtwork('experiment synth e.yaml', { cwd })).toMatchObject({ status: 0 });
  expect(virtwork('experiment run dist/e --in lab', { cwd })).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/dist\/e: is a rendered folder, which the lab cannot boot\n {2}hint: name the file/),
  });
});

test('the VMs of a storage class are in its directory', async () => {
  const { virtwork: run, home } = await setUp();
  writeFileSync(join(home, 'c.yaml'), CLASSES);
  for (const name of ['one', 'two']) mkdirSync(join(home, name));
  const { status, stdout } = await run('experiment run c.yaml --in lab --class a=one --class b=two -o runs/c');
  expect({ status, stdout }).toEqual({
    status: 1,
    stdout: expect.stringMatching(/QEMU does not start: no such machine\n0 of 2 groups complete/),
  });
  const { lab } = JSON.parse(readFileSync(join(home, 'runs/c/facts.json'), 'utf8'));
  expect(lab.storage).toEqual({
    a: expect.objectContaining({ directory: join(home, 'one/virtwork-lab') }),
    b: expect.objectContaining({ directory: join(home, 'two/virtwork-lab') }),
  });
  expect([readdirSync(join(home, 'one')), readdirSync(join(home, 'two'))]).toEqual([[], []]);
});

test('groups of pods are skipped', async () => {
  const { virtwork: run, home } = await setUp();
  const image = 'example.com/bench:1';
  writeFileSync(
    join(home, 'p.yaml'),
    `workload: fio-bench\nsettings: { volume_mode: Block }\nmatrix: { layer: { vm: {}, pod: { pod: { image: ${image} } } } }\n`,
  );
  const { status, stdout, stderr } = await run('experiment run p.yaml --in lab -o runs/p');
  expect({ status, stdout }).toEqual({
    status: 1,
    stdout: expect.stringMatching(/skipped +incomplete: its trials run in pods, which need a cluster\n/),
  });
  expect(stderr).not.toContain('compares nothing');
});
