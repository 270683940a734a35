import { amountIn, needsUnit, shareOf } from '../../src/experiment/amount';

test.each<[string, string, number | undefined]>([
  ['10ms', 'ns', 10_000_000],
  ['10 ms', 'ns', 10_000_000],
  ['1.5us', 'ns', 1500],
  ['2s', 'ns', 2e9],
  ['500', 'ns', 500],
  ['250us', 's', 0.00025],
  ['2min', 's', 120],
  ['20k', '1/s', 20_000],
  ['1.2M', '1/s', 1_200_000],
  ['500/s', '1/s', 500],
  ['500 1/s', '1/s', 500],
  ['100MiB/s', 'B/s', 104_857_600],
  ['100MB/s', 'B/s', 100_000_000],
  ['1Gi', 'B/s', 1_073_741_824],
  ['8GiB', 'B', 8_589_934_592],
  ['90%', '%', 90],
  ['0.5', '%', 0.5],
  ['1e3', '1/s', 1000],
  ['-1', 's', undefined],
  ['1e999', '1/s', undefined],
  ['1e308s', 'ns', undefined],
  ['3', '1', 3],
  ['10ms', '1/s', undefined],
  ['20k', 'ns', undefined],
  ['5%', 'ns', undefined],
  ['10 parsecs', 's', undefined],
  ['fast', 'ns', undefined],
  ['', 'ns', undefined],
  ['1,5', 's', undefined],
  ['10MBit/s', 'B/s', undefined],
])('%j as a number of %s is %s', (text, unit, expected) => {
  expect(amountIn(unit, text)).toBe(expected);
});

test.each<[string, number | undefined]>([
  ['5%', 0.05],
  ['20 %', 0.2],
  ['0.05', 0.05],
  ['100%', 1],
  ['5ms', undefined],
  ['a lot', undefined],
])('%j as a share is %s', (text, expected) => {
  expect(shareOf(text)).toBe(expected);
});

test.each<[string, string, string | undefined]>([
  ['5', 'ns', '5ms'],
  ['0.5', 's', '0.5ms'],
  [' 1e3 ', 'ns', '1e3ms'],
  ['100', 'B/s', '100MiB/s'],
  ['8', 'B', '8MiB'],
  ['5ms', 'ns', undefined],
  ['100 B', 'B/s', undefined],
  ['0', 'ns', undefined],
  ['0.0', 'B', undefined],
  ['5000', '1/s', undefined],
  ['90', '%', undefined],
  ['3', '1', undefined],
  ['fast', 'ns', undefined],
])('%j of %s is better written as %s', (text, unit, expected) => {
  expect(needsUnit(unit, text)).toBe(expected);
});
