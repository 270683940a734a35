import type { ExperimentPlan } from './experiment-plan';
import { sha256 } from './names';

/** The fields of a plan that its hash does not cover: its format, and how the cluster is tuned, which is no part of what is measured. */
type Uncovered = 'schema' | 'hash' | 'tuning';

/** The hash of a plan, by which two runs of the same plan are recognized. */
export function planHash(plan: Omit<ExperimentPlan, Uncovered> & Partial<Pick<ExperimentPlan, Uncovered>>): string {
  const { schema: _, hash: __, tuning: ___, ...content } = plan;
  return `sha256:${sha256(content)}`;
}
