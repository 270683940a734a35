import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../../support/places';
import { PROGRAM } from '../../support/program';
import { type Ended, run } from '../../support/run';

const FILE = `workload: fio-bench
settings: { cpu_cores: 1, memory: 640Mi, data_disk_size: 1Gi }
params: { profile: log, size: 64M, ramp: 0, runtime: 3 }
matrix:
  storage:
    one: { storage_class: one }
    two: { storage_class: two }
baseline: { storage: one }
`;
const CLASSES = ['one', 'two'];

/** The part of the report that is tested. Its own type would make all sources of the report part of this test. */
interface Results {
  readonly cells: readonly {
    readonly values: object;
    readonly complete: boolean;
    readonly why: readonly string[];
    readonly figures: { readonly [metric: string]: { readonly mean?: number } };
  }[];
  readonly comparisons: readonly { readonly metric: string; readonly ratio: number }[];
  readonly missing: readonly object[];
  readonly broken: readonly object[];
}

/** Two groups, each with one VM and one short trial. */
describe('an experiment in the lab', () => {
  const cwd = tempDir();
  const virtwork = (args: string): Ended => run(process.execPath, [PROGRAM, ...args.split(' ')], { cwd, seconds: 20 * 60 });
  let ended: Ended;

  beforeAll(() => {
    writeFileSync(join(cwd, 'storage.yaml'), FILE);
    for (const name of CLASSES) mkdirSync(join(cwd, name));
    ended = virtwork(`experiment run storage.yaml --in lab ${CLASSES.map((name) => `--class ${name}=${name}`).join(' ')} -o first`);
    process.stderr.write(ended.stderr);
  }, 25 * 60_000);

  test('each group is complete, and no VM is left', () => {
    expect(ended).toMatchObject({ status: 0, stdout: expect.stringContaining('2 of 2 groups complete; records: first') });
    expect(CLASSES.map((name) => readdirSync(join(cwd, name)))).toEqual([[], []]);
  });

  test('the report compares them', () => {
    const { status, stdout } = virtwork('experiment report first -o json');
    const results = JSON.parse(stdout) as Results;
    expect({ status, missing: results.missing, broken: results.broken }).toEqual({ status: 0, missing: [], broken: [] });
    expect(results.cells.map(({ values, complete, why }) => ({ values, complete, why }))).toEqual(
      CLASSES.map((storage) => ({ values: { storage }, complete: true, why: [] })),
    );
    for (const { figures } of results.cells) expect(figures.iops?.mean).toBeGreaterThan(0);
    expect(results.comparisons.map(({ metric, ratio }) => [metric, ratio > 0])).toContainEqual(['iops', true]);
  });

  test('the facts say on what it ran', () => {
    const { lab, groups } = JSON.parse(readFileSync(join(cwd, 'first/facts.json'), 'utf8'));
    expect(lab).toMatchObject({
      accelerator: expect.stringMatching(/^(kvm|tcg)$/),
      qemu: expect.stringMatching(/^\d/),
      storage: { one: { fileSystem: expect.any(String) }, two: { directory: join(cwd, 'two/virtwork-lab') } },
    });
    const vms = Object.values(groups as { [id: string]: { vms: { [vm: string]: object } } }).flatMap((group) => Object.values(group.vms));
    expect(vms).toEqual(CLASSES.map(() => expect.objectContaining({ boot: expect.any(Number) })));
  });
});
