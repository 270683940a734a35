import type { Missing } from '../../../companion/experiment/records';
import type { ExperimentPlan, PlannedGroup } from '../../../experiment/experiment-plan';
import { table } from '../../table';
import { endLine, incomplete, type RampSummary, rampEnds } from './messages';

/**
 * - skipped: the check found that it cannot run
 * - left: the run ended before it
 * - not needed: its ramp ended before it
 */
export type GroupStatus = 'complete' | 'incomplete' | 'skipped' | 'left' | 'not needed';

/** What a run knows of a group in the end. */
export interface GroupEnd {
  readonly status: GroupStatus;
  readonly missing: readonly Missing[];
  readonly isLate: boolean;
  /** What is left on the cluster, in words. @default nothing */
  readonly left?: string;
  /** What its ramp says of it. */
  readonly note?: string;
}

/** Whether nothing more of a group is to be measured. */
export function isDone(end: GroupEnd | undefined): boolean {
  return end?.status === 'complete' || end?.status === 'not needed';
}

export interface RunEnd {
  readonly plan: ExperimentPlan;
  readonly groups: readonly PlannedGroup[];
  readonly ends: ReadonlyMap<string, GroupEnd>;
  readonly ramps: readonly RampSummary[];
  readonly folder: string;
  readonly seconds: number;
}

const NOT_REACHED: GroupEnd = { status: 'left', missing: [], isLate: false };
/** Reasons of one group that a line shows. */
const REASONS = 2;

/** The groups as a table, with the totals. */
export function runTable({ groups, ends, ramps, folder }: RunEnd): string {
  const rows = groups.map(({ id }) => {
    const { status, missing, left, note } = ends.get(id) ?? NOT_REACHED;
    return [id, status, [...(missing.length > 0 ? [reasons(missing)] : []), ...[note, left].filter(Boolean)].join('; ') || '-'];
  });
  const count = (status: GroupStatus) => groups.filter(({ id }) => ends.get(id)?.status === status).length;
  const lines = [...ramps.map(rampEnds), endLine(count('complete'), count('not needed'), groups.length, folder)];
  return `${table(['GROUP', 'STATE', 'WHY'], rows)}${lines.map((line) => `${line}\n`).join('')}`;
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
export function runJson({ plan, groups, ends, ramps, folder, seconds }: RunEnd): string {
  const complete = groups.filter(({ id }) => ends.get(id)?.status === 'complete').length;
  return `${JSON.stringify({
    command: 'experiment run',
    name: plan.name,
    plan: plan.hash,
    namespace: plan.namespace,
    run: folder,
    complete: groups.every(({ id }) => isDone(ends.get(id))),
    seconds: Math.round(seconds),
    groups_complete: complete,
    groups: groups.map(({ id, settings }) => {
      const { status, missing, left, note } = ends.get(id) ?? NOT_REACHED;
      return { id, settings, status, missing, left: left ?? null, ...(note === undefined ? {} : { note }) };
    }),
    ...(ramps.length > 0 ? { ramps } : {}),
  })}\n`;
}
