import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentPlan } from '../../src/experiment/experiment-plan';
import { membersOf, type PlanProps, planOf, resultsOf, type Spot } from '../support/experiments';
import { tempDir } from '../support/places';
import { virtwork } from '../support/program';

const SHAPE: PlanProps = {
  question: 'Which storage class serves VMs best?',
  settings: { storage: ['rbd', 'cephfs'] },
  baseline: { storage: 'rbd' },
  score: [{ of: 'iops', where: {}, weight: 1 }],
};
const IOPS: { readonly [storage: string]: readonly number[] } = { rbd: [1000, 1010, 990], cephfs: [500, 505, 495] };

/** A folder with a plan and the records of a run. */
function setUp(shape: PlanProps = {}, isThere: (spot: Spot) => boolean = () => true) {
  const cwd = tempDir();
  const plan: ExperimentPlan = planOf({ ...SHAPE, ...shape });
  writeFileSync(join(cwd, 'plan.json'), JSON.stringify(plan));
  const records = resultsOf(plan, (spot) =>
    isThere(spot) ? { metrics: { iops: IOPS[spot.values.storage as string]?.[spot.repeat - 1] ?? 0 } } : undefined,
  );
  writeFileSync(join(cwd, 'results.gz'), membersOf(records));
  return {
    cwd,
    report: (...more: readonly string[]) => virtwork(['experiment', 'report', 'results.gz', '--plan', 'plan.json', ...more], { cwd }),
  };
}

test('the report begins with the answer, and goes on with ranking and comparisons', () => {
  const { stdout, stderr, status } = setUp().report();
  expect(stdout).toBe(`Which storage class serves VMs best?
rbd ranks first, with 100.0 of 100 points.

RANK   STORAGE   POINTS   IOPS
1      rbd       100.0    100.0
2      cephfs    50.0     50.0

CELL             FIGURE   RATIO TO BASELINE [95 %]   P        VERDICT
storage=cephfs   iops     0.50× [0.49, 0.51]         <0.001   worse
`);
  expect([stderr, status]).toEqual(['', 0]);
});

test('-o json prints all figures', () => {
  const { stdout, status } = setUp().report('-o', 'json');
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'virtwork.results/1', name: 'rank', cells: [{ complete: true }, { complete: true }] });
  expect(status).toBe(0);
});

