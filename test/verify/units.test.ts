import { factorTo } from '../../src/verify/units';

test.each<[string, string, number | undefined]>([
  ['s/s', 's/s', 1],
  ['s/s', 'cores', 1],
  ['s/s', 'millicores', 1e-3],
  ['s/s', '%', 1e-2],
  ['s/s', 's', 1 / 300],
  ['s/s', 'ms', 1e-3 / 300],
  ['s/s', 'B/s', undefined],
  ['B/s', 'B/s', 1],
  ['B/s', 'kB/s', 1000],
  ['B/s', 'KiB/s', 1024],
  ['B/s', 'MiB/s', 1 << 20],
  ['B/s', 'MBps', 1e6],
  ['B/s', 'Mbit/s', 125e3],
  ['B/s', 'Mbps', 125e3],
  ['B/s', 'Mb/s', 125e3],
  ['B/s', 'MB/s', 1e6],
  ['B/s', 'GB/h', 1e9 / 3600],
  ['B/s', 'MiB', (1 << 20) / 300],
  ['B/s', '1/s', undefined],
  ['B/s', '', undefined],
  ['1/s', 'iops', 1],
  ['1/s', '1/min', 1 / 60],
  ['1/s', '1', 1 / 300],
  ['1/s', 'B/s', undefined],
  ['B', 'GiB', 1024 ** 3],
  ['B', 'B/s', undefined],
  ['1', '%', 0.01],
  ['1', '', 1],
  ['1', 'constructor', undefined],
  ['s/s', 'constructor', undefined],
  ['1/s', 'constructor', undefined],
  ['1/s', '1/constructor', undefined],
  ['1/s', '', undefined],
  ['B/s', 'B/s/s', undefined],
])('a signal in %s, a reading in %s', (base, unit, factor) => {
  const got = factorTo(base, unit, 300);
  if (factor === undefined) expect(got).toBeUndefined();
  else expect(got).toBeCloseTo(factor, 12);
});
