import { digits, inScale, number, percent, quantity, quantityWith, ratio, scaleOf, stated } from '../../src/report/quantity';

test.each<[string, string, number, string]>([
  ['iops', '1/s', 24010.2, '24.0 k IOPS'],
  ['iops', '1/s', 654, '654 IOPS'],
  ['read-iops', '1/s', 1_234_567, '1.23 M IOPS'],
  ['transactions', '1/s', 1500, '1.50 k/s'],
  ['transactions', '1/s', 654, '654/s'],
  ['bytes', 'B/s', 98_345_779, '93.8 MiB/s'],
  ['bytes', 'B/s', 1023.9, '1.00 KiB/s'],
  ['size', 'B', 2 ** 31, '2.00 GiB'],
  ['read-latency.p99', 'ns', 2_021_000, '2.02 ms'],
  ['read-latency.p99', 'ns', 999_900, '1.00 ms'],
  ['read-latency.p50', 'ns', 276_100, '276 µs'],
  ['latency', 'ms', 3, '3.00 ms'],
  ['latency', 'ms', 1500, '1.50 s'],
  ['cpu-per-io', 's', 2.13e-5, '21.3 µs'],
  ['errors', '1', 0, '0'],
  ['cpu-busy', '%', 91.26, '91.3 %'],
  ['score', 'points', -0.5, '-0.500 points'],
])('%s of %s: %d is %s', (key, unit, figure, text) => {
  expect(quantity({ key, unit }, figure)).toBe(text);
});

test('figures of one chart have the scale of the largest one', () => {
  const scale = scaleOf({ key: 'read-latency', unit: 'ns' }, [900, 2_500_000]);
  expect([scale.symbol, inScale(900, scale), inScale(2_500_000, scale)]).toEqual(['ms', '0.000900', '2.50']);
});

test.each([
  [0, '0'],
  [9.996, '10.0'],
  [99.96, '100'],
  [123456, '123456'],
  [0.00001, '1.00e-5'],
])('%d with three significant digits is %s', (figure, text) => {
  expect(digits(figure)).toBe(text);
});

test.each<[string, string, number, string]>([
  ['iops', '1/s', 20_000, '20 k IOPS'],
  ['iops', '1/s', 12_345, '12.345 k IOPS'],
  ['transactions', '1/s', 654, '654/s'],
  ['bytes', 'B/s', 100 * 2 ** 20, '100 MiB/s'],
  ['write-latency.p99', 'ns', 10_000_000, '10 ms'],
  // What a user states is not rounded up to the next unit.
  ['write-latency.p99', 'ns', 999_900, '999.9 µs'],
  ['cpu-busy', '%', 90, '90 %'],
  ['errors', '1', 0, '0'],
])('a limit of %s in %s: %d is %s', (key, unit, figure, text) => {
  expect(stated({ key, unit }, figure)).toBe(text);
});

test('a mean has its interval in the same unit', () => {
  const latency = { key: 'read-latency.p99', unit: 'ns' };
  const figure = { mean: 4_213_000, low: 995_000, high: 14_000_000 };
  expect(quantityWith(latency, figure)).toBe('4.21 ms [0.995, 14.0]');
  expect(quantityWith(latency, figure, 4)).toBe('4.213 ms [0.9950, 14.00]');
  expect(quantityWith(latency, { mean: 4_213_000 })).toBe('4.21 ms');
});

test.each([
  [0, '0'],
  [1234.56, '1,235'],
  [0.00001234, '0.00001234'],
  [1e-7, '1e-7'],
  [1e15, '1e+15'],
])('%d in a sentence is %s', (value, text) => {
  expect(number(value)).toBe(text);
});

test.each([
  [0.97999, '97.9 %'],
  [0.98, '98 %'],
  // In binary fractions, 0.29 times 1000 is less than 290.
  [0.29, '29 %'],
])('a share of %d is %s, never rounded up', (share, text) => {
  expect(percent(share)).toBe(text);
});

test.each([
  [1.049, '1.05× [0.94, 1.15]'],
  [0.0512, '0.051× [0.046, 0.056]'],
  [123.4, '123.4× [111.1, 135.7]'],
])('a ratio of %d is %s', (value, text) => {
  expect(ratio(value, value * 0.9, value * 1.1)).toBe(text);
  expect(ratio(value)).toBe(text.replace(/ .*/, ''));
});