test.each([
  ['html', /^<!doctype html>\n.*<p>rbd ranks first, with 100\.0 of 100 points\.<\/p>.*<\/html>\n$/s],
  ['csv', /^cell,storage,group,complete,repeat,vm,metric,unit,value\n/],
  ['markdown', /^# rank\n\nWhich storage class/],
  ['junit', /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="rank" tests="2" failures="0"/],
  ['xlsx', /^PK/],
])('-o %s', (format, pattern) => {
  const { stdout, stderr, status } = setUp().report('-o', format);
  expect(stdout).toMatch(pattern);
  expect([stderr, status]).toEqual(['', 0]);
});

describe('tuning', () => {
  const TUNING = 'queue depth 64, "a|b" <i>';
  const rows = (stdout: string) => stdout.trimEnd().split('\n');

  test.each<[string, (stdout: string) => unknown, unknown]>([
    ['text', (stdout) => rows(stdout)[2], `Tuning: ${TUNING}`],
    ['json', (stdout) => JSON.parse(stdout).tuning, TUNING],
    ['html', (stdout) => stdout.includes('<p>Tuning: queue depth 64, &quot;a|b&quot; &lt;i&gt;</p>'), true],
    [
      'csv',
      (stdout) =>
        rows(stdout)
          .slice(0, 2)
          .map((row) => row.slice(row.indexOf('value') < 0 ? row.indexOf('"') : row.indexOf('tuning'))),
      ['tuning', '"queue depth 64, ""a|b"" <i>"'],
    ],
    [
      'markdown',
      (stdout) =>
        rows(stdout)
          .at(-1)
          ?.replace(/^.*Tuning/, 'Tuning'),
      'Tuning: queue depth 64, "a\\|b" \\<i\\>',
    ],
    ['junit', (stdout) => stdout.match(/<property name="tuning" value="queue depth 64, &quot;a\|b&quot; &lt;i&gt;"\/>/g)?.length, 1],
  ])('is in -o %s', (format, found, expected) => {
    const { stdout, stderr, status } = setUp().report('-o', format, '--tuning', TUNING);
    expect([stderr, status]).toEqual(['', 0]);
    expect(found(stdout)).toEqual(expected);
  });

  test('is that of the plan without the flag', () => {
    const { report } = setUp({ tuning: 'before' });
    expect(report().stdout).toContain('\nTuning: before\n');
    expect(report('--tuning', 'after').stdout).toContain('\nTuning: after\n');
  });

  test('must be one line', () => {
    const { stdout, stderr, status } = setUp().report('--tuning', 'a\nb');
    expect([stdout, status]).toEqual(['', 2]);
    expect(stderr).toContain(
      'flag --tuning: must be one line of 1 to 200 characters, without blanks around it and without control characters, got ',
    );
  });

  test('names the runs in compare, if all of them have different ones', () => {
    const { cwd, report } = setUp();
    for (const [name, tuning] of [
      ['a', 'before'],
      ['b', 'after'],
      ['c', 'after'],
    ] as const)
      writeFileSync(join(cwd, `${name}.json`), report('-o', 'json', '--tuning', tuning).stdout);
    const compare = (...files: string[]) => virtwork(['experiment', 'compare', ...files], { cwd }).stdout;
    expect(compare('a.json', 'b.json')).toMatch(
      /^RUN +EXPERIMENT +TUNING +COMPLETE\na\.json +rank +before [\s\S]*\nRatios are to before\.\n[\s\S]* after +1\.00/,
    );
    expect(compare('a.json', 'b.json', 'c.json')).toMatch(/\nRatios are to a\.json\.\n[\s\S]* c\.json +1\.00/);
  });
});

/** Moves plan and records into a run folder. */
function runFolder() {
  const { cwd } = setUp();
  mkdirSync(join(cwd, 'run'));
  for (const name of ['plan.json', 'results.gz']) renameSync(join(cwd, name), join(cwd, 'run', name));
  return { page: join(cwd, 'run/report.html'), report: () => virtwork(['experiment', 'report', 'run'], { cwd }) };
}

test('the page is written into a run folder, each time anew', () => {
  const { page, report } = runFolder();
  for (const _ of [1, 2]) {
    const { stdout, stderr, status } = report();
    expect(stdout).toContain('rbd ranks first');
    expect([stderr, status]).toEqual(['wrote run/report.html\n', 0]);
    expect(readFileSync(page, 'utf8')).toContain('<p>rbd ranks first');
    writeFileSync(page, 'old');
  }
});

test('the page links to the records in its folder', () => {
  const { cwd } = setUp();
  const folder = join(cwd, 'run/groups/g0-abcdef/virtwork-fio-bench-0');
  mkdirSync(folder, { recursive: true });
  renameSync(join(cwd, 'plan.json'), join(cwd, 'run/plan.json'));
  const plan = JSON.parse(readFileSync(join(cwd, 'run/plan.json'), 'utf8'));
  const [record] = resultsOf(plan, () => ({ metrics: { iops: 1000 } }));
  writeFileSync(join(folder, '001-t0-r1.json.gz'), membersOf([record as NonNullable<typeof record>]));
  expect(virtwork(['experiment', 'report', 'run'], { cwd })).toMatchObject({ status: 1, stderr: 'wrote run/report.html\n' });
  const page = readFileSync(join(cwd, 'run/report.html'), 'utf8');
  const link = /<a href="(groups[^"]*)">/.exec(page)?.[1] as string;
  expect(readFileSync(join(cwd, 'run', link)).length).toBeGreaterThan(0);
});

test('a page that cannot be written is a warning', () => {
  const { page, report } = runFolder();
  mkdirSync(page);
  const { stdout, stderr, status } = report();
  expect(stdout).toContain('rbd ranks first');
  expect(stderr).toMatch(/^warning: run\/report\.html: not written: .*; use -o html for the page\n$/);
  expect(status).toBe(0);
});

test('missing records are listed, and the exit code is 1', () => {
  const { stdout, status } = setUp({}, ({ values, repeat }) => values.storage === 'rbd' || repeat < 3).report();
  expect(stdout).toContain('No answer: only rbd can be ranked, because the others miss a figure of the score.');
  expect(stdout).toContain('Not ranked:\n  storage=cephfs: storage=cephfs is incomplete: repeat 3: no record (virtwork-fio-bench-0)\n');
  expect(stdout).toContain('Incomplete cells:\n  cephfs: repeat 3: no record (virtwork-fio-bench-0)\n');
  expect(stdout).toMatch(/\nMISSING IN +VM +TRIAL +REASON\ng1-abcdef +virtwork-fio-bench-0 +003 +no record\n$/);
  expect(status).toBe(1);
});

test('an incomplete cell without missing records also fails, in every format and in compare', () => {
  const { cwd, report } = setUp();
  const plan: ExperimentPlan = JSON.parse(readFileSync(join(cwd, 'plan.json'), 'utf8'));
  writeFileSync(join(cwd, 'results.gz'), membersOf(resultsOf(plan, () => ({ metrics: { iops: 1000, errors: 7 } }))));
  expect(report()).toMatchObject({ status: 1, stdout: expect.stringContaining('repeats 1 to 3: errors is 7') });
  const { stdout, status } = report('-o', 'json');
  expect([JSON.parse(stdout).missing, status]).toEqual([[], 1]);
  for (const name of ['a.json', 'b.json']) writeFileSync(join(cwd, name), stdout);
  expect(virtwork(['experiment', 'compare', 'a.json', 'b.json'], { cwd }).status).toBe(1);
});

test.each([
  [400, 'met', 0],
  [800, 'not met', 1],
])('expecting %i IOPS is %s', (atLeast, outcome, code) => {
  const { stdout, status } = setUp({ expect: [{ of: 'iops', where: { storage: 'cephfs' }, atLeast }] }).report();
  expect(stdout).toContain(outcome);
  expect(status).toBe(code);
});

