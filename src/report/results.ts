import type { ExperimentPlan, PlannedCell, PlannedTrial } from '../experiment/experiment-plan';
import type { RunFacts } from '../experiment/run-facts';
import { outcomeOf } from '../results/messages';
import { Baselines, comparisonsOf, matches } from './baseline';
import { evaluated } from './cells';
import { type Collected, type GroupRecords, keyOf } from './collect';
import { curvesOf } from './curves';
import { expectationsOf } from './expectations';
import type { CellResult, ExperimentResults, Missing, RampResult } from './experiment-results';
import { type PlannedFigure, plannedFigures } from './figures';
import { withLayerFlags } from './layers';
import { NO_RECORD, NOT_MEASURED, noRecordsOf, rampGoesOn, theTrial } from './messages';
import { rampResults } from './ramp-visits';
import { isInFacts } from './rounds';
import { scoreOf } from './score';
import type { Broken } from './sources';

/**
 * Evaluates the records of an experiment.
 * @param facts of the run, as they were recorded
 * @param tuning how the cluster was tuned. @default what the facts say, or the plan
 */
export function experimentResults(
  plan: ExperimentPlan,
  { groups, broken }: Collected,
  facts?: RunFacts,
  tuning?: string,
): ExperimentResults {
  const planned = plannedFigures(plan);
  const trials = trialsByCell(plan);
  const evaluatedCells = plan.cells.map((cell) => {
    const group = groups.get(cell.group) as GroupRecords;
    return evaluated(plan, cell, trials.get(cell.id) ?? [], group, planned, mainFigures(plan, cell, planned));
  });
  const ramps = rampResults(plan, new Map(evaluatedCells.map((cell) => [cell.id, cell])), ({ id, group }) =>
    isMeasured(groups, group, facts) ? (trials.get(id)?.length ?? 0) / plan.repeats : 0,
  );
  const reasons = new Map(ramps.flatMap(({ counts }) => counts.flatMap(({ cell, why }) => (why === undefined ? [] : [[cell, why]]))));
  const measured = evaluatedCells.map((cell) => notMeasured(cell, reasons.get(cell.id)));
  const cells = withLayerFlags(plan, measured, planned);
  const metrics = planned
    .filter(({ key }) => cells.some(({ figures }) => figures[key]))
    .map(({ key, unit, better }) => ({ key, unit, better }));
  const all = planned.map(({ key, unit, better }) => ({ key, unit, better }));
  const baselines = new Baselines(cells, plan.baseline);
  const score = scoreOf(cells, { rules: plan.score, metrics: all, ...(plan.baseline ? { baseline: plan.baseline } : {}) });
  // Facts are in a file that a user can change.
  const recorded: unknown = facts?.tuning;
  const tuned = tuning ?? (typeof recorded === 'string' ? recorded : plan.tuning);
  return {
    schema: 'virtwork.results/1',
    name: plan.name,
    ...(plan.question === undefined ? {} : { question: plan.question }),
    plan: plan.hash,
    ...(tuned === undefined ? {} : { tuning: tuned }),
    axes: plan.axes,
    metrics,
    cells,
    comparisons: comparisonsOf(cells, baselines, all),
    ...(score ? { score } : {}),
    expect: expectationsOf(cells, plan.expect, all, baselines, plan.baseline),
    curves: curvesOf(plan, cells),
    ...(plan.ramp ? { ramp: plan.ramp, ramps } : {}),
    missing: missingOf(plan, groups, broken, ramps, facts),
    broken: broken.map(({ place, why }) => ({ place, why })),
    ...(facts ? { facts } : {}),
    records: Object.fromEntries(plan.cells.map(({ id, group }) => [id, placesOf(trials.get(id) ?? [], groups.get(group) as GroupRecords)])),
  };
}

