import type { Missing } from '../../../companion/experiment/records';
import type { ExperimentPlan, PlannedGroup } from '../../../experiment/experiment-plan';
import { table } from '../../table';
import { endLine, incomplete } from './messages';

/**
 * - skipped: the check found that it cannot run
 * - left: the run ended before it
 */
export type GroupStatus = 'complete' | 'incomplete' | 'skipped' | 'left';

/** What a run knows of a group in the end. */
export interface GroupEnd {
  readonly status: GroupStatus;
  readonly missing: readonly Missing[];
  readonly isLate: boolean;
  /** What is left on the cluster, in words. @default nothing */
  readonly left?: string;
}

export interface RunEnd {
  readonly plan: ExperimentPlan;
  readonly groups: readonly PlannedGroup[];
  readonly ends: ReadonlyMap<string, GroupEnd>;
  readonly folder: string;
  readonly seconds: number;
}

const NOT_REACHED: GroupEnd = { status: 'left', missing: [], isLate: false };
/** Reasons of one group that a line shows. */
const REASONS = 2;

/** The groups as a table, with the totals. */
export function runTable({ groups, ends, folder }: RunEnd): string {
  const rows = groups.map(({ id }) => {
    const { status, missing, left } = ends.get(id) ?? NOT_REACHED;
    return [id, status, [...(missing.length > 0 ? [reasons(missing)] : []), ...(left === undefined ? [] : [left])].join('; ') || '-'];
  });
  const complete = groups.filter(({ id }) => ends.get(id)?.status === 'complete').length;
  return `${table(['GROUP', 'STATE', 'WHY'], rows)}${endLine(complete, groups.length, folder)}\n`;
}

/** Why a group is not complete, in a line. */
export function reasons(missing: readonly Missing[]): string {
  const lines = [...new Set(missing.map(lineOf))];
  const shown = lines.slice(0, REASONS).join('; ');
  // A guest must not be able to add a line to the progress.
  return incomplete(shown, lines.length - Math.min(lines.length, REASONS)).replace(/\s+/g, ' ');
}

function lineOf({ vm, trial, why }: Missing): string {
  const what = [vm, trial].filter(Boolean).join(' trial ');
  return what === '' ? why : `${what} ${why}`;
}

/** The same for --on-complete. */
export function runJson({ plan, groups, ends, folder, seconds }: RunEnd): string {
  const complete = groups.filter(({ id }) => ends.get(id)?.status === 'complete').length;
  return `${JSON.stringify({
    command: 'experiment run',
    name: plan.name,
    plan: plan.hash,
    namespace: plan.namespace,
    run: folder,
    complete: complete === groups.length,
    seconds: Math.round(seconds),
    groups_complete: complete,
    groups: groups.map(({ id, settings }) => {
      const { status, missing, left } = ends.get(id) ?? NOT_REACHED;
      return { id, settings, status, missing, left: left ?? null };
    }),
  })}\n`;
}
