import type { ExperimentPlan } from '../../src/experiment/experiment-plan';
import { validate } from '../../src/experiment/plan-validator';
import { plan } from '../support/experiment-plans';

function errorsOf(value: unknown): string[] {
  return validate(value).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

test.each<[string, Partial<ExperimentPlan>]>([
  ['with everything', {}],
  ['without axes', { axes: [] }],
  ['with a percentile', { score: [{ of: 'write-latency.p99.9', where: {}, weight: 1 }] }],
  ['with pools', { pools: { classes: ['a'], digest: `sha256:${'0'.repeat(64)}` } }],
  ['with a tag', { tuning: 'before' }],
  ['with a ramp', { ramp: { axis: 'vm_count', steps: [1, 2, 4], counts: [1, 2, 3, 4], until: { of: 'write-latency.p99', above: 5e6 } } }],
])('a plan %s is valid', (_, part) => {
  expect(errorsOf({ ...plan(), ...part })).toEqual([]);
});

test.each<[string, object, string]>([
  ['of another version', { schema: 'virtwork.plan/2' }, '/schema const'],
  ['with an unknown field', { extra: 1 }, ' additionalProperties'],
  ['without a digest', { hash: 'sha256:1' }, '/hash pattern'],
  ['with a name that is a path', { name: '../x' }, '/name pattern'],
  ['with a percentile that has no meaning', { score: [{ of: 'iops.p42', where: {}, weight: 1 }] }, '/score/0/of pattern'],
  ['with pools without a digest', { pools: { classes: ['a'] } }, '/pools required'],
  ['with an empty tag', { tuning: '' }, '/tuning minLength'],
  ['without repeats', { repeats: 0 }, '/repeats minimum'],
])('a plan %s is not valid', (_, part, error) => {
  expect(errorsOf({ ...plan(), ...part })).toEqual([error]);
});
