import { EXIT } from '../errors';
import type { Options } from '../options/options';
import { refuseSecrets } from '../options/secrets';
import type { Plan } from '../plan/plan';
import { objectCounts, renderStream } from '../synth/render';
import type { Args, Context } from './context';

/** Prints what would be applied, without a cluster: the manifests as a stream of YAML, or one JSON object about them. */
export async function dryRun(args: Args, options: Options, plan: Plan, context: Context): Promise<number> {
  const print = (stream: Context['stream']) => stream(args.output === 'json' ? [report(options, plan)] : renderStream(plan));
  if (args.output !== 'json') refuseSecrets(options, plan.workloads);
  const { audit, auditAsked } = options.companion;
  // A dry run creates no database unless --audit asks for it.
  if (audit && auditAsked) {
    const { recorded } = require('./companion/recorded-dry-run') as typeof import('./companion/recorded-dry-run');
    return recorded(options, plan, context, print);
  }
  await print(context.stream);
  return EXIT.done;
}

/** The output of `run -o json`, with every VM as planned, and the number of objects of each kind. */
function report({ namespace }: Options, plan: Plan): string {
  const { vmObject } = require('./companion/summary') as typeof import('./companion/summary');
  const { absent } = require('../companion/readiness') as typeof import('../companion/readiness');
  const objects = objectCounts(plan);
  const states = plan.workloads.flatMap(({ roles }) =>
    roles.flatMap(({ vms, workload, role = '' }) => vms.map(({ name }) => ({ ...absent(name), component: workload, role }))),
  );
  const run = vmObject({ command: 'run', namespace, runId: plan.runId, states });
  const vms = run.vms.map((vm) => ({ ...vm, status: 'planned' }));
  return `${JSON.stringify({ ...run, dry_run: true, vms, objects })}\n`;
}
