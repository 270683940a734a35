import { type Cleaned, cleanUp, type Inventory, inventory } from '../../companion/cleanup';
import type { Client } from '../../companion/client';
import { findNamespace, isOwn } from '../../companion/namespace';
import { KINDS, type KubeObject } from '../../companion/objects';
import { strangers } from '../../companion/strangers';
import { EXIT, formatProblem, type Problem, refuse, UserError } from '../../errors';
import { MANAGED_BY_SHORT, MANAGER } from '../../kubernetes/labels';
import { loadOptions } from '../../options/load';
import type { Options } from '../../options/options';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import { table } from '../table';
import { timeoutFlag } from '../timeout-flag';
import type { Verb } from '../verb';
import { type Audited, announced, audited, type Outcome, rowOfVm, type Target } from './audited';
import { CLUSTER, clientOf, interruptible, OUTPUT, selected } from './cluster';
import { confirmed } from './confirm';
import { counter } from './progress';

/** Seconds that objects may take to go: a VM has up to three minutes to shut down. */
const TIMEOUT = 240;
/** Names of what is not virtwork's that a problem states. */
const SHOWN = 10;

export const cleanup: Verb = {
  name: 'cleanup',
  describe: 'delete everything of virtwork in the namespace, or of one run',
  flags: {
    ...CONFIG_FLAG,
    yes: { alias: 'y', describe: 'do not ask' },
    'delete-namespace': { describe: 'delete the namespace too, if virtwork made it' },
    wait: { describe: 'wait until everything has gone; --no-wait does not' },
    timeout: { metavar: 'DURATION', describe: `how long that may take (default: ${TIMEOUT})` },
    output: OUTPUT,
  },
  options: [...CLUSTER, 'dry_run', 'audit', 'audit_db'],
  examples: [
    ['virtwork cleanup --dry-run', 'what would go'],
    ['virtwork cleanup --run-id 5c1f… --yes', 'one run, from a script'],
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
  /** Seconds; 0: nobody waits. */
  readonly timeout: number;
}

async function runCleanup(args: Args, context: Context): Promise<number> {
  const problems: Problem[] = [...context.problems];
  const patience = timeoutFlag(args, TIMEOUT, problems);
  const timeout = args.wait === false ? 0 : patience;
  const options = await loadOptions({ flags: args, env: context.env, cwd: context.cwd, problems, uses: cleanup.options });
  const log = {
    command: options.dryRun ? 'cleanup --dry-run' : 'cleanup',
    dry_run: options.dryRun ? 1 : 0,
    cleanup_mode: options.dryRun ? 'dry-run' : options.companion.oneRun ? 'run-id' : 'all',
  };
  return interruptible(context, async (signal) => {
    const client = clientOf(options, context, signal);
    const target = await announced(client, context);
    return audited({ options, context, log: { ...log, ...target.columns } }, (record) =>
      cleaned({ args, options, context, client, target, signal, timeout }, record),
    );
  });
}

async function cleaned(task: Task, record: Audited): Promise<Outcome> {
  const { args, options, context, client, target, signal, timeout } = task;
  const selector = selected(options);
  const [found, namespace] = await Promise.all([
    inventory(client, selector),
    args['delete-namespace'] === true ? ownNamespace(client) : undefined,
  ]);
  warnOfHidden(found, context);
  if (namespace) refuse(await othersProblems(client, found));
  const linked = { linked_run_ids: JSON.stringify(found.runIds) };
  const everything = [...found.objects, ...(namespace ? [namespace] : [])];
  if (everything.length === 0) {
    context.out(args.output === 'json' ? json(options, found, nothing()) : `nothing to clean up in namespace ${options.namespace}\n`);
    return { code: EXIT.done, ending: { status: 'success', columns: { ...counts(nothing()), ...linked } } };
  }
  if (options.dryRun) {
    context.out(
      args.output === 'json'
        ? json(options, found, { ...nothing(), left: everything.map((object) => ({ object, why: 'dry-run mode' })) })
        : preview(options, everything),
    );
    return { code: EXIT.done, ending: { status: 'success', columns: { ...counts(nothing()), ...linked } } };
  }
  // Once more, for the list may be long.
  const question = `${preview(options, everything)}${target.words}\ndelete all of this? `;
  if (args.yes !== true && !(await confirmed(question, 'virtwork cleanup', signal))) {
    context.log.info('cleanup aborted');
    return { code: EXIT.no, ending: { status: 'failed', error: 'not confirmed', columns: linked } };
  }
  record.audit.event('cleanup_started', `${everything.length} objects in namespace ${options.namespace}`);
  record.audit.all(() => {
    for (const object of found.objects.filter(({ kind }) => kind === 'VirtualMachine'))
      record.audit.vm(rowOfVm(object, options.namespace, 'created'));
  });
  const count = counter(context.log, 'objects gone');
  const result = await cleanUp({
    client,
    selector,
    found,
    ...(namespace ? { namespace } : {}),
    timeout,
    report: record.report,
    progress: (left) => count(everything.length - left, everything.length),
  });
  for (const problem of result.problems) context.log.error(formatProblem(problem));
  context.out(args.output === 'json' ? json(options, found, result) : summary(options, result));
  record.audit.event('cleanup_completed', `${result.deleted.length} objects deleted, ${result.left.length} left`);
  const failed = result.left.length > 0 || result.problems.length > 0;
  const error = [
    ...result.problems.map(({ message }) => message),
    ...(result.left.length > 0 ? [`${result.left.length} objects are left`] : []),
  ].join('; ');
  return {
    code: failed ? EXIT.no : EXIT.done,
    ending: { status: failed ? 'failed' : 'success', ...(failed ? { error } : {}), columns: { ...counts(result), ...linked } },
  };
}

/** A namespace takes along whatever is in it, of every kind. */
async function othersProblems(client: Client, found: Inventory): Promise<Problem[]> {
  const { objects, hidden } = await strangers(client, found.objects);
  const where = `namespace ${client.namespace}`;
  return [
    ...(objects.length === 0
      ? []
      : [
          {
            where,
            message: `holds more than this cleanup is for: ${first(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`))}`,
            hint: `without --delete-namespace; or all of it: kubectl delete namespace ${client.namespace}`,
          },
        ]),
    ...(hidden.length === 0
      ? []
      : [
          {
            where,
            message: `may hold more than this cleanup is for: this account may not list ${first(hidden)}`,
            hint: `without --delete-namespace; or as an account that may: kubectl auth can-i list ${hidden[0]} -n ${client.namespace}`,
          },
        ]),
  ];
}

function first(all: readonly string[]): string {
  return `${all.slice(0, SHOWN).join(', ')}${all.length > SHOWN ? ` and ${all.length - SHOWN} more` : ''}`;
}

/** Where there is an account of virtwork, somebody gave it rights, which this account may not see. */
function warnOfHidden({ objects, hidden }: Inventory, { log }: Context): void {
  if (hidden.length === 0 || !objects.some(({ kind }) => kind === 'ServiceAccount')) return;
  log.warn(`this account may not look for ${hidden.join(', ')}: they stay, until somebody who may runs virtwork cleanup`);
}

/** The namespace, if it is virtwork's. Another is not deleted. */
async function ownNamespace(client: Client): Promise<KubeObject | undefined> {
  const namespace = await findNamespace(client);
  if (namespace === undefined || isOwn(namespace)) return namespace;
  throw new UserError([
    {
      where: `namespace ${client.namespace}`,
      message: `is not virtwork's: it has no label ${MANAGED_BY_SHORT}=${MANAGER}`,
      hint: `without --delete-namespace, then kubectl delete namespace ${client.namespace}`,
    },
  ]);
}

