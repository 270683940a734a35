import { Interrupted } from '../../companion/client';
import { GuestRequests, WAYS, type Way } from '../../companion/guest-requests';
import { TEXTS } from '../../companion/guest-texts';
import { EXIT, UserError } from '../../errors';
import { loadOptions } from '../../options/load';
import type { Truth } from '../../verify/truth';
import { CLUSTER, clientOf, interruptible, selected } from '../companion/cluster';
import type { Args, Context } from '../context';
import { CONFIG_FLAG } from '../options-of';
import { isClosed, redraw } from '../output';
import type { Verb } from '../verb';
import { durationOf, listOf, type Source, sourceOf } from './asked';
import { outsideFrom, tryOut } from './outside';
import { plainText, screenLines, type View } from './watch-view';
import { Guests } from './watched-guests';
import { workloadsOf } from './workloads';

export const watch: Verb = {
  name: 'watch',
  describe: 'show the VMs and what they do now, again and again',
  flags: {
    ...CONFIG_FLAG,
    prometheus: { metavar: 'URL', describe: 'also show what Prometheus sees; or svc/NAMESPACE/NAME:PORT, through the API server' },
    openshift: { describe: "also show what OpenShift's monitoring sees (needs KUBECTL=oc)" },
    'token-file': { metavar: 'FILE', describe: 'file with the token for Prometheus (default: the variable PROMETHEUS_TOKEN)' },
    'ca-file': { metavar: 'FILE', describe: 'certificates that sign that of Prometheus' },
    interval: { metavar: 'DURATION', describe: 'time between two requests to a guest (default: 5s)' },
    once: { describe: 'print one table, after one interval, and end' },
    signals: {
      metavar: 'NAME,…',
      many: true,
      describe: 'show only these signals (default: those of the entry, and others above their floor)',
    },
    via: { metavar: 'WAY', choices: WAYS, describe: `only this way to the guests: ${WAYS.join(' or ')} (default: what works)` },
  },
  options: [...CLUSTER, 'catalog_dir'],
  examples: [
    ['virtwork watch', 'in a terminal, until Ctrl-C'],
    ['virtwork watch --once --prometheus http://localhost:9090', 'one table, for a script'],
  ],
  run: runWatch,
};

/** Seconds. */
const INTERVAL = 5;
/** Of a terminal that does not say its size. */
const [COLUMNS, ROWS] = [80, 24];

async function runWatch(args: Args, context: Context): Promise<number> {
  const { cwd, env } = context;
  const problems = [...context.problems];
  const source = sourceOf(args, context, problems) as Exclude<Source, { readonly kind: 'readings' }> | undefined;
  const interval = durationOf(args, 'interval', problems) ?? INTERVAL;
  const options = await loadOptions({ flags: args, env, cwd, problems, uses: watch.options });
  return interruptible(context, async (signal) => {
    const client = clientOf(options, context, signal);
    const via = args.via === undefined ? {} : { only: args.via as Way };
    const signals = listOf(args.signals);
    const inNamespace = (namespace: string) => clientOf({ ...options, namespace }, context, signal);
    const server = source && { source, namespace: options.namespace, clientOf: inNamespace, signal };
    const guests = new Guests({
      client,
      requests: new GuestRequests({ client, protocol: TEXTS, say: context.log.info, ...via }),
      selector: selected(options),
      workloadOf: workloadsOf(options, context, undefined),
      ...(signals.length === 0 ? {} : { signals }),
      ...(server === undefined ? {} : { outsideOf: (truth: Truth) => outsideFrom(server, truth, { alerts: false }) }),
    });
    await guests.look();
    if (server) await tryOut(server);
    // A rate needs two answers.
    await client.pause(interval * 1000);
    const show = shower(args, context);
    let view = await guests.view();
    show(view);
    if (args.once === true) return EXIT.done;
    try {
      // As `head` does.
      while (!isClosed('stdout')) {
        await client.pause(interval * 1000);
        view = await viewAfter(view, guests);
        show(view);
      }
      return EXIT.done;
    } catch (error) {
      if (error instanceof Interrupted) return EXIT.done;
      throw error;
    }
  });
}

/** A problem that comes later may pass. */
async function viewAfter(before: View, guests: Guests): Promise<View> {
  try {
    return await guests.view(true);
  } catch (error) {
    if (error instanceof UserError) return { ...before, problem: error.message };
    throw error;
  }
}

/** On a terminal, the view replaces the one before. */
function shower(args: Args, { out, env }: Pick<Context, 'out' | 'env'>): (view: View) => void {
  if (args.once === true || !process.stdout.isTTY || env.TERM === 'dumb') return (view) => out(plainText(view));
  let drawn = 0;
  return (view) => {
    const { columns, rows } = process.stdout;
    const lines = screenLines(view, { columns: columns || COLUMNS, rows: rows || ROWS, hasColor: !env.NO_COLOR });
    redraw(lines, drawn);
    drawn = lines.length;
  };
}
