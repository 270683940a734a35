import { UserError } from '../../errors';
import type { LabFolder } from '../../lab/folder';
import type { Health } from '../../lab/health';
import { hasFailed, isGood, type Standing, waitHealthy } from '../../lab/standing';
import { bringUp } from '../../lab/up';
import { takeDown } from '../../lab/vm';
import type { Plan } from '../../plan/plan';
import type { Args, Context } from '../context';
import { GENERATION } from '../options-of';
import { onSignals } from '../signals';
import { table } from '../table';
import type { Verb } from '../verb';
import { bootToInspect, NO_HEALTH_PORT } from './messages';
import { unitsOf } from './output';
import { BOOT_FLAGS, prepare } from './prepare';
import { described, OUTPUT, progress, verdict } from './show';

/** Milliseconds for which a guest must stay healthy: longer than a unit that crashes needs to fail and restart. */
const SETTLE = 15_000;

export const test: Verb = {
  name: 'test',
  describe: 'boot an entry, wait until it is healthy and stays so, report, and take it down',
  words: 'ENTRY',
  flags: { ...BOOT_FLAGS, output: OUTPUT },
  options: GENERATION,
  examples: [['virtwork lab test ./my-benchmark -o json', 'test an entry, and print the report as JSON']],
  run: runTest,
};

async function runTest(args: Args, context: Context): Promise<number> {
  const { timeout, ...props } = await prepare(args, context);
  const { folder, plan, image } = props;
  requireHealthPort(plan);
  const { signal, code } = onSignals();
  const started = new Date();
  const vms = await bringUp({ ...props, owner: process.pid });
  try {
    const standings = await waitHealthy(vms, { timeout, settle: SETTLE, signal, report: progress(context.log) });
    if (signal.aborted) return code();
    const report = {
      apiVersion: 'virtwork/v1',
      kind: 'LabReport',
      result: resultOf(standings),
      entries: plan.workloads.map(({ name }) => name),
      started: started.toISOString(),
      seconds: Math.round((Date.now() - started.getTime()) / 1000),
      accelerator: vms[0]?.accelerator,
      image: image.root,
      vms: await Promise.all(standings.map((standing) => reportOf(folder, standing))),
    };
    if (args.output === 'json') context.out(`${JSON.stringify(report, null, 2)}\n`);
    else printTable(standings, report, context);
    return verdict(standings, context.log, () => bootToInspect(args.ENTRY as string[]));
  } finally {
    await takeDown(
      folder,
      vms.map(({ name }) => name),
    );
  }
}

/** Without a health endpoint, nothing shows whether a workload runs. */
function requireHealthPort({ workloads }: Plan): void {
  if (workloads.some(({ roles }) => roles.some(({ healthPort }) => healthPort === 0))) throw new UserError([NO_HEALTH_PORT]);
}

function resultOf(standings: readonly Standing[]): 'passed' | 'failed' | 'timeout' {
  if (standings.every(isGood)) return 'passed';
  return standings.some(hasFailed) ? 'failed' : 'timeout';
}

interface VmReport {
  readonly name: string;
  readonly role: string;
  readonly state: string;
  readonly health: { readonly status: number; readonly units: readonly string[] };
  /** The state of its units, if it was not healthy. */
  readonly why?: string;
}

async function reportOf(folder: LabFolder, standing: Standing): Promise<VmReport> {
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

interface Result {
  readonly result: string;
  readonly seconds: number;
  readonly vms: readonly VmReport[];
}

function printTable(standings: readonly Standing[], { result, seconds, vms }: Result, { out, log }: Context): void {
  const rows = standings.map((standing) => [
    standing.vm.name,
    described(standing),
    linesOf(standing.health).join('; ').replace(/ +/g, ' ') || '-',
  ]);
  out(`${table(['VM', 'STATE', 'UNITS'], rows)}${result} in ${seconds} s\n`);
  for (const { name, why } of vms) if (why) log.info(`\n${name}:\n${why}`);
}

function linesOf({ text }: Health): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
