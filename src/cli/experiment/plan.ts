import { EXIT } from '../../errors';
import type { ExperimentPlan } from '../../experiment/experiment-plan';
import type { PlannedExperiment } from '../../experiment/plan-experiment';
import { formatBytes } from '../../kubernetes/quantity';
import { expectationText } from '../../report/expectations';
import { plannedFigures } from '../../report/figures';
import { stated } from '../../report/quantity';
import type { Args, Context } from '../context';
import { outputFlag } from '../options-of';
import { table } from '../table';
import type { Verb } from '../verb';
import { about, expected, experimentSizes, ofBaseline, ofPools, ofRamp, ofScore, ofTuning, peakSizes, vmsBeside } from './messages';
import { OPTIONS, planned } from './planned';

export const plan: Verb = {
  name: 'plan',
  describe: 'show the groups of an experiment, with their trials, time and sizes',
  words: 'FILE',
  flags: { output: outputFlag('table', 'json') },
  options: OPTIONS,
  examples: [
    ['virtwork experiment plan fio-bench/quick', 'an experiment of the catalog'],
    ['virtwork experiment plan rank.yaml -o json', 'the plan, for scripts'],
  ],
  run: runPlan,
};

async function runPlan(args: Args, context: Context): Promise<number> {
  const experiment = await planned(args, context);
  context.out(args.output === 'json' ? `${JSON.stringify(experiment.plan, null, 2)}\n` : text(experiment));
  return EXIT.done;
}

function text({ plan, groups: rendered }: PlannedExperiment): string {
  const { axes, groups, totals, pools } = plan;
  const ofVms = axes.filter(({ kind }) => kind !== 'params').map(({ name }) => name);
  const rows = groups.map(({ id, settings, vms, trials, seconds, vcpus, memoryBytes, diskBytes }) => [
    id,
    ...ofVms.map((axis) => settings[axis] ?? '*'),
    `${vms}`,
    `${trials.length}`,
    about(seconds),
    `${vcpus}`,
    formatBytes(BigInt(memoryBytes)),
    formatBytes(BigInt(diskBytes)),
  ]);
  const header = ['GROUP', ...ofVms.map((axis) => axis.toUpperCase()), 'VMS', 'TRIALS', 'TIME', 'VCPUS', 'MEMORY', 'DISKS'];
  return table(header, rows) + besideOf(plan, rendered) + sizesOf(totals) + (pools ? ofPools(pools.classes) : '') + judgedBy(plan);
}

/** VMs of other workloads, which the sizes include, but not the number of VMs. */
function besideOf({ groups }: ExperimentPlan, rendered: PlannedExperiment['groups']): string {
  const all = (id: string) =>
    rendered.get(id)?.workloads.reduce((sum, { roles }) => sum + roles.reduce((own, { vms }) => own + vms.length, 0), 0) ?? 0;
  const most = groups.reduce((largest, { id, vms }) => Math.max(largest, all(id) - vms), 0);
  return most > 0 ? vmsBeside(most) : '';
}

/** How the results are judged, as lines. */
function judgedBy(plan: ExperimentPlan): string {
  const { baseline, ramp, score, expect, tuning } = plan;
  const figures = plannedFigures(plan);
  const measure = (of: string) => figures.find(({ key }) => key === of) ?? { key: of, unit: '', better: 'less' as const };
  return [
    ...(baseline ? [ofBaseline(baseline)] : []),
    ...(ramp ? [ofRamp(ramp, stated(measure(ramp.until.of), ramp.until.above ?? ramp.until.below ?? 0))] : []),
    ...score.map(ofScore),
    ...expect.map((rule) => expected(expectationText(rule, measure(rule.of), baseline ?? {}), rule.where)),
    ...(tuning === undefined ? [] : [ofTuning(tuning)]),
  ].join('');
}

/** What an experiment takes, as lines. */
export function sizesOf({ peak, ...totals }: ExperimentPlan['totals']): string {
  const { vcpus, memoryBytes, diskBytes } = peak;
  return (
    experimentSizes(totals, about(totals.seconds)) + peakSizes(vcpus, formatBytes(BigInt(memoryBytes)), formatBytes(BigInt(diskBytes)))
  );
}
