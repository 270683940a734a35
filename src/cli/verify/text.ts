import { visible } from '../../text/show';
import { answerOf, controlOf, verdictRows } from '../../verify/rows';
import type { Verification } from '../../verify/verification';
import { table } from '../table';
import { GOOD_LEFT_OUT } from './messages';

/** Rows that are as expected; all others are shown. */
const MOST_GOOD = 60;

/** The verdicts as a table, and the answer. */
export function verifyText(verification: Verification): string {
  const rows = verdictRows(verification);
  const bad = rows.filter(({ good }) => !good);
  const good = rows.filter((row) => row.good);
  const shown = [...bad, ...good.slice(0, MOST_GOOD)];
  return [
    table(
      ['VM', 'SIGNAL', 'VERDICT', 'GUEST', 'OUTSIDE', 'REASON'],
      shown.map(({ vm, signal, verdict, guest, outside, why }) => [vm, signal, verdict, guest, outside, why]),
    ),
    ...(good.length > MOST_GOOD ? [GOOD_LEFT_OUT(good.length - MOST_GOOD)] : []),
    visible(`${answerOf(verification)}\n${controlOf(verification)}\n`),
  ].join('');
}
