import { resolve } from 'node:path';
import type { Client } from '../../companion/client';
import { GuestRequests, WAYS, type Way } from '../../companion/guest-requests';
import { TEXTS } from '../../companion/guest-texts';
import { EXIT, formatProblem, type Problem, refuse } from '../../errors';
import { replaceFile } from '../../files/new-file';
import { shownPath } from '../../files/shown-path';
import { planOf } from '../../load-plan';
import { loadOptions } from '../../options/load';
import type { Options } from '../../options/options';
import type { Truth, TruthWorkload } from '../../verify/truth';
import { isTruth, truthFaults } from '../../verify/truth-faults';
import { type Outside, type Verification, verify as verified, type Wanted } from '../../verify/verification';
import { audited } from '../companion/audited';
import { announced, CLUSTER, clientOf, interruptible, selected } from '../companion/cluster';
import type { Args, Context } from '../context';
import { CONFIG_FLAG, outputFlag } from '../options-of';
import type { Verb } from '../verb';
import { type Asked, askedFor, bytesOf, SCRAPED } from './asked';
import { liveTruth } from './live';
import { noSignal, notNamespace, notTruth, recorded } from './messages';
import { fromReadings, outsideFrom, type ServerProps, tryOut } from './outside';
import { repeated } from './rounds';
import { scrapedTruth } from './scraped';
import { workloadsOf } from './workloads';

export const verify: Verb = {
  name: 'verify',
  describe: 'compare what the guests did with what a monitoring product saw of them',
  flags: {
    ...CONFIG_FLAG,
    prometheus: { metavar: 'URL', describe: 'read the product from Prometheus; or svc/NAMESPACE/NAME:PORT, through the API server' },
    openshift: { describe: "read the product from OpenShift's monitoring (needs KUBECTL=oc)" },
    readings: { metavar: 'FILE', describe: 'read the product from CSV or JSON: vm, signal, from, to, value, unit (needs --truth)' },
    'token-file': { metavar: 'FILE', describe: 'file with the token for Prometheus (default: the variable PROMETHEUS_TOKEN)' },
    'ca-file': { metavar: 'FILE', describe: 'certificates that sign that of Prometheus' },
    record: { metavar: 'FILE', describe: 'store what the guests did, for --truth' },
    truth: { metavar: 'FILE', describe: 'what the guests did, as --record stored it (default: ask the guests)' },
    for: {
      metavar: 'DURATION',
      describe:
        'ask the guests for so long, or look back so far with --via prometheus (default: the longest window of the signals, or a period of a load shape up to 1h)',
    },
    interval: { metavar: 'DURATION', describe: 'time between two requests to a guest (default: 15s)' },
    'warm-up': { metavar: 'DURATION', describe: 'wait so long before the first request (default: 0s)' },
    signals: { metavar: 'NAME,…', many: true, describe: 'check only these signals, and no alerts (default: all)' },
    via: {
      metavar: 'WAY',
      choices: [...WAYS, SCRAPED],
      describe: `only this way to the guests: ${WAYS.join(' or ')}; or ${SCRAPED}: what it has scraped of them until now (default: what works)`,
    },
    watch: { describe: 'repeat it until you press Ctrl-C, and keep a record; exit by the worst round' },
    output: outputFlag('text', 'json', 'markdown', 'junit', 'html'),
    report: { metavar: 'FILE', many: true, describe: 'also write the report into this file: .html, .json, .md or .xml (JUnit)' },
  },
  options: [...CLUSTER, 'workloads', 'vm_count', 'params', 'catalog_dir', 'from_catalog', 'audit', 'audit_db'],
  examples: [
    [
      'virtwork verify --prometheus http://localhost:9090 --report verify.html',
      'after: kubectl port-forward svc/prometheus-k8s 9090 -n monitoring',
    ],
    ['virtwork verify --record truth.json --for 1h', 'for a comparison with an export of any product'],
    ['virtwork verify --truth truth.json --readings export.csv', 'the comparison, without a cluster'],
  ],
  run: runVerify,
};

async function runVerify(args: Args, context: Context): Promise<number> {
  const { cwd, env } = context;
  const problems = [...context.problems];
  const asked = askedFor(args, context, problems);
  const known = asked.truth === undefined ? undefined : recordedTruth(String(args.truth), cwd, problems);
  if (known) problems.push(...unknownNames(asked, known.workloads), ...otherNamespace(args, known));
  const read = asked.source?.kind === 'readings' ? fromReadings(asked.source, known, problems) : undefined;
  // Before the problems are, so that all that is wrong with a file is shown at once.
  for (const warning of read?.warnings ?? []) context.log.warn(formatProblem(warning));
  const options = await loadOptions({ flags: args, env, cwd, problems, uses: verify.options });
  return interruptible(context, async (signal) => {
    const run = { options, args, asked, context, signal, client: clientOf(options, context, signal) };
    if (asked.isWatch) return watched(run);
    const truth = known ?? (await asker(run)(asked));
    if (asked.record !== undefined) {
      replaceFile(asked.record, `${JSON.stringify(truth)}\n`, 0o666);
      context.log.info(recorded(shownPath(asked.record, cwd)));
    }
    if (asked.source === undefined) return EXIT.done;
    const verification = await compared(run, truth, read?.outside);
    print(verification, args, context);
    reports(verification, asked, context).forEach(context.log.info);
    return exitOf(verification);
  });
}

