import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '../../src/errors';
import { readResults, readRun } from '../../src/report/run';
import type { Result } from '../../src/results/result';
import { membersOf, planOf, resultsOf } from '../support/experiments';
import { tempDir } from '../support/places';
import { member, record, state } from '../support/trial-records';

const SHAPE = { settings: { storage: ['a', 'b'] }, vms: 2, trialParams: { profile: 'random' } };
const PLAN = planOf(SHAPE);
const GROUP = PLAN.groups[0] as (typeof PLAN.groups)[number];
const ALL = resultsOf(PLAN, () => ({ metrics: { iops: 100 } }));
const VM = 'virtwork-fio-bench-1';

let folder: string;
beforeEach(() => {
  folder = tempDir();
});

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** A run folder with these records. */
function writeRun(results: readonly Result[] = ALL): void {
  write('run/plan.json', JSON.stringify(PLAN));
  for (const result of results) write(pathOf(result), member(result));
}

function pathOf({ group, vm, trial, name, repeat }: Result): string {
  return `run/groups/${group}/${vm}/${trial}-${name}-r${repeat}.json.gz`;
}

const read = (...paths: string[]) => readRun({ paths, cwd: folder });

function problemsOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error.problems;
    throw error;
  }
  throw new Error('no error');
}

/** The answers of both VMs of the first group, as a loop of kubectl appends them to a file. */
function answers(): Buffer {
  const vms = [0, 1].map((index) => `virtwork-fio-bench-${index}`);
  return Buffer.concat(
    vms.map((vm, index) => {
      const own = ALL.filter((each) => each.vm === vm && each.group === GROUP.id);
      return membersOf([state({ vm, index, plan: GROUP.plan, group: GROUP.id, records: own.map(({ trial }) => trial) }), ...own]);
    }),
  );
}

describe('a run', () => {
  test('is not the output of synth', () => {
    writeRun([]);
    write('run/kustomization.yaml', '');
    expect(problemsOf(() => read('run'))).toEqual([
      { where: 'run', message: 'has manifests, not records', hint: expect.stringContaining('experiment run') },
    ]);
  });

  test('without a plan, a file without any record is reported for what is wrong with it', () => {
    write('dist/bench/plan.json', JSON.stringify(PLAN));
    write('x.gz', gzipSync('hello'));
    expect(problemsOf(() => read('x.gz'))).toEqual([{ where: expect.stringContaining('x.gz'), message: expect.stringContaining('JSON') }]);
  });

  test('is read from its folder', () => {
    writeRun();
    write('run/facts.json', '{"kubernetes":"1.34","tuning":"performance"}');
    const results = read('run');
    expect(results).toMatchObject({ name: 'rank', missing: [], broken: [], tuning: 'performance', facts: { kubernetes: '1.34' } });
    expect(results.cells.map(({ complete, figures }) => [complete, figures.iops?.n])).toEqual([
      [true, 3],
      [true, 3],
    ]);
    expect(results.records['g0-abcdef.t0']?.[0]).toBe('run/groups/g0-abcdef/virtwork-fio-bench-0/001-t0-r1.json.gz');
  });

  test.each<[string, string, string | undefined, string | undefined, string | undefined]>([
    ['what the user says', '{"tuning":"facts"}', 'plan', 'flag', 'flag'],
    ['the facts', '{"tuning":"facts"}', 'plan', undefined, 'facts'],
    ['the plan', '{}', 'plan', undefined, 'plan'],
    ['the plan, for facts of another type', '{"tuning":[1]}', 'plan', undefined, 'plan'],
    ['nothing', '{}', undefined, undefined, undefined],
  ])('has the tuning of %s', (_, facts, ofPlan, tuning, expected) => {
    write('run/plan.json', JSON.stringify({ ...PLAN, ...(ofPlan === undefined ? {} : { tuning: ofPlan }) }));
    write('run/facts.json', facts);
    expect(readRun({ paths: ['run'], cwd: folder, ...(tuning === undefined ? {} : { tuning }) }).tuning).toBe(expected);
  });

  test('is read from answers of several VMs in one file, with the plan of dist/', () => {
    write('results.gz', answers());
    write('dist/rank/plan.json', JSON.stringify(PLAN));
    write('dist/other/plan.json', JSON.stringify(planOf({ settings: { bus: ['x'] } })));
    write('dist/broken/plan.json', '{');
    const results = read('results.gz');
    expect(results.cells[0]).toMatchObject({ complete: true });
    expect(results.missing).toEqual([{ group: 'g1-abcdef', why: 'no records of its 2 VMs' }]);
    expect(results.records['g0-abcdef.t0']).toEqual(['2', '6', '3', '7', '4', '8'].map((part) => `results.gz part ${part}`));
  });

  test('is read from several files, and from a folder of virtwork results', () => {
    write('dist/rank/plan.json', JSON.stringify(PLAN));
    const [one, two] = [ALL.slice(0, 5), ALL.slice(5)];
    write('a.gz', membersOf(one));
    for (const result of two) write(pathOf(result).replace('run/groups', 'kept'), member(result));
    expect(read('a.gz', 'kept')).toMatchObject({ missing: [], broken: [] });
  });

  test('is read with the plan that --plan names', () => {
    write('results.gz', answers());
    write('elsewhere.json', JSON.stringify(PLAN));
    expect(readRun({ paths: ['results.gz'], plan: 'elsewhere.json', cwd: folder }).cells[0]?.complete).toBe(true);
  });
});

