import { rowOfVm } from '../../audit/rows';
import { type Cleaned, cleanUp, hiddenWarning, type Inventory, inventory } from '../../companion/cleanup';
import type { Client } from '../../companion/client';
import { ownNamespace } from '../../companion/namespace';
import type { KubeObject } from '../../companion/objects';
import { namespaceProblems } from '../../companion/strangers';
import { EXIT, formatProblem, type Problem, refuse } from '../../errors';
import { loadOptions } from '../../options/load';
import type { Options } from '../../options/options';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import { timeoutFlag } from '../timeout-flag';
import type { Verb } from '../verb';
import { type Audited, audited, type Outcome } from './audited';
import { cleanupJson, cleanupTable, deletedCounts, preview } from './cleanup-report';
import { announced, CLUSTER, clientOf, interruptible, OUTPUT, selected, type Target } from './cluster';
import { confirmed } from './confirm';
import { ABORTED, CHANGES_KEPT, confirmation, DRY_RUN, NOT_CONFIRMED, nothingToCleanUp, objectsLeft } from './messages';
import { counter } from './progress';

/** Seconds to wait until the objects are gone: a VM has up to three minutes to shut down. */
const TIMEOUT = 240;

export const cleanup: Verb = {
  name: 'cleanup',
  describe: 'delete everything of virtwork in the namespace, or of one run',
  flags: {
    ...CONFIG_FLAG,
    yes: { alias: 'y', describe: 'do not ask for confirmation' },
    'delete-namespace': { describe: 'delete the namespace too, if virtwork created it' },
    wait: { describe: 'wait until everything is gone; --no-wait does not' },
    timeout: { metavar: 'DURATION', describe: `how long to wait at most (default: ${TIMEOUT})` },
    output: OUTPUT,
  },
  options: [...CLUSTER, 'dry_run', 'audit', 'audit_db'],
  examples: [
    ['virtwork cleanup --dry-run', 'what would be deleted'],
    ['virtwork cleanup --run nightly --yes', 'one run, from a script'],
  ],
  run: runCleanup,
};

interface Task {
  readonly args: Args;
  readonly options: Options;
  readonly context: Context;
  readonly client: Client;
  readonly target: Target;
  readonly signal: AbortSignal;
  /** Seconds; 0: it does not wait. */
  readonly timeout: number;
}

/** What a cleanup is to delete. */
interface Found extends Inventory {
  readonly namespace: KubeObject | undefined;
  /** The objects, and the namespace if it is to be deleted. */
  readonly everything: readonly KubeObject[];
}

async function runCleanup(args: Args, context: Context): Promise<number> {
  const problems: Problem[] = [...context.problems];
  const patience = timeoutFlag(args, TIMEOUT, problems);
  const timeout = args.wait === false ? 0 : patience;
  const options = await loadOptions({ flags: args, env: context.env, cwd: context.cwd, problems, uses: cleanup.options });
  const log = {
    command: options.companion.dryRun ? 'cleanup --dry-run' : 'cleanup',
    dry_run: options.companion.dryRun ? 1 : 0,
    cleanup_mode: options.companion.dryRun ? 'dry-run' : options.companion.oneRun ? 'run-id' : 'all',
  };
  return interruptible(
    context,
    async (signal) => {
      const client = clientOf(options, context, signal);
      const target = await announced(client, context);
      const task = { args, options, context, client, target, signal, timeout };
      return audited({ options, context, log: { ...log, ...target.columns } }, (record) => cleaned(task, record));
    },
    CHANGES_KEPT,
  );
}

async function cleaned(task: Task, record: Audited): Promise<Outcome> {
  const { options, context } = task;
  const found = await find(task);
  const { everything, runIds } = found;
  const linked = { linked_run_ids: JSON.stringify(runIds) };
  if (everything.length === 0 || options.companion.dryRun) {
    const left = everything.map((object) => ({ object, why: DRY_RUN }));
    const table = everything.length === 0 ? `${nothingToCleanUp(options.namespace)}\n` : preview(options, everything);
    print(task, found, { deleted: [], left, problems: [] }, table);
    return { code: EXIT.done, ending: { status: 'success', columns: { ...deletedCounts({ deleted: [] }), ...linked } } };
  }
  if (!(await mayDelete(task, everything))) {
    context.log.info(ABORTED);
    return { code: EXIT.no, ending: { status: 'failed', error: 'not confirmed', columns: linked } };
  }
  const result = await remove(task, found, record);
  for (const problem of result.problems) context.log.error(formatProblem(problem));
  print(task, found, result, cleanupTable(options, result));
  return outcome(result, { ...deletedCounts(result), ...linked });
}

async function find({ args, options, context, client }: Task): Promise<Found> {
  const [found, namespace] = await Promise.all([
    inventory(client, selected(options)),
    args['delete-namespace'] === true ? ownNamespace(client) : undefined,
  ]);
  const warning = hiddenWarning(found);
  if (warning !== undefined) context.log.warn(warning);
  if (namespace) refuse(await namespaceProblems(client, found.objects));
  return { ...found, namespace, everything: [...found.objects, ...(namespace ? [namespace] : [])] };
}

/** Names the cluster again: the list before may be long. */
async function mayDelete({ args, options, target, signal }: Task, everything: readonly KubeObject[]): Promise<boolean> {
  return args.yes === true || confirmed(confirmation(preview(options, everything), target.message), NOT_CONFIRMED, signal);
}

async function remove({ options, context, client, timeout }: Task, found: Found, { audit, report }: Audited): Promise<Cleaned> {
  const { everything, namespace, objects } = found;
  audit.event('cleanup_started', `${everything.length} objects in namespace ${options.namespace}`);
  audit.all(() => {
    for (const object of objects.filter(({ kind }) => kind === 'VirtualMachine')) audit.vm(rowOfVm(object, options.namespace, 'created'));
  });
  const count = counter(context.log, 'objects deleted');
  const result = await cleanUp({
    client,
    selector: selected(options),
    found,
    ...(namespace ? { namespace } : {}),
    timeout,
    report,
    progress: (left) => count(everything.length - left, everything.length),
  });
  audit.event('cleanup_completed', `${result.deleted.length} objects deleted, ${result.left.length} left`);
  return result;
}

function print({ args, options, context }: Task, { runIds }: Found, result: Cleaned, table: string): void {
  context.out(args.output === 'json' ? cleanupJson(options, runIds, result) : table);
}

function outcome({ left, problems }: Cleaned, columns: { readonly [column: string]: number | string }): Outcome {
  if (left.length + problems.length === 0) return { code: EXIT.done, ending: { status: 'success', columns } };
  const error = [...problems.map(({ message }) => message), ...(left.length > 0 ? [objectsLeft(left.length)] : [])].join('; ');
  return { code: EXIT.no, ending: { status: 'failed', error, columns } };
}
