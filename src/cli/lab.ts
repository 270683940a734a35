import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { entryFolder, entryNames, findCatalog } from '../catalog/find';
import { type Findings, readEntry, shownPath } from '../catalog/read';
import { EXIT, type Problem, refuse, UserError } from '../errors';
import { type Accelerator, findAccelerator } from '../lab/accelerator';
import { LabFolder, type LabVm } from '../lab/folder';
import { buildImage, builtImage, foreignImage, type LabImage, SUITE } from '../lab/image';
import { bringUp, restart, type Standing, standingOf, takeDown, waitHealthy } from '../lab/lab';
import { FILES } from '../lab/machine';
import { requirePrograms, runProgram } from '../lab/process';
import { sshCommand } from '../lab/ssh';
import { loadPlan } from '../load-plan';
import { duration } from '../options/kinds';
import type { Plan } from '../plan/plan';
import { nearest } from '../suggest';
import type { Args, Context, Log } from './context';
import { CONFIG_FLAG, GENERATION } from './options-of';
import { table } from './table';
import type { Flag, Verb, VerbGroup } from './verb';

const LAB_DIR: Flag = { metavar: 'DIR', describe: 'where its VMs live (default: ~/.virtwork/lab)' };
const OUTPUT: Flag = { alias: 'o', metavar: 'FORMAT', choices: ['table', 'json'], describe: 'table or json' };
const BOOT_FLAGS = {
  ...CONFIG_FLAG,
  image: { metavar: 'FILE', describe: 'any cloud image, qcow2 or raw, with --guest-os (default: the Debian image of lab image build)' },
  timeout: { metavar: 'DURATION', describe: 'how long the guests may take to be healthy (default: 10m)' },
  'lab-dir': LAB_DIR,
} as const;
const TIMEOUT = 600;
/** Seconds for which a guest has to stay healthy: longer than a unit that dies and comes back needs. */
const SETTLE = 15;
/** The signals that end a command, and what the shell is told then. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const up: Verb = {
  name: 'up',
  describe: 'boot the VMs of workloads or entries on this machine, and wait until they are healthy',
  words: 'ENTRY',
  flags: { ...BOOT_FLAGS, 'no-wait': { describe: 'do not wait' } },
  options: GENERATION,
  examples: [
    ['virtwork lab up ./my-benchmark', 'an entry of yours, by its folder'],
    ['virtwork lab up network --params network.parallel-streams=1 --memory 1Gi', 'a pair of VMs'],
  ],
  run: runUp,
};

const status: Verb = {
  name: 'status',
  describe: 'the VMs of the lab, and what each says of its units',
  flags: { 'lab-dir': LAB_DIR, output: OUTPUT },
  options: [],
  run: runStatus,
};

const logs: Verb = {
  name: 'logs',
  describe: 'the journal of the VMs; of a guest that cannot be reached, its console',
  words: 'VM',
  flags: { 'lab-dir': LAB_DIR, unit: { alias: 'u', metavar: 'UNIT', describe: 'of this unit only' }, console: { describe: 'the console' } },
  options: [],
  run: runLogs,
};

const ssh: Verb = {
  name: 'ssh',
  describe: 'a shell in a VM',
  words: 'VM',
  flags: { 'lab-dir': LAB_DIR },
  options: [],
  run: (args, context) => inside(args, context, []),
};

const exec: Verb = {
  name: 'exec',
  describe: 'run a command in a VM, as root',
  words: 'VM',
  rest: 'COMMAND',
  flags: { 'lab-dir': LAB_DIR },
  options: [],
  examples: [['virtwork lab exec virtwork-cpu-0 -- systemctl --failed', 'what failed']],
  run: runExec,
};

const again: Verb = {
  name: 'restart',
  describe: 'start VMs again on a fresh root disk, with their data disks as they were',
  words: 'VM',
  flags: { 'lab-dir': LAB_DIR },
  options: [],
  run: runRestart,
};

const down: Verb = {
  name: 'down',
  describe: 'stop VMs, all of them unless some are named, and remove their disks',
  words: 'VM',
  flags: { 'lab-dir': LAB_DIR },
  options: [],
  run: runDown,
};

const test: Verb = {
  name: 'test',
  describe: 'boot an entry, wait until it is healthy and stays so, report, and take it down',
  words: 'ENTRY',
  flags: { ...BOOT_FLAGS, output: { ...OUTPUT, describe: 'table, or the report as json' } },
  options: GENERATION,
  examples: [['virtwork lab test ./my-benchmark -o json', 'does it run?']],
  run: runTest,
};

const build: Verb = {
  name: 'build',
  describe: 'build the Debian image with the packages of all shipped entries, and of those that are named',
  words: 'ENTRY',
  flags: CONFIG_FLAG,
  options: ['catalog_dir', 'verbose'],
  run: runBuild,
};

const image: VerbGroup = { name: 'image', describe: 'the image that the lab boots', verbs: [build] };

export const lab: VerbGroup = {
  name: 'lab',
  describe: 'boot workloads on this machine under QEMU, without a cluster',
  verbs: [up, test, status, logs, ssh, exec, again, down, image],
};

async function runUp(args: Args, context: Context): Promise<number> {
  const { folder, timeout, plan, image: from, accelerator } = await prepare(args, context);
  const { signal, code } = onSignals();
  const vms = await bringUp({ plan, folder, image: from, accelerator });
  if (args['no-wait'] === true) {
    context.out(listed(vms.map((vm) => ({ vm, state: 'booting', health: { status: 0, text: '' } }))));
    return EXIT.done;
  }
  const standings = await waitHealthy(vms, { timeout, settle: 0, signal, report: progress(context.log) });
  if (signal.aborted) {
    await takeDown(
      folder,
      vms.map(({ name }) => name),
    );
    return code();
  }
  context.out(listed(standings));
  return verdict(standings, context.log);
}

async function runTest(args: Args, context: Context): Promise<number> {
  const { folder, timeout, plan, image: from, accelerator } = await prepare(args, context);
  const { signal, code } = onSignals();
  const started = new Date();
  const vms = await bringUp({ plan, folder, image: from, accelerator, owner: process.pid });
  try {
    const standings = await waitHealthy(vms, { timeout, settle: SETTLE * 1000, signal, report: progress(context.log) });
    if (signal.aborted) return code();
    const result = standings.every(isGood) ? 'passed' : standings.some(({ state }) => state === 'stopped') ? 'failed' : 'timeout';
    const report = {
      apiVersion: 'virtwork/v1',
      kind: 'LabReport',
      result,
      entries: plan.workloads.map(({ name }) => name),
      started: started.toISOString(),
      seconds: Math.round((Date.now() - started.getTime()) / 1000),
      accelerator: vms[0]?.accelerator,
      image: from.root,
      vms: await Promise.all(standings.map((standing) => reportOf(folder, standing))),
    };
    context.out(args.output === 'json' ? `${JSON.stringify(report, null, 2)}\n` : listed(standings));
    if (args.output !== 'json') for (const { name, why } of report.vms) if (why) context.log.info(`\n${name}:\n${why}`);
    return verdict(standings, context.log);
  } finally {
    await takeDown(
      folder,
      vms.map(({ name }) => name),
    );
  }
}

/** What a test says of a VM: what it answers, and if that is no good, why. */
async function reportOf(folder: LabFolder, standing: Standing) {
  const { vm, state, health } = standing;
  const units = health.text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => line.trim());
  const why = isGood(standing) ? undefined : await journalOf(folder, vm, ['-p', 'notice', '-n', '60']);
  return { name: vm.name, role: vm.role, state, health: { status: health.status, units }, ...(why === undefined ? {} : { why }) };
}

