import { digits, inScale, quantity, scaleOf } from '../../src/report/quantity';

test.each<[string, string, number, string]>([
  ['iops', '1/s', 24010.2, '24.0 k IOPS'],
  ['iops', '1/s', 654, '654 IOPS'],
  ['read-iops', '1/s', 1_234_567, '1.23 M IOPS'],
  ['transactions', '1/s', 1500, '1.50 k/s'],
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
