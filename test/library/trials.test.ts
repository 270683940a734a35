import { ApiObject, App, Chart, Testing } from 'cdk8s';
import { addWorkload, buildPlan, UserError, Workload } from '../../src';
import { UNIT } from '../support/entry-folder';
import { measurable } from '../support/measured';

/** Values of a program without type checks. */
type Untyped = never;

const catalogDir = measurable({ 'workload.service': UNIT });

function chart(): Chart {
  return new Chart(new App(), 'chart');
}

function faults(go: () => unknown): string {
  try {
    go();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return '';
}

test('a program states trials and repeats, and each construct brings the guest disk that its guests need', () => {
  const load = chart();
  const cpu = new Workload(load, 'cpu');
  const bench = addWorkload(load, {
    workload: 'bench',
    catalogDir,
    vmCount: 2,
    params: { ramp: 10 },
    trials: { small: {}, mixed: { profile: 'mixed', 'block-size': '64k' } },
    repeats: 2,
  });
  expect(bench.warnings).toEqual([]);
  expect(bench.plan.roles[0]?.trials?.list.map(({ id, name, repeat, params }) => [id, name, repeat, params.profile, params.ramp])).toEqual([
    ['001', 'small', 1, 'random', '10'],
    ['002', 'mixed', 1, 'mixed', '10'],
    ['003', 'small', 2, 'random', '10'],
    ['004', 'mixed', 2, 'mixed', '10'],
  ]);
  expect(cpu.plan.roles[0]?.guestDisk.secret).toBe('virtwork-guest');
  const names = (Testing.synth(load) as { kind: string; metadata: { name: string } }[]).map(
    ({ kind, metadata }) => `${kind}/${metadata.name}`,
  );
  expect(names.filter((name) => name.includes('guest'))).toEqual(['Secret/virtwork-guest', 'Secret/virtwork-guest-trials']);
  expect(ApiObject.of(bench.virtualMachines[0] as never).metadata.getLabel('virtwork/group')).toBe('bench');
});

test('a plan has them by workload', () => {
  const { workloads } = buildPlan({ catalogDir, workloads: { bench: { trials: { a: {} } } } });
  expect(workloads[0]?.roles[0]?.trials?.list).toHaveLength(1);
});

test.each<[string, unknown, string]>([
  [
    'a list',
    ['a'],
    'chart/bench: trials: must be an object of trials by name, got ["a"]\n  hint: write trials: { small: { size: \'1G\' } }',
  ],
  ['null', null, 'chart/bench: trials: must have a value, got null\n  hint: omit trials'],
  ['none', {}, 'chart/bench: trials: must have at least one trial'],
  ['a trial that is no object', { a: 5 }, 'chart/bench: trials.a: must be an object of values by key, got 5'],
  ['a trial that is null', { a: null }, 'chart/bench: trials.a: must be an object of values by key, got null'],
  ['a param that is null', { a: { ramp: null } }, 'chart/bench: trials.a.ramp: must have a value, got null'],
  ['a name', { A: {} }, 'chart/bench: trials.A: must have a name of lowercase letters'],
  ['a value', { a: { ramp: 'x' } }, 'chart/bench: trials.a.ramp: param ramp of bench must be a whole number, got "x"'],
  ['an unknown param', { a: { rampp: 1 } }, 'chart/bench: trials.a.rampp: workload bench has no param "rampp"'],
])('%s instead of trials', (_, trials, message) => {
  expect(faults(() => addWorkload(chart(), { workload: 'bench', catalogDir, trials: trials as Untyped }))).toContain(message);
});

test.each([
  [{ workload: 'bench', catalogDir, trials: { a: {} }, repeats: 0 }, 'chart/bench: repeats: must be a whole number from 1 to 999, got 0'],
  [
    { workload: 'bench', catalogDir, trials: { a: {} }, healthPort: 0 },
    'chart/bench: healthPort: must not be 0: the trials of workload bench need the health endpoint\n  hint: use another healthPort, or omit it',
  ],
  [{ workload: 'bench', catalogDir, repeats: 2 }, 'chart/bench: repeats: has no effect: workload bench is measured only if it has trials'],
  [
    { workload: 'chaos-process', trials: { a: {} } },
    'chart/chaos-process: trials: workload chaos-process cannot be measured: its entry has no trial unit',
  ],
  [{ workload: 'cpu', trial: {} }, 'chart/cpu: unknown option "trial"'],
])('%j', (options, message) => expect(faults(() => addWorkload(chart(), options as Untyped))).toContain(message));
