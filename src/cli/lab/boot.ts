import { freemem } from 'node:os';
import { basename, resolve } from 'node:path';
import { EXIT, type Problem, UserError } from '../../errors';
import { parseBytes } from '../../kubernetes/quantity';
import { type Accelerator, findAccelerator } from '../../lab/accelerator';
import { type Credential, readCredential } from '../../lab/credential';
import type { LabFolder } from '../../lab/folder';
import type { Health } from '../../lab/health';
import { builtImage, checkImageFile, foreignImage, type LabImage } from '../../lab/image';
import { booting, bringUp, type Standing, takeDown, waitHealthy } from '../../lab/lab';
import { requirePrograms } from '../../lab/process';
import { loadPlan } from '../../load-plan';
import type { Plan } from '../../plan/plan';
import type { Args, Context } from '../context';
import { CONFIG_FLAG, GENERATION } from '../options-of';
import { onSignals } from '../signals';
import { table } from '../table';
import { timeoutFlag } from '../timeout-flag';
import type { Verb } from '../verb';
import { unitsOf } from './inside';
import { cacheOf, catalogOf, folderOf, LAB_DIR, sameLab } from './places';
import { isGood, listed, OUTPUT, progress, verdict } from './show';

const BOOT_FLAGS = {
  ...CONFIG_FLAG,
  image: { metavar: 'FILE', describe: 'any cloud image, qcow2 or raw, with --guest-os (default: the Debian image of lab image build)' },
  access: {
    metavar: 'DIR',
    describe: "token, ca.crt and namespace for guests that ask a cluster's API (default: made up, so that nobody answers)",
  },
  outbound: { describe: 'let guests reach this machine and its network; --no-outbound does not (default: with --image or --access only)' },
  timeout: { metavar: 'DURATION', describe: 'how long the guests may take to be healthy (default: 10m)' },
  'lab-dir': LAB_DIR,
} as const;
/** Seconds. */
const TIMEOUT = 600;
/** Seconds for which a guest has to stay healthy: longer than a unit that dies and comes back needs. */
const SETTLE = 15;

export const up: Verb = {
  name: 'up',
  describe: 'boot the VMs of workloads or entries on this machine, and wait until they are healthy',
  words: 'ENTRY',
  flags: { ...BOOT_FLAGS, wait: { describe: 'wait until they are healthy; --no-wait does not' } },
  options: GENERATION,
  examples: [
    ['virtwork lab up ./my-benchmark', 'an entry of yours, by its folder'],
    ['virtwork lab up network --params network.parallel-streams=1 --memory 1Gi', 'a pair of VMs'],
  ],
  run: runUp,
};

export const test: Verb = {
  name: 'test',
  describe: 'boot an entry, wait until it is healthy and stays so, report, and take it down',
  words: 'ENTRY',
  flags: { ...BOOT_FLAGS, output: { ...OUTPUT, describe: 'table, or the report as json' } },
  options: GENERATION,
  examples: [['virtwork lab test ./my-benchmark -o json', 'does it run?']],
  run: runTest,
};

async function runUp(args: Args, context: Context): Promise<number> {
  const { timeout, ...prepared } = await prepare(args, context);
  const { folder } = prepared;
  const { signal, code } = onSignals();
  const vms = await bringUp(prepared);
  if (args.wait === false) {
    context.out(listed(vms.map(booting), sameLab(args)));
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
  context.out(listed(standings, sameLab(args)));
  return verdict(standings, context.log, (vm) => `virtwork lab logs ${vm}${sameLab(args)}`);
}

async function runTest(args: Args, context: Context): Promise<number> {
  const { timeout, ...prepared } = await prepare(args, context);
  const { folder, plan, image: from } = prepared;
  refuseSilent(plan);
  const { signal, code } = onSignals();
  const started = new Date();
  const vms = await bringUp({ ...prepared, owner: process.pid });
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
    context.out(args.output === 'json' ? `${JSON.stringify(report, null, 2)}\n` : tested(standings, report));
    if (args.output !== 'json') for (const { name, why } of report.vms) if (why) context.log.info(`\n${name}:\n${why}`);
    return verdict(standings, context.log, () => `virtwork lab up ${(args.ENTRY as string[]).join(' ')}, to look inside`);
  } finally {
    await takeDown(
      folder,
      vms.map(({ name }) => name),
    );
  }
}