function trialsByCell({ groups }: ExperimentPlan): ReadonlyMap<string, PlannedTrial[]> {
  const trials = new Map<string, PlannedTrial[]>();
  for (const trial of groups.flatMap((group) => group.trials)) {
    const known = trials.get(trial.cell);
    if (known) known.push(trial);
    else trials.set(trial.cell, [trial]);
  }
  return trials;
}

/** What score and expectations name, p99 of each histogram, and the first sum if none is named: more rows would make Holm's method stricter. */
function mainFigures({ score, expect }: ExperimentPlan, { values }: PlannedCell, planned: readonly PlannedFigure[]): string[] {
  const asked = new Set([...score, ...expect].filter(({ where }) => matches(values, where)).map(({ of }) => of));
  const sums = planned.filter(({ metric }) => metric.vms === 'sum').map(({ key }) => key);
  const first = sums.some((key) => asked.has(key)) ? undefined : sums[0];
  return planned.filter(({ key, percent }) => asked.has(key) || key === first || percent === '99').map(({ key }) => key);
}

function placesOf(trials: readonly PlannedTrial[], { vms, records }: GroupRecords): string[] {
  return trials.flatMap(({ id }) => vms.flatMap((_, index) => records.get(keyOf(index, id))?.place ?? []));
}

/** Whether a group was measured: it has a record, or the facts of the run have it. */
function isMeasured(groups: Collected['groups'], group: string, facts: RunFacts | undefined): boolean {
  return (groups.get(group) as GroupRecords).records.size > 0 || isInFacts(facts, group, 1);
}

/** @param why the ramp has not measured it. @default it was measured */
function notMeasured(cell: CellResult, why: string | undefined): CellResult {
  if (why === undefined) return cell;
  const text = `${NOT_MEASURED}${why}`;
  return { ...cell, complete: false, why: [text], flags: [{ kind: 'incomplete', text }] };
}

function missingOf(
  plan: ExperimentPlan,
  groups: Collected['groups'],
  broken: readonly Broken[],
  ramps: readonly RampResult[],
  facts: RunFacts | undefined,
): Missing[] {
  const reasons = new Map(broken.map(({ group, vm, trial, why }) => [`${group} ${vm} ${trial}`, why]));
  const groupOf = new Map(plan.cells.map(({ id, group }) => [id, group]));
  const ofRamps = new Set(ramps.flatMap(({ counts }) => counts.map(({ cell }) => groupOf.get(cell))));
  const next = new Set(
    ramps.flatMap(({ counts, next: wanted }) => counts.filter(({ count }) => count === wanted).map(({ cell }) => groupOf.get(cell))),
  );
  const isAnywhere = [...groups.values()].some(({ records }) => records.size > 0);
  return plan.groups.flatMap(({ id: group, vms: count, trials }): Missing[] => {
    const { vms, records } = groups.get(group) as GroupRecords;
    if (records.size === 0) {
      if (!isAnywhere || !ofRamps.has(group) || isMeasured(groups, group, facts)) return [{ group, why: noRecordsOf(count) }];
      // A ramp does not need all counts.
      return next.has(group) ? [{ group, why: rampGoesOn(count) }] : [];
    }
    return vms.flatMap((vm, index): Missing[] => {
      const rows = trials.map((trial) => ({ trial, record: records.get(keyOf(index, trial.id)) }));
      if (
        rows.every(({ record }) => record === undefined) &&
        rows.length > 1 &&
        !rows.some(({ trial }) => reasons.has(`${group} ${vm} ${trial.id}`))
      )
        return [{ group, vm, why: NO_RECORD }];
      return rows.flatMap(({ trial, record }): Missing[] => {
        if (record === undefined) return [{ group, vm, trial: trial.id, why: reasons.get(`${group} ${vm} ${trial.id}`) ?? NO_RECORD }];
        const { outcome, why } = record;
        return outcome === 'done' ? [] : [{ group, vm, trial: trial.id, why: theTrial(outcomeOf(outcome, why)) }];
      });
    });
  });
}