describe('a record that does not count is named with its place and the reason', () => {
  const [first, second] = ALL.filter(({ vm, group }) => vm === VM && group === GROUP.id) as [Result, Result];
  const histogram = (bins: readonly (readonly [number, number])[], count = bins.reduce((sum, [, each]) => sum + each, 0)) =>
    member({ ...second, histograms: { 'read-latency': { unit: 'ns', count, bins } } });
  const path = pathOf(second);

  test.each<[string, Buffer, RegExp]>([
    ['truncated gzip', member(second).subarray(0, 200), /^the record ends early$/],
    [
      'damaged gzip',
      Buffer.concat([member(second).subarray(0, 40), Buffer.from('xxxx'), member(second).subarray(44)]),
      /^the record is damaged$/,
    ],
    ['no gzip', Buffer.from('hello'), /^the record is not compressed with gzip$/],
    ['an empty file', Buffer.alloc(0), /^the file is empty$/],
    ['not JSON', gzipSync('{"schema":'), /^the record is not JSON: Unexpected end of JSON input$/],
    ['NaN', gzipSync(JSON.stringify(second).replace('100', 'NaN')), /^the record is not JSON: Unexpected token .*"iops":NaN/],
    ['an infinite number', gzipSync(JSON.stringify(second).replace('100', '1e999')), /metrics\/iops must be number, got Infinity$/],
    ['no number', gzipSync(JSON.stringify(second).replace('100', 'null')), /metrics\/iops must be number, got null$/],
    ['a string', gzipSync(JSON.stringify(second).replace('100', '"100"')), /metrics\/iops must be number, got "100"$/],
    ['another schema', member({ ...second, schema: 'virtwork.result/2' }), /schema must be virtwork.result\/1, got "virtwork.result\/2"$/],
    ['an unknown field', member({ ...second, more: 1 }), /must NOT have additional properties/],
    [
      'another plan',
      member({ ...second, plan: `sha256:${'f'.repeat(64)}` }),
      /^the record is of another list of trials than group g0-abcdef of the plan/,
    ],
    [
      'another VM',
      member({ ...second, vm: 'virtwork-fio-bench-0', index: 0 }),
      /^the record is of another VM than its folder: virtwork-fio-bench-0/,
    ],
    [
      'an index of another VM',
      member({ ...second, index: 7 }),
      /^the record is of another VM: virtwork-fio-bench-1 has index 7, but the group has 2 VMs/,
    ],
    ['another group', member({ ...second, group: 'g1-abcdef' }), /^the record is of another group than its folder/],
    ['another trial', member({ ...second, trial: '099' }), /^the record is of another trial than its file: 099, not 002$/],
    ['another repeat', member({ ...second, repeat: 3 }), /^the record says t0 repeat 3, the plan t0 repeat 2$/],
    ['a negative figure', member({ ...second, metrics: { iops: -1 } }), /\/metrics\/iops must not be negative, got -1$/],
    [
      'a figure without a finite sum',
      member({ ...second, metrics: { iops: 1e308 } }),
      /\/metrics\/iops must be at most 1e\+30, got 1e\+308$/,
    ],
    [
      'a negative series',
      member({ ...second, series: { iops: { every: 1, values: [1, -1] } } }),
      /\/series\/iops must not be negative, got -1$/,
    ],
    [
      'unordered bins',
      histogram([
        [5, 1],
        [4, 1],
      ]),
      /\/histograms\/read-latency\/bins must be in increasing order, got 4 after 5$/,
    ],
    [
      'a repeated bin',
      histogram([
        [5, 1],
        [5, 1],
      ]),
      /bins must be in increasing order, got 5 after 5$/,
    ],
    ['a negative bin', histogram([[-5, 1]]), /bins must not be negative, got -5$/],
    ['another count', histogram([[5, 1]], 2), /\/histograms\/read-latency\/count must be the sum of its bins, 1, got 2$/],
    ['a record that is too large', gzipSync(`"${'x'.repeat(8 << 20)}"`), /^the record is larger than any record may be$/],
  ])('%s', (_, content, why) => {
    writeRun();
    write(path, content);
    const { broken, missing, cells } = read('run');
    expect(broken).toEqual([{ place: path, why: expect.stringMatching(why) }]);
    expect(missing).toEqual([{ group: GROUP.id, vm: VM, trial: '002', why: broken[0]?.why }]);
    expect(cells.map(({ complete }) => complete)).toEqual([false, true]);
    expect(cells[0]?.why).toEqual(['repeat 2: record rejected (virtwork-fio-bench-1)']);
  });

  test.each<[string, Partial<Result>, string]>([
    ['a copy', {}, ''],
    ['with another figure', { metrics: { iops: 1 } }, '; they differ: iops is 1, in the other 100'],
    ['with another time', { seconds: 1 }, '; they differ'],
  ])('a second record of a trial: %s', (_, more, differing) => {
    writeRun();
    write(path.replace('.json.gz', '.2.json.gz'), member({ ...second, ...more }));
    const { broken, missing, cells } = read('run');
    const other = path.replace('.json.gz', '.2.json.gz');
    expect(broken).toEqual([{ place: other, why: `the trial has another record, which counts: ${path}${differing}` }]);
    expect(missing).toEqual([]);
    expect(cells[0]?.figures.iops?.values).toEqual([200, 200, 200]);
  });

  test('a trial that failed and ran again counts as done', () => {
    writeRun();
    write(path, member({ ...second, outcome: 'failed', why: 'the VM restarted' }));
    write(path.replace('.json.gz', '.2.json.gz'), member(second));
    expect(read('run')).toMatchObject({ missing: [], broken: [{ place: path }], cells: [{ complete: true }, { complete: true }] });
  });

  test('one damaged member does not cost the others', () => {
    write('run.json', JSON.stringify(PLAN));
    const members = ALL.map(member);
    const damaged = Buffer.concat([...members.slice(0, 4), Buffer.from('garbage'), ...members.slice(4)]);
    write('results.gz', damaged);
    const { broken, missing } = readRun({ paths: ['results.gz'], plan: 'run.json', cwd: folder });
    expect(broken).toEqual([{ place: 'results.gz part 5', why: 'the record is not compressed with gzip' }]);
    expect(missing).toEqual([]);
  });

  test('a record of another VM than the state before it', () => {
    write('run.json', JSON.stringify(PLAN));
    write('results.gz', membersOf([state({ vm: 'virtwork-fio-bench-0', plan: GROUP.plan, group: GROUP.id }), first]));
    const { broken } = readRun({ paths: ['results.gz'], plan: 'run.json', cwd: folder });
    expect(broken).toEqual([
      {
        place: 'results.gz part 2',
        why: 'the record is of another VM than the state before it: virtwork-fio-bench-1, not virtwork-fio-bench-0',
      },
    ]);
  });

  test.each<[string, Partial<Result>, string]>([
    ['an unknown group', { group: 'other' }, 'the plan has no group other'],
    ['an unknown trial', { trial: '099' }, 'the plan has no trial 099 in this group, which has 3'],
    [
      'another unit',
      { trial: '002', repeat: 2, histograms: { 'read-latency': { unit: 'us', count: 1, bins: [[5, 1]] } } },
      'the histogram read-latency of the record has the unit "us", in the plan "ns"',
    ],
    ['another param', { params: { ...first.params, profile: 'log' } }, 'param profile is "log", in the plan "random"'],
    ['another name', { name: 'other' }, 'the record says other repeat 1, the plan t0 repeat 1'],
    [
      'one VM more than the group has',
      { vm: 'virtwork-fio-bench-2', index: 2 },
      'the record is of another VM: virtwork-fio-bench-2 has index 2, but the group has 2 VMs, from 0',
    ],
  ])('%s', (_, more, why) => {
    write('run.json', JSON.stringify(PLAN));
    write('results.gz', membersOf([...ALL, { ...first, ...more }]));
    const { broken, missing } = readRun({ paths: ['results.gz'], plan: 'run.json', cwd: folder });
    expect([broken, missing]).toEqual([[{ place: 'results.gz part 13', why }], []]);
  });

  test('two VMs with one index', () => {
    write('run.json', JSON.stringify(PLAN));
    write('results.gz', membersOf([...ALL, { ...first, vm: 'intruder-1', trial: '002', repeat: 2 }]));
    const { broken } = readRun({ paths: ['results.gz'], plan: 'run.json', cwd: folder });
    expect(broken.map(({ why }) => why)).toEqual(['the record is of another VM: intruder-1 has the index 1 of virtwork-fio-bench-1']);
  });
});

