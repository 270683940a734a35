import { holm } from '../../src/statistics/holm';
import { meanOf, ratioOf } from '../../src/statistics/ratio';
import { normal } from '../support/normal';
import { seeded } from '../support/random';

// R's data set "sleep": t.test(extra ~ group, data = sleep) prints t = -1.8608, df = 17.776, p-value = 0.07939, and the interval.
const GROUP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
const GROUP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
const exp = (values: readonly number[]) => values.map(Math.exp);

describe('the ratio of two samples', () => {
  test("has the interval and the p-value of R's t.test", () => {
    const { ratio, low, high, p } = ratioOf(exp(GROUP_1), exp(GROUP_2)) ?? {};
    expect(Math.log(ratio as number)).toBeCloseTo(0.75 - 2.33, 10);
    expect(Math.log(low as number)).toBeCloseTo(-3.3654832, 6);
    expect(Math.log(high as number)).toBeCloseTo(0.2054832, 6);
    expect(p).toBeCloseTo(0.07939, 5);
  });

  test('with one value on a side is only a ratio', () => {
    expect(ratioOf([96.99], [193.98])).toEqual({ ratio: expect.closeTo(0.5, 12) });
    expect(ratioOf([96.99], [193.98, 193.98])).toEqual({ ratio: expect.closeTo(0.5, 12) });
  });

  test.each<[string, readonly number[], readonly number[], number]>([
    ['equal', [5, 5, 5], [5, 5], 1],
    ['different', [10, 10, 10], [5, 5], 0],
  ])('of values without any spread is decided: %s', (_, values, base, p) => {
    const ratio = (values[0] as number) / (base[0] as number);
    const near = expect.closeTo(ratio, 12);
    expect(ratioOf(values, base)).toEqual({ ratio: near, low: near, high: near, p });
  });

  test('with spread on one side only has an interval', () => {
    const { low, high, p } = ratioOf([100, 100, 100], [90, 100, 110]) ?? {};
    expect(low).toBeLessThan(1);
    expect(high).toBeGreaterThan(1);
    expect(p).toBeGreaterThan(0.5);
  });

  test.each([
    [[0, 1], [1]],
    [[1], [0]],
    [[-1], [1]],
  ])('does not exist without a logarithm: %j, %j', (values, base) => {
    expect(ratioOf(values, base)).toBeUndefined();
  });
});

describe('the mean', () => {
  test('is geometric, with the interval of the logarithms', () => {
    // R: exp(t.test(log(c(1, 10, 100)))$conf.int) is 0.03273 and 3054.9.
    const { mean, low, high } = meanOf([1, 10, 100]);
    expect(mean).toBeCloseTo(10, 10);
    expect(low).toBeCloseTo(10 ** (1 - 4.302653 / Math.sqrt(3)), 5);
    expect(high).toBeCloseTo(10 ** (1 + 4.302653 / Math.sqrt(3)), 1);
  });

  test.each<[readonly number[], object]>([
    [[7], { mean: expect.closeTo(7, 12) }],
    [[0, 4], { mean: 2 }],
    [[5, 5], { mean: expect.closeTo(5, 12), low: expect.closeTo(5, 12), high: expect.closeTo(5, 12) }],
  ])('of %j', (values, expected) => {
    expect(meanOf(values)).toEqual(expected);
  });
});

describe('the rates of errors', () => {
  /** The share of simulated pairs of samples whose difference is shown at 5 %. */
  function shown(repeats: number, spread: number, effect: number, seed: number): number {
    const random = normal(seeded(seed));
    const sample = (shift: number) => Array.from({ length: repeats }, () => Math.exp(shift + spread * random()));
    const pairs = 400;
    const found = Array.from({ length: pairs }, () => ratioOf(sample(Math.log(1 + effect)), sample(0))).filter(
      (ratio) => (ratio?.p as number) < 0.05,
    );
    return found.length / pairs;
  }

  test.each([
    [3, 0.01],
    [3, 0.3],
    [5, 0.01],
    [5, 0.3],
    [7, 0.3],
  ])('%i repeats with a spread of %d show a difference that does not exist in at most 7 %% of cases', (repeats, spread) => {
    expect(shown(repeats, spread, 0, 17)).toBeLessThan(0.07);
  });

  test.each([
    [3, 0.01, 0.03, 0.5, 0.75],
    [5, 0.01, 0.03, 0.93, 1],
    [5, 0.3, 0.5, 0.35, 0.6],
    [7, 0.3, 0.5, 0.55, 0.75],
  ])('%i repeats with a spread of %d show an effect of %d in a share from %d to %d of cases', (repeats, spread, effect, least, most) => {
    const share = shown(repeats, spread, effect, 18);
    expect(share).toBeGreaterThanOrEqual(least);
    expect(share).toBeLessThanOrEqual(most);
  });
});

describe("Holm's method", () => {
  // By hand: 4 × 0.005, 3 × 0.01, 2 × 0.03, and 1 × 0.04, which must not be below the one before.
  test('multiplies the smallest value by the number of tests, the next by one less', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02].map((p) => expect.closeTo(p, 12)));
  });

  test.each<[readonly number[], readonly number[]]>([
    [[], []],
    [[0.2], [0.2]],
    [
      [0.9, 0.8],
      [1, 1],
    ],
    [
      [0.02, 0.02],
      [0.04, 0.04],
    ],
  ])('of %j', (values, adjusted) => {
    expect(holm(values)).toEqual(adjusted);
  });
});
