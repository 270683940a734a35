import { samplesIn } from '../../src/verify/exposition';

test.each<[string, object[]]>([
  ['up 1', [{ metric: 'up', labels: {}, value: 1 }]],
  ['cpu_total{unit="a.service"} 1.5e3', [{ metric: 'cpu_total', labels: { unit: 'a.service' }, value: 1500 }]],
  ['io{a="1", b="x,}\\"\\n\\\\" } 2 1700000000000', [{ metric: 'io', labels: { a: '1', b: 'x,}"\n\\' }, value: 2 }]],
  ['# HELP up text\n# TYPE up gauge\nup 0\n', [{ metric: 'up', labels: {}, value: 0 }]],
  ['up NaN\nup +Inf\nup\nup{a=1} 1\nup{a="1} 1\n<html>', []],
])('%s', (text, samples) => {
  expect(samplesIn(text)).toEqual(samples);
});
