import type { Result, TrialsState } from '../../src/results/result';
import { validate as validateResult } from '../../src/results/result-validator';
import { validate as validateState } from '../../src/results/state-validator';
import { record, state } from '../support/trial-records';

function errorsOf(errors: ReturnType<typeof validateResult>): string[] {
  return errors.map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

function without(value: object, ...keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

describe('a record', () => {
  test.each<[string, object]>([
    ['with everything', record()],
    ['with an empty axis list', record({ cell: {} })],
    ['of an experiment', record({ cell: { storage: 'rbd', vm_count: 5, warm: true } })],
    [
      'of a trial that failed before it ran',
      without(
        record({ outcome: 'failed', why: 'prepare failed' }),
        'started',
        'seconds',
        'metrics',
        'histograms',
        'series',
        'unit',
        'job',
        'raw',
      ),
    ],
    ['of a group with one VM', record({ barrier: { expected: 1, outcome: 'none' } })],
    ['whose tool answered with a list', record({ raw: [] })],
    ['with tool versions and facts of its own', record({ guest: { psql: '15.4', tables: { accounts: 100000 }, ssl: false } })],
    ['with negative and fractional metrics', record({ metrics: { 'clock-offset': -0.5, iops: 0 } })],
    ['that was measured before the group started', record({ window: { from: -0.5, seconds: 60 } })],
    ['without samples', record({ histograms: { sync: { unit: 'ns', count: 0, bins: [] } } })],
  ])('%s is valid', (_, value) => {
    expect(errorsOf(validateResult(value))).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['of another version', { ...record(), schema: 'virtwork.result/2' }, '/schema const'],
    ['that is no object', [], ' type'],
    ['with an unknown field', { ...record(), iops: 5 }, ' additionalProperties'],
    ['without a VM', without(record(), 'vm'), ' required'],
    ['without an outcome', without(record(), 'outcome'), ' required'],
    ['done without metrics', without(record(), 'metrics'), ' required'],
    ['done without its run time', without(record(), 'seconds'), ' required'],
    ['with no metric', record({ metrics: {} }), '/metrics minProperties'],
    ['with a metric that is text', { ...record(), metrics: { iops: '5' } }, '/metrics/iops type'],
    ['with a metric that is null', { ...record(), metrics: { iops: null } }, '/metrics/iops type'],
    ['with a metric key in another case', record({ metrics: { readIops: 5 } }), '/metrics propertyNames'],
    ['with a plan that is no digest', record({ plan: 'sha256:1' }), '/plan pattern'],
    ['of trial 000', record({ trial: '000' }), '/trial pattern'],
    ['of trial 1', record({ trial: '1' }), '/trial pattern'],
    ['with a name that is a path', record({ name: '../x' }), '/name pattern'],
    ['with a name that is too long', record({ name: 'x'.repeat(41) }), '/name pattern'],
    ['with a group that is a path', record({ group: '../x' }), '/group pattern'],
    ['with a VM that is a path', record({ vm: 'a/b' }), '/vm pattern'],
    ['with a line break after the VM', record({ vm: 'a\n' }), '/vm pattern'],
    ['with repeat 0', record({ repeat: 0 }), '/repeat minimum'],
    ['with a fractional index', record({ index: 0.5 }), '/index type'],
    ['with a param that is a number', { ...record(), params: { runtime: 60 } }, '/params/runtime type'],
    ['with another outcome', { ...record(), outcome: 'ok' }, '/outcome enum'],
    ['with negative seconds', record({ seconds: -1 }), '/seconds minimum'],
    ['with a window of 0 s', record({ window: { from: 1, seconds: 0 } }), '/window/seconds exclusiveMinimum'],
    ['with a window without a start', { ...record(), window: { seconds: 1 } }, '/window required'],
    ['with an unknown field of the window', { ...record(), window: { from: 1, seconds: 1, to: 2 } }, '/window additionalProperties'],
    ['with another barrier outcome', { ...record(), barrier: { expected: 1, outcome: 'late' } }, '/barrier/outcome enum'],
    ['with an unknown barrier field', { ...record(), barrier: { expected: 1, outcome: 'none', x: 1 } }, '/barrier additionalProperties'],
    [
      'with a bin of three numbers',
      { ...record(), histograms: { a: { unit: 'ns', count: 1, bins: [[1, 1, 1]] } } },
      '/histograms/a/bins/0 additionalItems',
    ],
    ['with half a sample', { ...record(), histograms: { a: { unit: 'ns', count: 1, bins: [[1, 0.5]] } } }, '/histograms/a/bins/0/1 type'],
    ['with a series every 0 s', { ...record(), series: { a: { every: 0, values: [] } } }, '/series/a/every exclusiveMinimum'],
    ['with a gap in a series', { ...record(), series: { a: { every: 1, values: [null] } } }, '/series/a/values/0 type'],
    ['with an unknown figure of the unit', { ...record(), unit: { ip: 1 } }, '/unit additionalProperties'],
    ['with a boot that is no ID', record({ guest: { boot: 'today' } }), '/guest/boot pattern'],
  ])('%s is invalid', (_, value, error) => {
    expect(errorsOf(validateResult(value))).toContain(error);
  });
});

describe('a state', () => {
  test.each<[string, TrialsState]>([
    ['before the first trial', state({ records: [], planned: 8, phase: 'waiting', running: null })],
    ['in the middle', state({ records: ['001', '002'], planned: 8, failed: 1 })],
    ['at the end', state({ records: ['001', '002'] })],
    ['with a full disk', state({ records: [], planned: 1, why: 'cannot write the record: No space left on device' })],
  ])('%s is valid', (_, value) => {
    expect(errorsOf(validateState(value))).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['of another version', { ...state(), schema: 'virtwork.state/2' }, '/schema const'],
    ['with an unknown field', { ...state(), x: 1 }, ' additionalProperties'],
    ['without its records', without(state(), 'records'), ' required'],
    ['of no trial', state({ planned: 0 }), '/planned minimum'],
    ['of a thousand trials', state({ planned: 1000 }), '/planned maximum'],
    ['in another phase', { ...state(), phase: 'done' }, '/phase enum'],
    ['with a record twice', state({ records: ['001', '001'], planned: 2 }), '/records uniqueItems'],
    ['running trial 000', state({ running: '000' }), '/running pattern'],
    ['with a VM that is a path', state({ vm: '../x' }), '/vm pattern'],
  ])('%s is invalid', (_, value, error) => {
    expect(errorsOf(validateState(value))).toContain(error);
  });
});

test('the types have every field of the schemas', () => {
  const result: { readonly [key in keyof Required<Result>]: true } = {
    schema: true,
    plan: true,
    group: true,
    trial: true,
    name: true,
    repeat: true,
    vm: true,
    index: true,
    workload: true,
    role: true,
    run: true,
    params: true,
    cell: true,
    outcome: true,
    why: true,
    started: true,
    seconds: true,
    barrier: true,
    window: true,
    metrics: true,
    histograms: true,
    series: true,
    unit: true,
    guest: true,
    job: true,
    raw: true,
  };
  const { properties } = require('../../src/results/result.schema.json') as { properties: object };
  expect(Object.keys(properties).sort()).toEqual(Object.keys(result).sort());
  expect(Object.keys((require('../../src/results/state.schema.json') as { properties: object }).properties).sort()).toEqual(
    Object.keys(state()).sort(),
  );
});
