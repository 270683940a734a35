import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planExperiment } from '../../src/experiment/plan-experiment';
import { MANIFEST, measurable } from '../support/measured';
import { experiment, problemsOf } from '../support/planned-experiments';

const JOBS =
  'matrix: { vm_count: [1, 2], job: { random: { params: { profile: random } }, log: { params: { profile: log } }, limited: { params: { profile: log, rate: 5 } } } }\n';
const NONE = 'no trial that it is used for leaves it';

async function warningsOf(text: string): Promise<readonly string[]> {
  return (await experiment(`workload: fio-bench\n${text}`)).warnings;
}

test.each([
  ['a score', 'score: [{ of: sync-latency.p99 }]', 'e.yaml:2:11: score[0].of'],
  ['a limit', 'expect: [{ of: sync-latency.p99, at-most: 5ms }]', 'e.yaml:2:12: expect[0].of'],
  ['a steady state', 'steady: { of: sync-latency.p99 }', 'e.yaml:2:11: steady.of'],
  [
    'a ramp',
    'matrix: { vm_count: { ramp: { from: 1, to: 4, until: sync-latency.p99 > 5ms } } }',
    'e.yaml:2:47: matrix.vm_count.ramp.until',
  ],
])('no trial leaves the figure of %s: an error', async (_, text, where) => {
  expect(await problemsOf(`workload: fio-bench\n${text}\n`)).toEqual([
    `${where}: sync-latency is measured only with profile database, app-server or log; ${NONE}`,
    '  hint: change the params, or use another metric',
  ]);
});

test('a row for cells without the figure is an error, also with a param that the file states for all', async () => {
  expect(await problemsOf(`workload: fio-bench\n${JOBS}score: [{ of: sync-latency.p99, job: random }]\n`)).toHaveLength(2);
  const [line] = await problemsOf('workload: fio-bench\nparams: { rate: 500 }\nscore: [{ of: cpu-per-io }]\n');
  expect(line).toBe(`e.yaml:3:11: score[0].of: cpu-per-io is measured only with rate 0; ${NONE}`);
});

test('a row for some cells without the figure is a warning that names them', async () => {
  expect(await warningsOf(`${JOBS}score: [{ of: read-iops }]\n`)).toEqual([
    `e.yaml:3:11: score[0].of: read-iops is measured only with profile random, sequential, mixed, database, app-server, data-pipeline or verify, and not with profile mixed and read-percent 0; some trials that it is used for do not leave it: job: log, job: limited
  hint: use it only for values that have it, such as job: random`,
  ]);
  expect(await warningsOf(`${JOBS}expect: [{ of: cpu-per-io, job: l*, at-most: 5ms }]\n`)).toEqual([
    expect.stringContaining(
      'some trials that it is used for do not leave it: job: limited\n  hint: use it only for values that have it, such as job: log',
    ),
  ]);
});

test.each([
  ['all cells have it', `${JOBS}score: [{ of: iops }]\n`],
  ['the row names those that have it', `${JOBS}score: [{ of: sync-latency.p99, job: l* }]\n`],
  ['the others are excluded', `${JOBS}exclude: [{ job: random }]\nscore: [{ of: sync-latency.p99 }]\n`],
  ['a param for all cells', 'params: { profile: log, rate: "0" }\nsteady: { of: sync-latency.p99 }\nscore: [{ of: cpu-per-io }]\n'],
])('no warning: %s', async (_, text) => {
  expect(await warningsOf(text)).toEqual([]);
});

test('nothing is said of params that are wrong', async () => {
  const lines = await problemsOf('workload: fio-bench\nmatrix: { jbos: [1] }\nscore: [{ of: sync-latency.p99 }]\n');
  expect(lines.join()).not.toContain('sync-latency');
});

describe('an entry of your own', () => {
  const RESULTS = `results:
  - { key: iops, unit: 1/s, better: more, vms: sum }
  - { key: set, unit: 1/s, better: more, vms: sum, needs: { tests: [set, mset] } }
  - { key: write-iops, unit: 1/s, better: more, vms: sum, unless: { profile: [mixed], read-percent: [100] } }
  - { key: read-iops, unit: 1/s, better: more, vms: sum, needs: { profile: [mixed] }, unless: { read-percent: [0] } }
`;
  const TESTS = 'params:\n  - { key: tests, default: "set,get", pattern: "^[a-z,]+$" }\n';

  /** The lines of the problems and the warnings. */
  async function saidOf(text: string): Promise<readonly string[]> {
    const cwd = measurable({}, MANIFEST.replace('params:\n', TESTS).replace(/results: .*\n/, RESULTS));
    writeFileSync(join(cwd, 'e.yaml'), `workload: bench\n${text}`);
    try {
      return (await planExperiment('e.yaml', { flags: { 'catalog-dir': '.' }, env: { HOME: cwd }, cwd })).warnings.flatMap((each) =>
        each.split('\n'),
      );
    } catch (error) {
      return (error as Error).message.split('\n');
    }
  }

  test.each([
    ['one of a list is there', 'params: { tests: "get,mset" }\nscore: [{ of: set }]\n'],
    ['the default has it', 'score: [{ of: set }]\n'],
    ['only some reads', 'params: { profile: mixed, read-percent: 99 }\nscore: [{ of: write-iops }, { of: read-iops }]\n'],
    ['another profile', 'score: [{ of: write-iops }]\n'],
  ])('no problem: %s', async (_, text) => {
    expect(await saidOf(text)).toEqual([]);
  });

  test.each([
    [
      'params: { tests: "get,msets" }\nscore: [{ of: set }]\n',
      `e.yaml:3:11: score[0].of: set is measured only with tests set or mset; ${NONE}`,
    ],
    [
      'params: { profile: mixed, read-percent: 100 }\nscore: [{ of: write-iops }]\n',
      `e.yaml:3:11: score[0].of: write-iops is not measured with profile mixed and read-percent 100; ${NONE}`,
    ],
    [
      'params: { profile: mixed, read-percent: 0 }\nscore: [{ of: read-iops }]\n',
      `e.yaml:3:11: score[0].of: read-iops is measured only with profile mixed, and not with read-percent 0; ${NONE}`,
    ],
    [
      'params: { profile: mixed }\nmatrix: { read-percent: [50, 100] }\nscore: [{ of: write-iops }]\n',
      'e.yaml:4:11: score[0].of: write-iops is not measured with profile mixed and read-percent 100; some trials that it is used for do not leave it: read-percent: 100',
    ],
  ])('%s', async (text, expected) => {
    expect((await saidOf(text))[0]).toBe(expected);
  });
});