interface Run {
  readonly options: Options;
  readonly args: Args;
  readonly asked: Asked;
  readonly context: Context;
  readonly signal: AbortSignal;
  readonly client: Client;
}

/** @param outside of a file of readings */
async function compared(run: Run, truth: Truth, outside: Outside | undefined): Promise<Verification> {
  const wanted = wantedBy(run.asked);
  return verified(truth, outside ?? (await outsideFrom(serverIn(run), truth, wanted)), wanted);
}

function serverIn({ options, asked, context, signal }: Run): ServerProps {
  const source = asked.source as ServerProps['source'];
  const inNamespace = (namespace: string) => clientOf({ ...options, namespace }, context, signal);
  return { source, namespace: options.namespace, clientOf: inNamespace, signal, say: context.log.info };
}

/** Milliseconds after a round that could not be done. */
const PAUSE = 60_000;

/** Repeats the verification until the user ends it, and prints the last one. */
async function watched(run: Run): Promise<number> {
  const { options, args, asked, context, client } = run;
  const { columns } = await announced(client, context);
  return audited({ options, context, log: { command: 'verify', ...columns } }, async ({ audit }) => {
    const asks = asker(run);
    let isFirst = true;
    const { last, ...outcome } = await repeated({
      round: async () => {
        const verification = await compared(run, await asks(isFirst ? asked : { ...asked, warmUp: 0 }), undefined);
        const written = reports(verification, asked, context);
        if (isFirst) written.forEach(context.log.info);
        isFirst = false;
        return verification;
      },
      exitOf,
      pause: () => client.pause(PAUSE),
      audit,
      log: context.log,
    });
    print(last, args, context);
    return outcome;
  });
}

/**
 * Asks the guests, as often as it is called: what is found out about the ways to them is kept.
 * @throws UserError if there are no VMs, or if none of them has a signal that the arguments name
 */
function asker(run: Run): (asked: Asked) => Promise<Truth> {
  const { client, options, args, context } = run;
  const { log, cwd } = context;
  const hasWorkloads = options.workloads !== undefined || options.fromCatalog.length > 0;
  const plan = hasWorkloads ? planOf(options, [], cwd) : undefined;
  const only = args.via === undefined || args.via === SCRAPED ? {} : { only: args.via as Way };
  const requests = new GuestRequests({ client, protocol: TEXTS, say: log.info, ...only });
  const props = {
    client,
    selector: selected(options),
    ...(options.companion.oneRun ? { run: options.runId } : {}),
    ...(plan === undefined ? {} : { plan }),
    workloadOf: workloadsOf(options, context, plan),
    log,
  };
  let after: number | undefined;
  return async (asked) => {
    const check = async (workloads: readonly TruthWorkload[]) => {
      refuse(unknownNames(asked, workloads));
      if (asked.source !== undefined) await tryOut(serverIn(run));
    };
    if (!asked.isScraped) return liveTruth({ ...props, requests, asked, check });
    const truth = await scrapedTruth({ ...props, asked, check, server: serverIn(run), ...(after === undefined ? {} : { after }) });
    after = truth.to;
    return truth;
  };
}

/** Alerts are not about single signals. */
function wantedBy({ signals }: Asked): Wanted {
  return signals === undefined ? {} : { signal: ({ name }) => signals.includes(name), alerts: false };
}

function recordedTruth(file: string, cwd: string, problems: Problem[]): Truth | undefined {
  const bytes = bytesOf(file, cwd, problems);
  if (bytes === undefined) return undefined;
  const where = shownPath(resolve(cwd, file), cwd);
  const truth = jsonIn(bytes);
  const faults = truth === undefined ? ['it is not JSON'] : truthFaults(truth);
  problems.push(...faults.map((fault) => ({ where, ...(isTruth(truth) ? { message: fault } : notTruth(fault)) })));
  return faults.length === 0 ? (truth as Truth) : undefined;
}

/** @returns undefined if it is not JSON */
function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function unknownNames({ signals = [] }: Asked, workloads: readonly TruthWorkload[]): Problem[] {
  const known = [...new Set(workloads.flatMap((each) => each.signals.map(({ name }) => name)))];
  return signals.filter((name) => !known.includes(name)).map((name) => noSignal(name, known));
}

function otherNamespace({ namespace, truth }: Args, known: Truth): Problem[] {
  return namespace === undefined || namespace === known.namespace ? [] : [notNamespace(String(truth), known.namespace, namespace)];
}

function formatted(verification: Verification, format: string): string {
  const { FORMATS } = require('./formats') as typeof import('./formats');
  return (FORMATS[format] as (typeof FORMATS)[string])(verification);
}

function print(verification: Verification, args: Args, { out }: Context): void {
  out(formatted(verification, String(args.output ?? 'text')));
}

/** Writes the reports. @returns a message for each of them */
function reports(verification: Verification, asked: Asked, { cwd }: Context): string[] {
  return asked.reports.map(({ path, format }) => {
    replaceFile(path, formatted(verification, format), 0o666);
    return recorded(shownPath(path, cwd));
  });
}

/** Not enough data is no failure of the product. */
function exitOf({ good, vms, alerts = [] }: Verification): number {
  if (good) return EXIT.done;
  if (alerts.some((alert) => !alert.good && alert.verdict !== 'pending')) return EXIT.no;
  const bad = vms.filter((vm) => !vm.good);
  const isLate = bad.every(
    ({ why, signals }) => why === undefined && signals.every((signal) => signal.good || signal.verdict === 'no data'),
  );
  return isLate ? EXIT.timeout : EXIT.no;
}