/** A guest without a health endpoint can be booted, but nobody could tell whether its workload runs. */
function refuseSilent({ workloads }: Plan): void {
  if (workloads.every(({ roles }) => roles.every(({ healthPort }) => healthPort > 0))) return;
  throw new UserError([
    { where: 'health_port', message: 'must not be 0 for virtwork lab test, which asks the health endpoint', hint: 'virtwork lab up' },
  ]);
}

/** What is left to say of VMs that are gone. */
function tested(standings: readonly Standing[], { result, seconds }: { readonly result: string; readonly seconds: number }): string {
  const rows = standings.map(({ vm, state, health }) => [vm.name, state, linesOf(health).join('; ').replace(/ +/g, ' ') || '-']);
  return `${table(['VM', 'STATE', 'UNITS'], rows)}${result} in ${seconds} s\n`;
}

/** What a test says of a VM: what it answers, and if that is no good, why. */
async function reportOf(folder: LabFolder, standing: Standing) {
  const { vm, state, health } = standing;
  const why = isGood(standing) ? undefined : await unitsOf(folder, vm);
  return {
    name: vm.name,
    role: vm.role,
    state,
    health: { status: health.status, units: linesOf(health) },
    ...(why === undefined ? {} : { why }),
  };
}

function linesOf({ text }: Health): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

/** Where memory ends, the kernel kills one of the VMs, or something else. */
function memoryWarnings({ workloads }: Plan): string[] {
  const wanted = workloads.flatMap(({ roles }) => roles).reduce((sum, { vms, memory }) => sum + vms.length * Number(parseBytes(memory)), 0);
  const free = freemem();
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)}Gi`;
  return wanted > free
    ? [`the VMs may take ${gib(wanted)} of memory, and ${gib(free)} are free on this machine: --memory, or fewer VMs at a time`]
    : [];
}

interface Prepared {
  readonly folder: LabFolder;
  readonly plan: Plan;
  readonly image: LabImage;
  readonly accelerator: Accelerator;
  readonly credential?: Credential;
  /** Whether guests reach this machine and its network. */
  readonly outbound: boolean;
  /** Milliseconds. */
  readonly timeout: number;
}

async function prepare(args: Args, context: Context): Promise<Prepared> {
  const { env, cwd, log } = context;
  const named = ((args.ENTRY as string[] | undefined) ?? []).filter(Boolean);
  const problems: Problem[] = [...context.problems];
  if (named.length === 0) problems.push({ where: 'virtwork lab', message: 'must be given an entry', hint: 'virtwork list' });
  const timeout = timeoutFlag(args, TIMEOUT, problems) * 1000;
  const image = args.image === undefined ? undefined : resolve(cwd, String(args.image));
  if (image === undefined && !['debian', undefined].includes(args['guest-os'] as string | undefined)) {
    problems.push({
      where: 'flag --guest-os',
      message: `must be debian, which the lab's own image is, got ${JSON.stringify(args['guest-os'])}`,
      hint: '--image FILE',
    });
  }
  if (image !== undefined) checkImageFile(image, problems);
  const credential = args.access === undefined ? undefined : readCredential(resolve(cwd, String(args.access)), problems);
  const { ENTRY: _, ...rest } = args;
  const flags = {
    ...rest,
    ...catalogOf(named, cwd),
    workloads: [...new Set(named.map((name) => basename(resolve(cwd, name))))].join(','),
    // The image that the lab builds is Debian's, whatever the cluster's is.
    ...(image === undefined ? { 'guest-os': 'debian' } : {}),
  };
  const { plan } = await loadPlan({ flags, env, cwd, problems });
  for (const warning of [...plan.warnings, ...memoryWarnings(plan)]) log.warn(warning);
  requirePrograms('qemu-system-x86_64', 'qemu-img', 'setpriv', 'ssh-keygen');
  const packages = plan.workloads.flatMap(({ roles }) => roles.flatMap(({ guest }) => guest.packages));
  const from = image === undefined ? builtImage(cacheOf(env), packages) : await foreignImage(image);
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
    ...(credential ? { credential } : {}),
    // A foreign image installs its packages, a credential is for an API somewhere; what the lab has built needs nothing.
    outbound: args.outbound === undefined ? image !== undefined || credential !== undefined : args.outbound === true,
    timeout,
  };
}