async function runStatus(args: Args, context: Context): Promise<number> {
  const standings = await Promise.all(folderOf(args, context).list().map(standingOf));
  if (args.output === 'json') {
    context.out(`${JSON.stringify({ vms: standings.map(({ vm, state, health }) => ({ ...vm, state, health })) }, null, 2)}\n`);
  } else context.out(standings.length === 0 ? 'the lab is empty\n' : listed(standings));
  return EXIT.done;
}

async function runLogs(args: Args, context: Context): Promise<number> {
  const folder = folderOf(args, context);
  for (const vm of chosen(folder, args)) {
    const units = args.unit === undefined ? [] : ['-u', String(args.unit)];
    context.out(args.console === true ? consoleOf(folder, vm) : await journalOf(folder, vm, units));
  }
  return EXIT.done;
}

async function runExec(args: Args, context: Context): Promise<number> {
  const command = args['--'] as string[] | undefined;
  if (!command || command.length === 0) {
    throw new UserError([{ where: 'virtwork lab exec', message: 'needs a command after --', hint: 'virtwork lab exec VM -- COMMAND' }]);
  }
  return inside(args, context, ['sudo', '--', ...command.map(quoted)]);
}

async function inside(args: Args, context: Context, command: readonly string[]): Promise<number> {
  requirePrograms('ssh');
  const folder = folderOf(args, context);
  const [vm, ...more] = chosen(folder, args);
  if (vm === undefined || more.length > 0) {
    throw new UserError([{ where: 'virtwork lab', message: `must be given one VM; there are ${names(folder)}` }]);
  }
  const [program = '', ...words] = sshCommand(folder, vm);
  const child = spawn(program, [...words, ...command], { stdio: 'inherit' });
  return new Promise((done) => child.on('close', (status) => done(status ?? EXIT.failed)));
}

