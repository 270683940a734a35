import { type Case, junitSuites } from '../report/junit-suites';
import { answerOf, controlOf, verdictRows } from './rows';
import type { Verification } from './verification';

/** The verdicts as JUnit XML: a suite for each VM, and a test for each signal. What is not checked, or too weak by default, is skipped. */
export function junitOf(verification: Verification): string {
  const suites = new Map<string, Case[]>();
  for (const { vm, signal, verdict, why, good } of verdictRows(verification)) {
    const reason = why === '-' ? verdict : `${verdict}: ${why}`;
    const isSkipped = verdict === 'not checked' || verdict === 'weak';
    const found = { name: signal === '-' ? 'VM' : signal, ...(good ? (isSkipped ? { skipped: reason } : {}) : { failure: reason }) };
    suites.set(vm, [...(suites.get(vm) ?? []), found]);
  }
  const { source, namespace } = verification;
  return junitSuites('verify', [...suites], {
    answer: answerOf(verification),
    control: controlOf(verification),
    namespace,
    source: source.place,
  });
}
