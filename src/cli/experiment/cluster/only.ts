import type { Problem } from '../../../errors';
import type { ExperimentPlan, PlannedGroup } from '../../../experiment/experiment-plan';
import { matchesGlob } from '../../../text/glob';
import type { Args } from '../../context';
import type { Flag } from '../../verb';
import { noGroup, noValue, unknownAxis, wrongOnly } from './messages';

export const ONLY: Flag = {
  metavar: 'AXIS=GLOB',
  many: true,
  describe: "only groups with a cell that has such a value: --only 'storage=rbd*'; several axes must match together",
};

/** The groups that --only chooses, in the order of the plan. A group runs as a whole. */
export function chosenGroups({ only }: Args, plan: ExperimentPlan, problems: Problem[]): readonly PlannedGroup[] {
  const given = [only ?? []].flat() as string[];
  if (given.length === 0) return plan.groups;
  const before = problems.length;
  const wanted = new Map<string, Set<string>>();
  for (const text of given) {
    const [, axis = '', glob = ''] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    const known = plan.axes.find(({ name }) => name === axis);
    const values = known?.values.filter((value) => matchesGlob(glob, value)) ?? [];
    if (axis === '') problems.push(wrongOnly(text));
    else if (!known)
      problems.push(
        unknownAxis(
          axis,
          plan.axes.map(({ name }) => name),
        ),
      );
    else if (values.length === 0) problems.push(noValue(axis, glob, known.values));
    else wanted.set(axis, new Set([...(wanted.get(axis) ?? []), ...values]));
  }
  if (problems.length > before) return [];
  const cells = plan.cells.filter(({ values }) => [...wanted].every(([axis, names]) => names.has(values[axis] ?? '')));
  const ids = new Set(cells.map(({ group }) => group));
  if (ids.size === 0) problems.push(noGroup(given));
  return plan.groups.filter(({ id }) => ids.has(id));
}
