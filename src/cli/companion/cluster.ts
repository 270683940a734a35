import type { Row } from '../../audit/audit';
import { selectorOf } from '../../companion/cleanup';
import { Client, Interrupted } from '../../companion/client';
import { UserError } from '../../errors';
import type { Options } from '../../options/options';
import type { OptionKey } from '../../options/table';
import type { Context } from '../context';
import { outputFlag } from '../options-of';
import { onSignals } from '../signals';
import { clusterIs, INTERRUPTED, tryingAgain } from './messages';

/** The options of every verb that uses a cluster. */
export const CLUSTER: readonly OptionKey[] = ['namespace', 'run', 'run_id', 'kubeconfig', 'context', 'verbose'];

export const OUTPUT = outputFlag('table', 'json');

/**
 * Does work that signals end.
 * @param kept what remains of the work; a function is called at the interrupt. @default it changes nothing
 * @returns its exit code, or that of the signal
 */
export async function interruptible(
  { log }: Context,
  work: (signal: AbortSignal) => Promise<number>,
  kept?: string | (() => string),
): Promise<number> {
  const { signal, code } = onSignals();
  try {
    return await work(signal);
  } catch (error) {
    if (error instanceof Interrupted) {
      const remains = typeof kept === 'function' ? kept() : kept;
      log.info(remains === undefined ? INTERRUPTED : `${INTERRUPTED}; ${remains}`);
      return code();
    }
    throw error;
  }
}

/** The client that the environment names, for the cluster that the options name. */
export function clientOf({ namespace, companion }: Options, { env, log }: Context, signal: AbortSignal): Client {
  return new Client({
    program: env.KUBECTL || 'kubectl',
    namespace,
    signal,
    retrying: once((why) => log.info(tryingAgain(why))),
    ...(companion.kubeconfig === undefined ? {} : { kubeconfig: companion.kubeconfig }),
    ...(companion.context === undefined ? {} : { context: companion.context }),
  });
}

/** The cluster that a verb changes: as a message, and as columns of `audit_log`. */
export interface Target {
  readonly message: string;
  readonly columns: Row;
}

/** Prints which cluster it is, before any request. A missing kubectl is reported by the work itself. */
export async function announced(client: Client, { log }: Context): Promise<Target> {
  try {
    const cluster = await client.cluster();
    const message = clusterIs(cluster);
    log.info(message);
    return { message, columns: { cluster_context: cluster.context ?? null } };
  } catch (error) {
    if (error instanceof UserError) return { message: '', columns: {} };
    throw error;
  }
}

/** Selects all of virtwork in the namespace, or the run that the options name. */
export function selected({ companion, runId }: Options): string {
  return selectorOf(companion.oneRun ? runId : undefined);
}

/** Passes each message on once. */
function once(say: (message: string) => void): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    if (!said.has(message)) say(message);
    said.add(message);
  };
}