describe('wrong input', () => {
  const plan = JSON.stringify(PLAN);
  const foreign = membersOf([record()]);

  test('a plan that has no group of the records is one error', () => {
    write('plan.json', plan);
    write('results.gz', membersOf([record({ repeat: 1 }), record({ repeat: 2 })]));
    expect(() => readRun({ paths: ['results.gz'], plan: 'plan.json', cwd: folder })).toThrow(
      /^flag --plan: the plan of rank has no group of the records, such as \S+\n {2}hint: use the plan of their experiment/,
    );
  });

  test.each<[string, { readonly [path: string]: string | Buffer }, readonly string[], string, RegExp]>([
    ['no such file', {}, ['absent.gz'], 'absent.gz', /^no such file or folder$/],
    ['a folder without records', { 'empty/readme': 'x' }, ['empty'], 'empty', /^the folder has no files with records/],
    ['records without a plan', { 'results.gz': foreign }, ['results.gz'], 'flag --plan', /no dist\/\*\/plan\.json exists/],
    [
      'records of another plan',
      { 'results.gz': foreign, 'dist/rank/plan.json': plan },
      ['results.gz'],
      'flag --plan',
      /searched: dist\/rank\/plan\.json/,
    ],
    [
      'several plans that fit',
      {
        'results.gz': answers(),
        'dist/a/plan.json': plan,
        'dist/b/plan.json': JSON.stringify(planOf({ ...SHAPE, seed: 2 })),
      },
      ['results.gz'],
      'flag --plan',
      /several plans have the groups of these records: dist\/a\/plan\.json, dist\/b\/plan\.json/,
    ],
    ['a plan that is not JSON', { 'run/plan.json': '{' }, ['run'], 'run/plan.json', /^must be a plan .*it is not JSON$/],
    ['a plan of another format', { 'run/plan.json': '{}' }, ['run'], 'run/plan.json', /schema must be virtwork\.plan\/1, got nothing$/],
    [
      'a plan without a field',
      { 'run/plan.json': JSON.stringify({ ...PLAN, seed: undefined }) },
      ['run'],
      'run/plan.json',
      /: needs the key "seed"$/,
    ],
    [
      'a plan with a cell of no group',
      { 'run/plan.json': JSON.stringify({ ...PLAN, groups: PLAN.groups.slice(1) }) },
      ['run'],
      'run/plan.json',
      /refers to group "g0-abcdef", which it does not have$/,
    ],
    [
      'a plan that was changed',
      { 'run/plan.json': JSON.stringify({ ...PLAN, question: 'Another one?' }) },
      ['run'],
      'run/plan.json',
      /^must be a plan .*it was changed after virtwork wrote it: the hash of its content is sha256:[0-9a-f]{64}$/,
    ],
    [
      'a plan that was changed, and as it was in another run',
      {
        'run/plan.json': JSON.stringify({
          ...PLAN,
          question: 'Another one?',
          seed: 7,
          groups: [{ ...GROUP, vms: 3 }, ...PLAN.groups.slice(1)],
        }),
        [`runs/${PLAN.name}/first/plan.json`]: JSON.stringify({ ...PLAN, tuning: 'before' }),
      },
      ['run'],
      'run/plan.json',
      /: it was changed after virtwork wrote it: seed is 7, was 1; groups\[0\]\.vms is 3, was 2; question is "Another one\?", was absent$/,
    ],
    [
      'a plan with another hash, and as it was rendered',
      { 'run/plan.json': JSON.stringify({ ...PLAN, hash: `sha256:${'0'.repeat(64)}` }), [`dist/${PLAN.name}/plan.json`]: plan },
      ['run'],
      'run/plan.json',
      /wrote it: hash is "sha256:0{64}", was "sha256:[0-9a-f]{64}"$/,
    ],
    [
      'a plan whose copy was changed too',
      {
        'run/plan.json': JSON.stringify({ ...PLAN, seed: 7 }),
        [`dist/${PLAN.name}/plan.json`]: JSON.stringify({ ...PLAN, seed: 8 }),
        [`runs/${PLAN.name}/first/plan.json`]: '{',
      },
      ['run'],
      'run/plan.json',
      /wrote it: the hash of its content is sha256:[0-9a-f]{64}$/,
    ],
    ['two runs', { 'run/plan.json': plan }, ['run', 'run'], 'argument RUN', /^must be one run folder, .*, got run run$/],
  ])('%s', (_, files, paths, where, message) => {
    for (const [path, content] of Object.entries(files)) write(path, content);
    expect(problemsOf(() => read(...paths))).toEqual([expect.objectContaining({ where, message: expect.stringMatching(message) })]);
  });

  test('a run that has no records yet misses all of them', () => {
    write('run/plan.json', plan);
    expect(read('run').missing).toEqual(['g0-abcdef', 'g1-abcdef'].map((group) => ({ group, why: 'no records of its 2 VMs' })));
  });

  test.each<[string, string, RegExp]>([
    ['another format', '{"schema":"virtwork.plan/1"}', /schema must be virtwork\.results\/1, got "virtwork\.plan\/1"$/],
    ['not JSON', 'hello', /it is not JSON$/],
  ])('results that are %s', (_, content, message) => {
    write('results.json', content);
    expect(problemsOf(() => readResults('results.json', folder))[0]?.message).toMatch(message);
  });

  test('results are read from a file and from a run folder', () => {
    writeRun();
    const results = readResults('run', folder);
    write('results.json', JSON.stringify(results));
    expect(readResults('results.json', folder)).toEqual(JSON.parse(JSON.stringify(results)));
  });
});
