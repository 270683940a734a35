import { selectorOf } from '../../companion/cleanup';
import { Client, Interrupted } from '../../companion/client';
import type { Options } from '../../options/options';
import type { OptionKey } from '../../options/table';
import type { Context } from '../context';
import { onSignals } from '../signals';
import type { Flag } from '../verb';

/** The options of every verb that asks a cluster. */
export const CLUSTER: readonly OptionKey[] = ['namespace', 'run', 'run_id', 'kubeconfig', 'context', 'verbose'];

export const OUTPUT: Flag = { alias: 'o', metavar: 'FORMAT', choices: ['table', 'json'], describe: 'table, or one json object' };

/** Runs what can be interrupted. @returns its exit code, or that of the signal */
export async function interruptible({ log }: Context, work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const { signal, code } = onSignals();
  try {
    return await work(signal);
  } catch (error) {
    if (error instanceof Interrupted) {
      log.info('interrupted: what was done until now stays');
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
    retrying: once((message) => log.info(`trying again: ${message}`)),
    ...(companion.kubeconfig === undefined ? {} : { kubeconfig: companion.kubeconfig }),
    ...(companion.context === undefined ? {} : { context: companion.context }),
  });
}

/** All of virtwork in the namespace, unless one run is named. */
export function selected({ companion, runId }: Options): string {
  return selectorOf(companion.oneRun ? runId : undefined);
}

/** Says each thing once. */
function once(say: (message: string) => void): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    if (!said.has(message)) say(message);
    said.add(message);
  };
}
