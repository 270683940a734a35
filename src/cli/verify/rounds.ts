import type { Audit } from '../../audit/audit';
import { Interrupted } from '../../companion/client';
import { EXIT, formatProblem, refusedPath, UserError } from '../../errors';
import { alertRows, answerOf, timesOf, verdictRows } from '../../verify/rows';
import type { Verification } from '../../verify/verification';
import type { Outcome } from '../companion/audited';
import type { Context } from '../context';
import { changedLine, ROUND, roundsLine } from './messages';

export interface RoundsProps {
  /** Verifies once. */
  readonly round: () => Promise<Verification>;
  readonly exitOf: (verification: Verification) => number;
  /** Waits after a round that could not be done. @throws Interrupted */
  readonly pause: () => Promise<void>;
  readonly audit: Audit;
  readonly log: Context['log'];
}

/** Exit codes of rounds from the worst to the best. */
const WORST = [EXIT.no, EXIT.failed, EXIT.timeout];

/**
 * Repeats a verification until the user ends it. Each round is an event of the record, and so is each verdict that changes.
 * @returns the last verification, and the worst result of all rounds
 * @throws UserError when the first round cannot be done; Interrupted before its end
 */
export async function repeated({ round, exitOf, pause, audit, log }: RoundsProps): Promise<Outcome & { readonly last: Verification }> {
  const codes: number[] = [];
  let last: Verification | undefined;
  try {
    for (;;) {
      try {
        const verification = await round();
        codes.push(exitOf(verification));
        report(verification, last, { audit, log });
        last = verification;
      } catch (error) {
        // The first round shows whether the arguments are right.
        const problem = problemIn(error);
        if (problem === undefined || last === undefined) throw error;
        codes.push(EXIT.failed);
        log.warn(problem);
        audit.event('verify_failed', ROUND.failed, { error: problem });
        await pause();
      }
    }
  } catch (error) {
    if (!(error instanceof Interrupted) || last === undefined) throw error;
    const bad = codes.filter((code) => code !== EXIT.done).length;
    const line = roundsLine(bad, codes.length);
    log.info(line);
    const code = WORST.find((each) => codes.includes(each)) ?? EXIT.done;
    return { last, code, ending: bad === 0 ? { status: 'success' } : { status: 'failed', error: line } };
  }
}

/** What may pass, such as a report that cannot be written to a full disk. @returns undefined for a bug */
function problemIn(error: unknown): string | undefined {
  if (error instanceof UserError) return error.message;
  const refused = refusedPath(error);
  return refused && formatProblem(refused);
}

/** Of a round, what was not as expected in the first one, and what changed after it. */
function report(verification: Verification, before: Verification | undefined, { audit, log }: Pick<RoundsProps, 'audit' | 'log'>): void {
  const line = `${timesOf(verification)}: ${answerOf(verification)}`;
  log.info(line);
  const known = before && new Map(subjects(before).map(({ subject, verdict }) => [subject, verdict]));
  const changed = subjects(verification).filter(({ subject, verdict, good }) => (known ? known.get(subject) !== verdict : !good));
  audit.all(() => {
    audit.event('verify_round', line);
    for (const { subject, verdict, why } of changed) {
      const change = changedLine(subject, verdict, known?.get(subject));
      log.info(`  ${change}${why === '-' ? '' : `: ${why}`}`);
      audit.event('verify_verdict', change, why === '-' ? {} : { error: why });
    }
  });
}

function subjects(verification: Verification) {
  return [
    ...verdictRows(verification).map(({ vm, signal, verdict, why, good }) => ({ subject: `${vm} ${signal}`, verdict, why, good })),
    ...alertRows(verification).map(({ alert, workload, verdict, why, good }) => ({ subject: `${alert} ${workload}`, verdict, why, good })),
  ];
}
