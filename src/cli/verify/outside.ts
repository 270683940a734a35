import type { Client } from '../../companion/client';
import { Interrupted, KubectlError } from '../../companion/client';
import { type Problem, UserError } from '../../errors';
import type { Answer } from '../../http/get';
import { noReadingOfVms, vmUnknown } from '../../verify/messages';
import { seenBy } from '../../verify/outside-prometheus';
import { outsideOf } from '../../verify/outside-readings';
import { overHttp, Prometheus, type Transport } from '../../verify/prometheus';
import { otherVms, readingsIn, unknownSignals } from '../../verify/readings';
import type { Truth } from '../../verify/truth';
import type { Outside, Wanted } from '../../verify/verification';
import type { ReadingsSource, Source } from './asked';
import { NOT_OC, noLogin, noRoute } from './messages';

export interface ServerProps {
  readonly source: Exclude<Source, ReadingsSource>;
  readonly namespace: string;
  /** For a namespace. */
  readonly clientOf: (namespace: string) => Client;
  readonly signal: AbortSignal;
  /** Informs the user that the server is slow. @default nothing */
  readonly say?: (message: string) => void;
}

/** What the product saw. @throws UserError, Interrupted */
export async function outsideFrom(props: ServerProps, truth: Truth, wanted: Wanted): Promise<Outside> {
  return prometheusOf(props, ({ prometheus, place }) => seenBy(prometheus, place, truth, wanted));
}

/** Asks the product for its time, so that its errors come before a long measurement. @throws UserError, Interrupted */
export async function tryOut(props: ServerProps): Promise<void> {
  await prometheusOf(props, ({ prometheus }) => prometheus.synchronize());
}

export interface Server {
  readonly prometheus: Prometheus;
  readonly place: string;
}

/** Works with the product. @throws UserError, Interrupted */
export async function prometheusOf<T>(props: ServerProps, work: (server: Server) => Promise<T>): Promise<T> {
  try {
    return await work(await serverOf(props));
  } catch (error) {
    // A request that is ended looks like one that the server ended.
    throw props.signal.aborted ? new Interrupted() : error;
  }
}

async function serverOf({ source, namespace, clientOf, signal, say }: ServerProps): Promise<Server> {
  if (source.kind === 'service') {
    const { path } = source;
    return { prometheus: new Prometheus(path, throughKubectl(clientOf(namespace), path)), place: path };
  }
  const { url, token } = source.kind === 'url' ? source : await thanos(clientOf('openshift-monitoring'), source.token);
  const access = {
    ...(token === undefined ? {} : { token }),
    ...(source.ca === undefined ? {} : { ca: source.ca }),
    ...(say ? { say } : {}),
    signal,
  };
  return { prometheus: new Prometheus(url.href, overHttp(url, access)), place: url.href };
}

/**
 * What the product saw, from a file.
 * @param truth absent: it cannot be read, and only the form of the readings is checked
 * @param problems gets every wrong row
 */
export function fromReadings(
  { path, text }: ReadingsSource,
  truth: Truth | undefined,
  problems: Problem[],
): { readonly outside?: Outside; readonly warnings: readonly Problem[] } {
  if (truth === undefined) {
    readingsIn(path, text, { unitOf: () => undefined }, problems);
    return { warnings: [] };
  }
  const signals = new Map(truth.workloads.flatMap((each) => each.signals.map(({ name, unit }) => [name, unit] as const)));
  const props = { unitOf: (name: string) => signals.get(name), namespace: truth.namespace };
  const before = problems.length;
  const { readings, unknown, others } = readingsIn(path, text, props, problems);
  const { outside, unknown: strangers } = outsideOf(path, readings, truth, problems);
  const names = truth.vms.map(({ name }) => name);
  const ignored = [...strangers.values()].reduce((sum, count) => sum + count, 0);
  // Rows that are wrong may be of the VMs.
  const isOther = problems.length === before && ignored === readings.length && strangers.size + others.size > 0;
  if (isOther) problems.push({ where: path, ...noReadingOfVms(names) });
  const warnings = [
    unknownSignals(path, unknown, [...signals.keys()]),
    strangers.size > 0 ? { where: path, ...vmUnknown(strangers, names) } : undefined,
    otherVms(path, others, truth.namespace),
  ];
  return { outside, warnings: warnings.filter((warning) => warning !== undefined) };
}

/** Through the API server's proxy of a Service. kubectl says why there is no answer. */
function throughKubectl(client: Client, path: string): Transport {
  return async (request) => {
    const body = await client.ask(['get', '--raw', `${path}${request}`]);
    return { status: 200, headers: {}, body: Buffer.from(body) } satisfies Answer;
  };
}

/** The address of OpenShift's monitoring, and the token of the user of oc. */
async function thanos(client: Client, given: string | undefined): Promise<{ readonly url: URL; readonly token: string }> {
  const [host, token] = await Promise.all([
    told(client, ['get', 'routes.route.openshift.io', 'thanos-querier', '-o', 'jsonpath={.spec.host}'], noRoute),
    given ?? told(client, ['whoami', '-t'], (why) => noLogin(/unknown command/.test(why) ? NOT_OC : why)),
  ]);
  return { url: new URL(`https://${host.trim()}`), token: token.trim() };
}

async function told(client: Client, args: readonly string[], problem: (why: string) => Problem): Promise<string> {
  try {
    const text = (await client.ask(args)).trim();
    if (text !== '' && !/\s/.test(text)) return text;
    throw new UserError([problem('got nothing')]);
  } catch (error) {
    if (error instanceof KubectlError) throw new UserError([problem(error.problem.message)]);
    throw error;
  }
}