function nothing(): Cleaned {
  return { deleted: [], left: [], problems: [] };
}

/** How many of each kind were deleted, by the names of the audit's columns. */
function counts({ deleted }: Cleaned): { readonly [column: string]: number } {
  const of = (kind: string) => deleted.filter((object) => object.kind === kind).length;
  return {
    ...Object.fromEntries(KINDS.flatMap(({ kind, deleted: column }) => (column ? [[column, of(kind)]] : []))),
    namespace_deleted: of('Namespace'),
  };
}

function json({ namespace, dryRun }: Options, { runIds }: Inventory, result: Cleaned): string {
  return `${JSON.stringify({
    command: 'cleanup',
    namespace,
    dry_run: dryRun,
    ...counts(result),
    linked_run_ids: runIds,
    left: result.left.map(({ object, why }) => ({ kind: object.kind, name: object.metadata.name, why })),
    errors: result.problems.map(({ message }) => message),
  })}\n`;
}

function preview({ namespace, dryRun }: Options, objects: readonly KubeObject[]): string {
  const rows = objects.map(({ kind, metadata }) => [kind, metadata.name]);
  return `namespace ${namespace}${dryRun ? ', dry-run mode: nothing is deleted' : ''}\n${table(['KIND', 'NAME'], rows)}`;
}

function summary({ namespace }: Options, { deleted, left, problems }: Cleaned): string {
  const kinds = [...KINDS.map(({ kind }) => kind), 'Namespace'];
  const of = (kind: string, objects: readonly KubeObject[]) => objects.filter((object) => object.kind === kind).length;
  const rows = kinds
    .map(
      (kind) =>
        [
          kind,
          of(kind, deleted),
          of(
            kind,
            left.map(({ object }) => object),
          ),
        ] as const,
    )
    .filter(([, gone, still]) => gone + still > 0)
    .map(([kind, gone, still]) => [kind, String(gone), String(still)]);
  const remaining = left.map(({ object, why }) => `left: ${object.kind} ${object.metadata.name} ${why}\n`).join('');
  const end = left.length + problems.length === 0 ? 'cleanup complete' : 'cleanup incomplete';
  return `namespace ${namespace}\n${table(['KIND', 'DELETED', 'LEFT'], rows)}${remaining}${end}\n`;
}
