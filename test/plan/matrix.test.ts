import { isOfWorkload, specs } from '../../src/options/table';
import { validateObject } from '../../src/validation/validate';
import { type Planned, pairs, planned, REJECTED, singles } from '../support/matrix';
import { RENDERED_WITH } from '../support/option-samples';

function broken({ manifests }: Planned): string[] {
  return manifests.flatMap((manifest) => validateObject('', manifest).map(({ message }) => message));
}

test('every setting of a workload has a value in the matrix', () => {
  const keys = specs().flatMap(([key]) => (isOfWorkload(key) ? [key] : []));
  expect(keys.filter((key) => RENDERED_WITH[key] === undefined)).toEqual([]);
});

test('every setting alone is accepted, and its objects are valid', async () => {
  const found = await planned(singles());
  expect(found.filter((each) => each.problems.length > 0 || broken(each).length > 0)).toEqual([]);
});

test('every pair of settings is accepted and valid, or rejected with a reason', async () => {
  const found = await planned(pairs());
  expect(found.length).toBeGreaterThan(1000);
  const rejected = found.filter(({ problems }) => problems.length > 0);
  expect(rejected.map(({ name }) => name).sort()).toEqual(Object.keys(REJECTED).sort());
  expect(found.filter((each) => each.problems.length === 0 && broken(each).length > 0)).toEqual([]);
});
