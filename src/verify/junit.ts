import { type Case, junitSuites } from '../report/junit-suites';
import { CONTROL } from './messages';
import { alertRows, answerOf, verdictRows } from './rows';
import type { Verification } from './verification';

/** The verdicts as JUnit XML: a suite for each VM, with a test for each signal, and one of the alerts. What is not checked, or too weak by default, is skipped. */
export function junitOf(verification: Verification): string {
  const suites = new Map<string, Case[]>();
  for (const { vm, signal, verdict, why, good } of verdictRows(verification)) {
    const reason = why === '-' ? verdict : `${verdict}: ${why}`;
    const isSkipped = verdict === 'not checked' || verdict === 'weak';
    const found = { name: signal === '-' ? 'VM' : signal, ...(good ? (isSkipped ? { skipped: reason } : {}) : { failure: reason }) };
    suites.set(vm, [...(suites.get(vm) ?? []), found]);
  }
  const alerts = alertRows(verification).map(({ alert, workload, verdict, why, good }) => {
    const reason = why === '-' ? verdict : `${verdict}: ${why}`;
    const name = workload === '-' ? alert : `${alert} of ${workload}`;
    return { name, ...(good ? (verdict === 'fired' ? {} : { skipped: reason }) : { failure: reason }) };
  });
  const { source, namespace } = verification;
  return junitSuites('verify', [...suites, ['alerts', alerts]], {
    answer: answerOf(verification),
    control: CONTROL[verification.control],
    namespace,
    source: source.place,
  });
}
