import { setImmediate as turn } from 'node:timers/promises';
import { Interrupted } from '../../companion/client';
import { EXIT } from '../../errors';
import type { Options } from '../../options/options';
import type { Plan } from '../../plan/plan';
import { chunked } from '../../synth/chunked';
import type { Context } from '../context';
import { audited } from './audited';
import { interruptible } from './cluster';

/** A dry run with a record, which is closed also when a signal ends the run. */
export function recorded(
  options: Options,
  plan: Plan,
  context: Context,
  print: (stream: Context['stream']) => Promise<void>,
): Promise<number> {
  const log = { command: 'dry-run', dry_run: 1 };
  return interruptible(context, (signal) =>
    audited({ options, plan, context, log }, async () => {
      await print((pieces) => streamUntil(signal, context, pieces));
      return { code: EXIT.done, ending: { status: 'success' } };
    }),
  );
}

/** @throws Interrupted */
async function streamUntil(signal: AbortSignal, { stream }: Context, pieces: Iterable<string>): Promise<void> {
  for (const chunk of chunked(pieces)) {
    await stream([chunk]);
    // Node writes to a pipe without a turn of its event loop, and signals arrive in one.
    await turn();
    if (signal.aborted) throw new Interrupted();
  }
}
