import { type ChaosVm, chaosVms, createStop, deleteStop, findStop } from '../../companion/chaos';
import type { Client } from '../../companion/client';
import { GuestRequests } from '../../companion/guest-requests';
import { TEXTS } from '../../companion/guest-texts';
import type { FoundVm } from '../../companion/measured';
import { EXIT, type Problem } from '../../errors';
import { ENTRY, sharedLabels } from '../../kubernetes/labels';
import { catalogEntries } from '../../load-plan';
import { loadOptions } from '../../options/load';
import type { Options } from '../../options/options';
import type { OptionKey } from '../../options/table';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import { table } from '../table';
import { timeoutFlag } from '../timeout-flag';
import type { Flag, Verb, VerbGroup } from '../verb';
import { announced, CLUSTER, clientOf, interruptible, OUTPUT, selected } from './cluster';
import { CHANGES_KEPT, CHAOS } from './messages';
import { counter } from './progress';

/** Seconds until all guests have seen the Service: they look every 10 seconds, and DNS caches answers. */
const TIMEOUT = 120;
/** Milliseconds between two rounds of requests. */
const INTERVAL = 3000;

const OPTIONS: readonly OptionKey[] = [...CLUSTER, 'catalog_dir'];

const stop = verb({
  name: 'stop',
  describe: 'stop chaos in the namespace, and wait until each guest has stopped',
  flags: { timeout: { metavar: 'DURATION', describe: `how long to wait at most (default: ${TIMEOUT}; 0: do not wait)` } },
  example: ['virtwork chaos stop --namespace load-test', 'in running VMs, without a new synth'],
  run: async (task) => {
    await createStop(task.client, sharedLabels('chaos', task.options.runId));
    task.context.log.info(CHAOS.stopping(task.client.namespace));
    const vms = await stopped(task);
    show(task, true, vms);
    const left = vms.filter(({ active }) => active !== false);
    if (left.length === 0 || task.timeout === 0) return EXIT.done;
    task.context.log.error(
      CHAOS.notStopped(
        left.map(({ name }) => name),
        task.timeout,
        task.client.namespace,
      ),
    );
    return EXIT.timeout;
  },
});

const resume = verb({
  name: 'resume',
  describe: 'let chaos go on in the namespace',
  flags: {},
  example: ['virtwork chaos resume --namespace load-test', 'guests go on within a minute'],
  run: async ({ client, context }) => {
    const existed = await deleteStop(client);
    context.log.info(existed ? CHAOS.resumed(client.namespace) : CHAOS.notThere(client.namespace));
    return EXIT.done;
  },
});

const status = verb({
  name: 'status',
  describe: 'show in which VMs chaos may act now',
  flags: {},
  example: ['virtwork chaos status -o json', 'for a script'],
  run: async (task) => {
    show(task, (await findStop(task.client)) !== undefined, await seen(task));
    return EXIT.done;
  },
});

export const chaos: VerbGroup = {
  name: 'chaos',
  describe: 'stop chaos in running VMs, and let it go on',
  verbs: [stop, resume, status],
};

interface Task {
  readonly args: Args;
  readonly options: Options;
  readonly context: Context;
  readonly client: Client;
  /** Seconds. */
  readonly timeout: number;
}

interface ChaosVerb extends Pick<Verb, 'name' | 'describe'> {
  readonly flags: { readonly [flag: string]: Flag };
  readonly example: readonly [command: string, what: string];
  readonly run: (task: Task) => Promise<number>;
}

function verb({ example, run, flags, ...about }: ChaosVerb): Verb {
  return {
    ...about,
    flags: { ...CONFIG_FLAG, ...flags, ...(about.name === 'resume' ? {} : { output: OUTPUT }) },
    options: OPTIONS,
    examples: [example],
    run: async (args, context) => {
      const problems: Problem[] = [...context.problems];
      const timeout = timeoutFlag(args, TIMEOUT, problems);
      const options = await loadOptions({ flags: args, env: context.env, cwd: context.cwd, problems, uses: OPTIONS });
      return interruptible(
        context,
        async (signal) => {
          const client = clientOf(options, context, signal);
          if (about.name !== 'status') await announced(client, context);
          return run({ args, options, context, client, timeout });
        },
        about.name === 'status' ? undefined : CHANGES_KEPT,
      );
    },
  };
}

/** Asks until no guest reports chaos, or the time is over. */
async function stopped(task: Task): Promise<ChaosVm[]> {
  const deadline = Date.now() + task.timeout * 1000;
  const count = counter(task.context.log, 'VMs stopped');
  const look = asking(task);
  for (;;) {
    const vms = await look();
    const done = vms.filter(({ active }) => active === false).length;
    count(done, vms.length);
    const left = deadline - Date.now();
    if (done === vms.length || left <= 0) return vms;
    await task.client.pause(Math.min(INTERVAL, left));
  }
}

function seen(task: Task): Promise<ChaosVm[]> {
  return asking(task)();
}

function asking({ client, options, context }: Task): () => Promise<ChaosVm[]> {
  const requests = new GuestRequests({ client, protocol: TEXTS, say: context.log.info });
  const { open } = catalogEntries(options.catalogDir, context.cwd);
  const isChaos = ({ labels, workload }: FoundVm) => open(labels[ENTRY] || workload, { problems: [], warnings: [] })?.chaos;
  return () => chaosVms({ client, requests, selector: selected(options), isChaos });
}

function show({ args, client, context }: Task, isStopped: boolean, vms: readonly ChaosVm[]): void {
  if (args.output === 'json') {
    context.out(`${JSON.stringify({ namespace: client.namespace, stopped: isStopped, vms }, null, 2)}\n`);
    return;
  }
  const states = new Map([
    [true, 'active'],
    [false, 'not active'],
  ]);
  const rows = vms.map(({ name, active, why = '-' }) => [name, active === undefined ? 'unknown' : (states.get(active) as string), why]);
  context.out(vms.length === 0 ? `${CHAOS.none(client.namespace)}\n` : table(['VM', 'CHAOS', 'WHY'], rows));
  context.out(`${isStopped ? CHAOS.isStopped(client.namespace) : CHAOS.isNotStopped}\n`);
}