test('a folder without a plan is evaluated with that of dist/, which is named, and has no page', () => {
  const { cwd } = setUp();
  for (const name of ['dist/rank', 'run']) mkdirSync(join(cwd, name), { recursive: true });
  renameSync(join(cwd, 'plan.json'), join(cwd, 'dist/rank/plan.json'));
  renameSync(join(cwd, 'results.gz'), join(cwd, 'run/results.gz'));
  const { stderr, status } = virtwork(['experiment', 'report', 'run'], { cwd });
  expect([stderr, status]).toEqual([
    'plan of the records: dist/rank/plan.json\nno page written: run has no plan.json; use -o html for the page\n',
    0,
  ]);
});

test('records that do not count are warnings', () => {
  const { cwd, report } = setUp();
  writeFileSync(join(cwd, 'more.gz'), 'hello');
  const { stderr, status } = report('more.gz');
  expect(stderr).toBe('warning: more.gz part 1: the record is not compressed with gzip\n');
  expect(status).toBe(0);
});

test.each<[readonly string[], string]>([
  [['report'], 'error: argument RUN: needs a run folder, a results.json, or files with records\n'],
  [['report', 'absent.gz'], 'error: absent.gz: no such file or folder\n'],
  [['report', 'absent.gz', '-o', 'pdf'], 'must be one of text, html, json, csv, markdown, xlsx, junit, got "pdf"'],
  [['report', 'absent.gz', '--plan', 'plan.yaml'], 'plan.yaml: no such file or folder\n'],
  [['compare', 'one'], 'error: two or more runs are required\n'],
  [['compare', 'one', 'one'], 'error: one: must be given once\n'],
  [['compare', 'one', 'two', '--baseline', 'three'], 'error: flag --baseline: must be one of the runs one, two, got "three"\n'],
  [['report', 'results.json', '--plan', 'plan.json'], 'error: flag --plan: cannot be used with results.json'],
  [['report', 'absent.json'], 'error: absent.json: no such file or folder\n'],
])('wrong input: %j', (args, message) => {
  const { stderr, status } = virtwork(['experiment', ...args]);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('at ');
  expect(status).toBe(2);
});

test('runs are compared with the first one', () => {
  const { cwd, report } = setUp();
  for (const name of ['monday.json', 'tuesday.json']) writeFileSync(join(cwd, name), report('-o', 'json').stdout);
  const { stdout, stderr, status } = virtwork(['experiment', 'compare', 'monday.json', 'tuesday.json'], { cwd });
  expect(stdout).toBe(`RUN            EXPERIMENT   COMPLETE
monday.json    rank         2/2
tuesday.json   rank         2/2

Ratios are to monday.json.
CELL             FIGURE   RUN            RATIO [95 %]         P       VERDICT
storage=rbd      iops     tuesday.json   1.00× [0.98, 1.02]   1.000   no difference shown
storage=cephfs   iops     tuesday.json   1.00× [0.98, 1.02]   1.000   no difference shown
`);
  expect([stderr, status]).toEqual(['', 0]);
});

test('a comparison is a page too, with any run as the baseline', () => {
  const { cwd, report } = setUp();
  for (const name of ['monday.json', 'tuesday.json']) writeFileSync(join(cwd, name), report('-o', 'json').stdout);
  const args = ['experiment', 'compare', 'monday.json', 'tuesday.json', '--baseline', 'tuesday.json'];
  const { stdout, stderr, status } = virtwork([...args, '-o', 'html'], { cwd });
  expect(stdout).toMatch(
    /^<!doctype html>\n.*<p>monday\.json: no difference from tuesday\.json is shown in 2 figures\.<\/p>.*<\/html>\n$/s,
  );
  expect([stderr, status]).toEqual(['', 0]);
  expect(virtwork(args, { cwd }).stdout).toContain('Ratios are to tuesday.json.\n');
});

test('results are evaluated as the run that they come from', () => {
  const { cwd, report } = setUp();
  writeFileSync(join(cwd, 'results.json'), report('-o', 'json').stdout);
  const { stdout, stderr, status } = virtwork(['experiment', 'report', 'results.json'], { cwd });
  expect([stdout, stderr, status]).toEqual([report().stdout, '', 0]);
});

test('wrong results are an error with the place and what is required', () => {
  const { cwd, report } = setUp();
  const results = JSON.parse(report('-o', 'json').stdout);
  results.cells[1].figures.iops.values[0] = 'fast';
  writeFileSync(join(cwd, 'results.json'), JSON.stringify(results));
  for (const args of [
    ['report', 'results.json'],
    ['compare', 'results.json', 'results.gz'],
  ]) {
    const { stderr, status } = virtwork(['experiment', ...args], { cwd });
    expect(stderr).toContain(
      'results.json: must be a run folder with a plan.json, or a results.json: cells[1].figures.iops.values[0] must be a number or empty, got "fast"\n',
    );
    expect(status).toBe(2);
  }
});
