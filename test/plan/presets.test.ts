import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors';
import { loadPlan } from '../../src/load-plan';
import { expectedAlerts } from '../../src/plan/alerts';
import type { Plan } from '../../src/plan/plan';
import { tempDir } from '../support/render';

async function plan(workloads: string, flags = {}): Promise<Plan> {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), `workloads: ${workloads}\n`);
  const names = [...workloads.matchAll(/([a-z-]+): \{ params/g)].map(([, name]) => name);
  return (await loadPlan({ flags: { workloads: names.join(','), ...flags }, env: {}, cwd })).plan;
}

const paramsOf = ({ workloads }: Plan) => workloads[0]?.roles[0]?.guest.params;

test('a preset fills in what is not set, and the guest does not get its name', async () => {
  const params = paramsOf(await plan('{ chaos-disk: { params: { profile: alert, fill-sleep: 5 } } }'));
  expect(params).toMatchObject({ 'fill-percent': '97', 'fill-sleep': '5', 'release-sleep': '300' });
  expect(params).not.toHaveProperty('profile');
  const without = paramsOf(await plan('{ chaos-disk: { params: { profile: none } } }'));
  expect(without).toEqual(paramsOf(await plan('{ chaos-disk: { params: { } } }')));
  expect(without).toMatchObject({ 'fill-percent': '90' });
});

test('an unknown preset is reported', async () => {
  const wrong = plan('{ chaos-disk: { params: { profile: constructor } } }');
  await expect(wrong).rejects.toThrow(UserError);
  await expect(wrong).rejects.toThrow('param profile of chaos-disk must be one of none, signal, alert, got "constructor"');
});

test('a trial has the preset of its workload, or its own', async () => {
  const { workloads } = await plan(
    '{ sysbench: { params: { profile: signal }, trials: { a: {}, b: { profile: alert }, c: { profile: none }, d: { threads: 9 } } } }',
  );
  const list = workloads[0]?.roles[0]?.trials?.list ?? [];
  expect(list.map(({ params }) => [params.threads, params['loop-delay'], params.profile])).toEqual([
    ['1', '0', undefined],
    ['64', '0', undefined],
    ['4', '10', undefined],
    ['9', '0', undefined],
  ]);
});

test.each([
  ['{ chaos-disk: { params: { profile: alert } } }', [['GuestFilesystemAlmostOutOfSpace', 'critical', ['virtwork-chaos-disk-0']]]],
  [
    '{ chaos-disk: { params: { fill-percent: 90, fill-sleep: 1200 } } }',
    [['GuestFilesystemAlmostOutOfSpace', 'warning', ['virtwork-chaos-disk-0']]],
  ],
  ['{ chaos-disk: { params: { } } }', []],
  ['{ chaos-migration: { params: { } } }', []],
  ['{ chaos-migration: { params: { } }, cpu: { params: { } } }', [['KubeVirtVMIExcessiveMigrations', 'warning', ['virtwork-cpu-0']]]],
  ['{ cpu: { params: { }, eviction_strategy: LiveMigrate } }', []],
  [
    '{ disk: { params: { }, eviction_strategy: LiveMigrate, access_modes: [ReadWriteOnce] } }',
    [['VMCannotBeEvicted', 'warning', ['virtwork-disk-0']]],
  ],
])('%s is expected to fire its alerts', async (workloads, alerts) => {
  expect(expectedAlerts(await plan(workloads)).map(({ name, severity, vms }) => [name, severity, vms])).toEqual(alerts);
});

test('plans have the signals of their roles, and say which workloads are idle', async () => {
  const { workloads } = await plan('{ network: { params: { } } }');
  expect(workloads[0]?.roles.map(({ signals }) => signals.map(({ name, byDefault }) => [name, byDefault ?? false]))).toEqual(
    [0, 1].map(() => [
      ['cpu', true],
      ['disk-read', true],
      ['disk-write', true],
      ['network-receive', false],
      ['network-transmit', false],
    ]),
  );
  expect(workloads[0]?.idle).toBeUndefined();
});
