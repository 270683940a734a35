import { section, text } from '../report/markdown';
import { alertRows, answerOf, eventRows, notesOf, timesOf, verdictRows } from './rows';
import type { Verification } from './verification';

/** The verdicts as Markdown (GitHub's tables). */
export function markdownOf(verification: Verification): string {
  const rows = verdictRows(verification).map(({ vm, signal, verdict, guest, outside, why }) => [vm, signal, verdict, guest, outside, why]);
  return [
    [`# ${text(`Namespace ${verification.namespace}`)}`],
    [`**${text(answerOf(verification))}**`, ...notesOf(verification).flatMap((note) => ['', text(note)])],
    section('Verdicts', ['VM', 'Signal', 'Verdict', 'Guest', 'Outside', 'Reason'], rows),
    section(
      'Alerts',
      ['Alert', 'Severity', 'Verdict', 'Workload', 'VMs', 'Reason'],
      alertRows(verification).map(({ alert, severity, verdict, workload, vms, why }) => [alert, severity, verdict, workload, vms, why]),
    ),
    section(
      'Events',
      ['Time (UTC)', 'VM', 'Event', 'What', 'Series from outside'],
      eventRows(verification).map(({ time, vm, kind, text: what, outside }) => [time, vm, kind, what, outside]),
    ),
    [`Time: ${text(timesOf(verification))}. Source: ${text(verification.source.place)}`],
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}
