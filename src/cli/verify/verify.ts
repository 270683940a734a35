import { resolve } from 'node:path';
import type { Problems } from '../../catalog/problems';
import type { Client } from '../../companion/client';
import { GuestRequests, WAYS, type Way } from '../../companion/guest-requests';
import { TEXTS } from '../../companion/guest-texts';
import type { FoundVm } from '../../companion/measured';
import { EXIT, formatProblem, type Problem, refuse } from '../../errors';
import { replaceFile } from '../../files/new-file';
import { shownPath } from '../../files/shown-path';
import { ENTRY } from '../../kubernetes/labels';
import { catalogEntries, planOf } from '../../load-plan';
import { loadOptions } from '../../options/load';
import type { Options } from '../../options/options';
import { type Signal, signalsOf } from '../../signals/signal';
import type { Truth, TruthWorkload } from '../../verify/truth';
import { validate } from '../../verify/truth-validator';
import { type Verification, verify as verified } from '../../verify/verification';
import { CLUSTER, clientOf, interruptible, selected } from '../companion/cluster';
import type { Args, Context } from '../context';
import { CONFIG_FLAG, outputFlag } from '../options-of';
import type { Verb } from '../verb';
import { type Asked, askedFor, bytesOf } from './asked';
import { liveTruth, roleOf } from './live';
import { entryMissing, noSignal, notTruth, recorded } from './messages';
import { outsideFrom } from './outside';

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
    for: { metavar: 'DURATION', describe: 'ask the guests for so long (default: the longest window of the signals)' },
    interval: { metavar: 'DURATION', describe: 'time between two requests to a guest (default: 15s)' },
    'warm-up': { metavar: 'DURATION', describe: 'wait so long before the first request (default: 0s)' },
    signals: { metavar: 'NAME,…', many: true, describe: 'check only these signals (default: all)' },
    via: { metavar: 'WAY', choices: WAYS, describe: `only this way to the guests: ${WAYS.join(' or ')} (default: what works)` },
    output: outputFlag('text', 'json', 'markdown', 'junit', 'html'),
    report: { metavar: 'FILE', many: true, describe: 'also write the report into this file: .html, .json, .md or .xml (JUnit)' },
  },
  options: [...CLUSTER, 'workloads', 'vm_count', 'params', 'catalog_dir', 'from_catalog'],
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
  if (known) problems.push(...unknownNames(asked, known));
  const options = await loadOptions({ flags: args, env, cwd, problems, uses: verify.options });
  return interruptible(context, async (signal) => {
    const client = clientOf(options, context, signal);
    const truth = known ?? (await asks(client, options, args, asked, context));
    if (asked.record !== undefined) {
      replaceFile(asked.record, `${JSON.stringify(truth)}\n`, 0o666);
      context.log.info(recorded(shownPath(asked.record, cwd)));
    }
    if (asked.source === undefined) return EXIT.done;
    const wanted = ({ name }: Signal) => asked.signals === undefined || asked.signals.includes(name);
    const clientFor = (namespace: string) => clientOf({ ...options, namespace }, context, signal);
    const outside = await outsideFrom({ source: asked.source, truth, wanted, clientOf: clientFor, context, signal });
    const verification = verified(truth, outside, wanted);
    write(verification, args, asked, context);
    return exitOf(verification);
  });
}

/** Asks the guests. @throws UserError if there are no VMs, or if none of them has a signal that the arguments name */
async function asks(client: Client, options: Options, args: Args, asked: Asked, context: Context): Promise<Truth> {
  const { log, cwd } = context;
  const hasWorkloads = options.workloads !== undefined || options.fromCatalog.length > 0;
  const plan = hasWorkloads ? planOf(options, [], cwd) : undefined;
  const truth = await liveTruth({
    client,
    requests: new GuestRequests({ client, protocol: TEXTS, say: log.info, ...(args.via === undefined ? {} : { only: args.via as Way }) }),
    selector: selected(options),
    ...(options.companion.oneRun ? { run: options.runId } : {}),
    ...(plan === undefined ? {} : { plan }),
    asked,
    workloadOf: workloadsOf(options, context),
    log,
  });
  refuse(unknownNames(asked, truth));
  return truth;
}

/** What the guests of a role count, by the labels of their VM. */
function workloadsOf({ catalogDir }: Options, { cwd, log }: Context): (vm: Pick<FoundVm, 'workload' | 'labels'>) => TruthWorkload {
  const entries = catalogEntries(catalogDir, cwd);
  const known = new Map<string, TruthWorkload>();
  return (vm) => {
    const role = roleOf(vm);
    const key = JSON.stringify([vm.workload, role]);
    const found = known.get(key) ?? workloadNamed(vm, role);
    known.set(key, found);
    return found;
  };
  function workloadNamed({ workload, labels }: Pick<FoundVm, 'workload' | 'labels'>, role: string | undefined): TruthWorkload {
    const name = labels[ENTRY] || workload;
    const findings: Problems = { problems: [], warnings: [] };
    const entry = entries.open(name, findings);
    if (entry === undefined) log.warn(formatProblem(entryMissing(name)));
    return {
      workload,
      ...(role === undefined ? {} : { role }),
      ...(entry?.idle ? { idle: true } : {}),
      signals: signalsOf(entry ?? {}, role),
    };
  }
}

function recordedTruth(file: string, cwd: string, problems: Problem[]): Truth | undefined {
  const bytes = bytesOf(file, cwd, problems);
  if (bytes === undefined) return undefined;
  try {
    const truth: unknown = JSON.parse(bytes.toString('utf8'));
    const [error] = validate(truth);
    if (error === undefined) return truth as Truth;
    problems.push({ where: shownPath(resolve(cwd, file), cwd), ...notTruth(`${error.instancePath || '/'} ${error.message ?? ''}`) });
  } catch {
    problems.push({ where: shownPath(resolve(cwd, file), cwd), ...notTruth('it is not JSON') });
  }
  return undefined;
}

function unknownNames({ signals = [] }: Asked, { workloads }: Truth): Problem[] {
  const known = [...new Set(workloads.flatMap((each) => each.signals.map(({ name }) => name)))];
  return signals.filter((name) => !known.includes(name)).map((name) => noSignal(name, known));
}

function write(verification: Verification, args: Args, { reports }: Asked, { out, log, cwd }: Context): void {
  const { FORMATS } = require('./formats') as typeof import('./formats');
  const as = (format: string) => (FORMATS[format] as (typeof FORMATS)[string])(verification);
  out(as(String(args.output ?? 'text')));
  for (const { path, format } of reports) {
    replaceFile(path, as(format), 0o666);
    log.info(recorded(shownPath(path, cwd)));
  }
}

/** Not enough data is no failure of the product. */
function exitOf({ good, vms }: Verification): number {
  if (good) return EXIT.done;
  const bad = vms.filter((vm) => !vm.good);
  const isLate = bad.every(
    ({ why, signals }) => why === undefined && signals.every((signal) => signal.good || signal.verdict === 'no data'),
  );
  return isLate ? EXIT.timeout : EXIT.no;
}
