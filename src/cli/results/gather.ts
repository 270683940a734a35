import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from '../../companion/client';
import type { ResultsFolder } from '../../results/folder';
import type { VmResults } from '../../results/vm-results';
import { interruptible } from '../companion/cluster';
import { RECORDS_KEPT } from '../companion/messages';
import type { Args, Context } from '../context';
import { keeping } from './output';
import { changes, resultsTable, verdict } from './report';

/** The VMs whose results are wanted. */
export interface Subjects {
  /** Asks each of them once. */
  readonly round: () => Promise<void>;
  /** Every VM that was asked in some round. */
  readonly seen: () => readonly VmResults[];
  /** They are all VMs of their groups, so that a missing one can be reported. */
  readonly hasWholeGroups: boolean;
}

/** Milliseconds between two rounds. */
const INTERVAL = 30_000;

/**
 * Asks the VMs once, or with --follow until all are finished, and reports.
 * @param subjectsOf gets a signal that is aborted at an interrupt; its rounds may throw Interrupted
 * @returns the exit code
 */
export function gather(
  args: Args,
  context: Context,
  subjectsOf: (signal: AbortSignal, folder: ResultsFolder | undefined) => Subjects,
): Promise<number> {
  return keeping(args, context, ({ folder, print }) =>
    interruptible(
      context,
      async (signal) => {
        const { round, seen, hasWholeGroups } = subjectsOf(signal, folder);
        const finish = async () => {
          if (print) await print(seen());
          else context.out(resultsTable(seen()));
        };
        try {
          await (args.follow === true ? rounds(round, seen, changes(context.log), signal) : round());
        } catch (error) {
          // What is there is reported, also after an interrupt.
          if (error instanceof Interrupted && seen().length > 0) await finish();
          throw error;
        }
        await finish();
        return verdict(seen(), hasWholeGroups, context.log);
      },
      folder && !print ? RECORDS_KEPT : undefined,
    ),
  );
}

async function rounds(
  round: Subjects['round'],
  seen: Subjects['seen'],
  report: (vms: readonly VmResults[]) => void,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await round();
    report(seen());
    if (seen().every(({ isSettled }) => isSettled)) return;
    await sleep(INTERVAL, undefined, { signal }).catch(() => {
      throw new Interrupted();
    });
  }
}
