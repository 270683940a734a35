import { visible } from '../../text/show';
import { alertRows, answerOf, eventRows, notesOf, verdictRows } from '../../verify/rows';
import type { Verification } from '../../verify/verification';
import { table } from '../table';
import { GOOD_LEFT_OUT } from './messages';

/** Rows that are as expected; all that are not are shown. */
const MOST_GOOD = 60;
/** Events around which a series is not steady. */
const MOST_EVENTS = 20;

/** The verdicts as a table, and the answer. */
export function verifyText(verification: Verification): string {
  const rows = verdictRows(verification);
  const bad = rows.filter(({ good }) => !good);
  const broken = eventRows(verification).filter(({ steady }) => !steady);
  const good = rows.filter((row) => row.good);
  const alerts = alertRows(verification);
  const shownGood = good.filter(({ unused }) => !unused).slice(0, MOST_GOOD);
  const shown = [...bad, ...shownGood];
  return [
    table(
      ['VM', 'SIGNAL', 'VERDICT', 'GUEST', 'OUTSIDE', 'REASON'],
      shown.map(({ vm, signal, verdict, guest, outside, why }) => [vm, signal, verdict, guest, outside, why]),
    ),
    ...(good.length > shownGood.length ? [GOOD_LEFT_OUT(good.length - shownGood.length)] : []),
    ...(broken.length > 0
      ? [
          '\n',
          table(
            ['TIME (UTC)', 'VM', 'EVENT', 'SERIES FROM OUTSIDE'],
            broken.slice(0, MOST_EVENTS).map(({ time, vm, kind, outside }) => [time, vm, kind, outside]),
          ),
        ]
      : []),
    ...(alerts.length > 0
      ? [
          '\n',
          table(
            ['ALERT', 'SEVERITY', 'VERDICT', 'WORKLOAD', 'VMS', 'REASON'],
            alerts.map(({ alert, severity, verdict, workload, vms, why }) => [alert, severity, verdict, workload, vms, why]),
          ),
        ]
      : []),
    ...(broken.length + alerts.length > 0 ? ['\n'] : []),
    visible(`${[answerOf(verification), ...notesOf(verification)].join('\n')}\n`),
  ].join('');
}