async function runRestart(args: Args, context: Context): Promise<number> {
  const folder = folderOf(args, context);
  const vms = await restart(folder, chosen(folder, args));
  context.out(listed(vms.map((vm) => ({ vm, state: 'booting', health: { status: 0, text: '' } }))));
  return EXIT.done;
}

async function runDown(args: Args, context: Context): Promise<number> {
  const folder = folderOf(args, context);
  const vms = chosen(folder, args).map(({ name }) => name);
  await takeDown(folder, vms);
  context.out(vms.length === 0 ? 'the lab is empty\n' : vms.map((name) => `${name} is gone\n`).join(''));
  return EXIT.done;
}

async function runBuild(args: Args, context: Context): Promise<number> {
  const { env, cwd, problems, log, out } = context;
  const named = (args.ENTRY as string[] | undefined) ?? [];
  const flags = { ...args, ...catalogOf(named, cwd) };
  const catalog = findCatalog(catalogDir(flags, context));
  const findings: Findings = { problems: [...problems], warnings: [] };
  const all = [...new Set([...catalog.builtIns, ...catalog.examples, ...named.map((name) => basename(resolve(cwd, name)))])];
  const packages = all.flatMap((name) => {
    const from = entryFolder(catalog, name);
    if (!from) findings.problems.push({ where: '', message: `workload not found: ${name}; there are ${entryNames(catalog).join(', ')}` });
    const entry = from && readEntry(from, shownPath(from, cwd), catalog.builtIns.includes(name), findings);
    if (!entry) return [];
    const filesystems = entry.storage.map(({ filesystem }) => (filesystem === 'xfs' ? 'xfsprogs' : 'e2fsprogs'));
    return [...(entry.packages.debian ?? entry.packages.any ?? []), ...filesystems];
  });
  refuse(findings.problems);
  const { root } = await buildImage(cacheOf(env), { suite: SUITE, packages }, log.info);
  out(`${root}\n`);
  return EXIT.done;
}

interface Prepared {
  readonly folder: LabFolder;
  readonly plan: Plan;
  readonly image: LabImage;
  readonly accelerator: Accelerator;
  /** Milliseconds. */
  readonly timeout: number;
}

async function prepare(args: Args, context: Context): Promise<Prepared> {
  const { env, cwd, log } = context;
  const named = (args.ENTRY as string[] | undefined) ?? [];
  const problems: Problem[] = [...context.problems];
  if (named.length === 0) problems.push({ where: 'virtwork lab', message: 'must be given an entry', hint: 'virtwork list' });
  const timeout = args.timeout === undefined ? { value: TIMEOUT } : duration.parse(args.timeout);
  if ('must' in timeout) problems.push({ where: 'flag --timeout', message: `must ${timeout.must}, got ${JSON.stringify(args.timeout)}` });
  const { ENTRY: _, ...rest } = args;
  const flags = {
    ...rest,
    ...catalogOf(named, cwd),
    workloads: [...new Set(named.map((name) => basename(resolve(cwd, name))))].join(','),
    // The image that the lab builds is Debian's, whatever the cluster's is.
    ...(args.image === undefined ? { 'guest-os': 'debian' } : {}),
  };
  const { plan } = await loadPlan({ flags, env, cwd, problems });
  plan.warnings.forEach(log.warn);
  requirePrograms('qemu-system-x86_64', 'qemu-img', 'setpriv', 'ssh-keygen');
  const packages = plan.workloads.flatMap(({ roles }) => roles.flatMap(({ guest }) => guest.packages));
  const from = args.image === undefined ? builtImage(cacheOf(env), packages) : await foreignImage(resolve(cwd, String(args.image)));
  if (from === undefined) {
    throw new UserError([
      {
        where: 'virtwork lab',
        message: `there is no image yet with the packages ${[...new Set(packages)].join(', ') || 'of every guest'}`,
        hint: `virtwork lab image build ${named.join(' ')}, or --image FILE`,
      },
    ]);
  }
  const accelerator = await findAccelerator();
  if (accelerator.reason) log.info(`${accelerator.reason}: software emulation, several times slower`);
  return {
    folder: folderOf(args, context),
    plan,
    image: from,
    accelerator,
    timeout: ('value' in timeout ? timeout.value : TIMEOUT) * 1000,
  };
}

