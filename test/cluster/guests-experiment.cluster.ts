import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExperimentPlan } from '../../src/experiment/experiment-plan';
import { ended } from '../support/run';
import { eventually, place, rules } from './cluster';
import { BOOT, folder, machines, withPrograms } from './guest/guests';

/** Two groups of one VM, with four trials each. */
const EXPERIMENT = (namespace: string) => `name: cores
workload: fio-bench
settings:
  namespace: ${namespace}
  guest_os: debian
  memory: 448Mi
  data_disk_size: 1Gi
params: { size: 64M, ramp: 0, runtime: 2, queue-depth: 4, jobs: 1 }
matrix:
  cpu_cores: [1, 2]
  job: { mixed: { params: { profile: mixed } }, sequential: { params: { profile: sequential, block-size: 64k } } }
repeats: 2
baseline: { cpu_cores: 1 }
`;

const withBench = withPrograms('fio', 'jq');
const here = place();

beforeAll(() => {
  if (process.env.TEST_GUESTS) rules({ match: '*', guest: 'real' });
});

/** Files of records in the run folder. */
function stored(): string[] {
  const groups = join(here.cwd, 'runs/first/groups');
  return existsSync(groups) ? (readdirSync(groups, { recursive: true }) as string[]).filter((file) => file.endsWith('.gz')) : [];
}

withBench(
  'an experiment in real guests: killed after some records and resumed, all is measured, compared and deleted',
  async () => {
    writeFileSync(join(here.cwd, 'cores.yaml'), EXPERIMENT(here.namespace));
    expect(await here.virtwork('experiment synth cores.yaml')).toMatchObject({ status: 0, stderr: '' });
    const plan = JSON.parse(readFileSync(join(here.cwd, 'dist/cores/plan.json'), 'utf8')) as ExperimentPlan;
    expect(plan.groups.map(({ trials }) => trials.length)).toEqual([4, 4]);

    const child = here.start('experiment run dist/cores -o runs/first', {}, 900);
    const end = ended(child, 900);
    while (stored().length === 0 && child.exitCode === null) await sleep(1000);
    child.kill('SIGKILL');
    await end;
    const kept = stored();
    expect(kept.length).toBeGreaterThan(0);

    const { status, stdout, stderr } = await here.virtwork('experiment run dist/cores -o runs/first --resume', {}, 1500);
    expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: expect.stringContaining('2 of 2 groups complete') });
    expect(stored()).toHaveLength(8);
    expect(stored()).toEqual(expect.arrayContaining(kept));
    expect(here.labelled('virtwork/group')).toEqual([]);
    await eventually(() => expect([machines(), readdirSync(folder, { recursive: true })]).toEqual([[], ['claims']]), 240);

    const report = await here.virtwork('experiment report runs/first -o json');
    expect(report).toMatchObject({ status: 0, stderr: '' });
    const results = JSON.parse(report.stdout);
    expect(results).toMatchObject({ name: 'cores', missing: [], broken: [] });
    expect(results.cells.map(({ complete }: { readonly complete: boolean }) => complete)).toEqual([true, true, true, true]);
    expect(results.comparisons.length).toBeGreaterThan(0);
  },
  3 * BOOT,
);
