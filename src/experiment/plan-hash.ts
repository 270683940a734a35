import type { ExperimentPlan } from './experiment-plan';
import { changedPlan } from './messages';
import { sha256 } from './names';

/** The fields of a plan that its hash does not cover: its format, and how the cluster is tuned, which is no part of what is measured. */
type Uncovered = 'schema' | 'hash' | 'tuning';

/** The hash of a plan, by which two runs of the same plan are recognized. */
export function planHash(plan: Omit<ExperimentPlan, Uncovered> & Partial<Pick<ExperimentPlan, Uncovered>>): string {
  const { schema: _, hash: __, tuning: ___, ...content } = plan;
  return `sha256:${sha256(content)}`;
}

/** @returns why a plan that was read is not the one that was written; undefined if it is */
export function changeOf(plan: ExperimentPlan): string | undefined {
  const hash = planHash(plan);
  return hash === plan.hash ? undefined : changedPlan(hash);
}