/** An entry that is named by its folder brings its catalog along. */
function catalogOf(named: readonly string[], cwd: string): { readonly 'catalog-dir'?: string } {
  const paths = named.filter((name) => name.includes('/') || name === '.').map((name) => dirname(resolve(cwd, name)));
  const [dir] = paths;
  if (paths.some((path) => path !== dir)) {
    throw new UserError([{ where: 'virtwork lab', message: `must be given entries of one catalog, got ${named.join(', ')}` }]);
  }
  return dir === undefined ? {} : { 'catalog-dir': dir };
}

function catalogDir(flags: Args, { env, cwd }: Context): string {
  const given = flags['catalog-dir'] ?? env.VIRTWORK_CATALOG_DIR;
  return given === undefined ? join(home(env), '.virtwork/catalog') : resolve(cwd, String(given));
}

function folderOf(args: Args, { env, cwd }: Context): LabFolder {
  return new LabFolder(args['lab-dir'] === undefined ? join(home(env), '.virtwork/lab') : resolve(cwd, String(args['lab-dir'])));
}

function cacheOf(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(home(env), '.cache'), 'virtwork/lab');
}

function home(env: NodeJS.ProcessEnv): string {
  return env.HOME || '/tmp';
}

/** The VMs that are named, or all. */
function chosen(folder: LabFolder, args: Args): LabVm[] {
  const all = folder.list();
  const asked = [...new Set((args.VM as string[] | undefined) ?? [])];
  refuse(
    asked
      .filter((name) => !all.some((vm) => vm.name === name))
      .map((name) => {
        const near = nearest(
          name,
          all.map((vm) => vm.name),
        );
        return { where: 'virtwork lab', message: `there is no VM ${name}; there are ${names(folder)}`, ...(near ? { hint: near } : {}) };
      }),
  );
  return asked.length === 0 ? all : all.filter(({ name }) => asked.includes(name));
}

function names(folder: LabFolder): string {
  return (
    folder
      .list()
      .map(({ name }) => name)
      .join(', ') || 'none'
  );
}

/** Through SSH; the console tells what happened before there was any. */
async function journalOf(folder: LabFolder, vm: LabVm, filter: readonly string[]): Promise<string> {
  const [program = '', ...words] = sshCommand(folder, vm);
  const journal = ['sudo', 'journalctl', '--boot', '--no-pager', ...filter.map(quoted)];
  const { code, stdout } = await runProgram(program, [...words, ...journal], { timeout: 60_000 });
  return code === 0 ? stdout : consoleOf(folder, vm).split('\n').slice(-60).join('\n');
}

function consoleOf(folder: LabFolder, { name }: LabVm): string {
  try {
    return readFileSync(join(folder.of(name), FILES.console), 'utf8');
  } catch {
    return '';
  }
}

/** One word of a shell's. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function isGood({ state }: Standing): boolean {
  return state === 'healthy' || state === 'running';
}

function verdict(standings: readonly Standing[], log: Log): number {
  for (const { vm, state, health } of standings.filter((standing) => !isGood(standing))) {
    log.error(`${vm.name} is ${state}${health.text ? `:\n${health.text.trimEnd()}` : ''}\n  try: virtwork lab logs ${vm.name}`);
  }
  if (standings.every(isGood)) return EXIT.done;
  return standings.some(({ state }) => state === 'stopped') ? EXIT.no : EXIT.timeout;
}

function listed(standings: readonly Standing[]): string {
  return table(
    ['VM', 'STATE', 'ADDRESS', 'HEALTH', 'SSH'],
    standings.map(({ vm, state }) => [
      vm.name,
      state,
      vm.address,
      vm.healthPort === 0 ? '-' : `http://127.0.0.1:${vm.healthPort}/healthz`,
      `virtwork lab ssh ${vm.name}`,
    ]),
  );
}

/** A line for each change of state. */
function progress(log: Log): (standings: readonly Standing[]) => void {
  const last = new Map<string, string>();
  const start = Date.now();
  return (standings) => {
    for (const { vm, state } of standings) {
      if (last.get(vm.name) === state) continue;
      last.set(vm.name, state);
      log.info(`${String(Math.round((Date.now() - start) / 1000)).padStart(4)} s  ${vm.name} is ${state}`);
    }
  };
}

/** From now on signals end nothing by themselves, but are noticed. */
function onSignals(): { readonly signal: AbortSignal; readonly code: () => number } {
  const controller = new AbortController();
  let code: number = EXIT.failed;
  for (const [signal, status] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      code = status;
      controller.abort();
    });
  }
  return { signal: controller.signal, code: () => code };
}
