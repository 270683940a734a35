import { formatProblem, type Problem } from '../../src/errors';
import { readingsIn } from '../../src/verify/readings';

const UNITS: { readonly [signal: string]: string } = { cpu: 's/s', 'disk-write': 'B/s' };
const HEADER = 'vm,signal,from,to,value,unit\n';

function read(text: string) {
  const problems: Problem[] = [];
  const { readings, unknown } = readingsIn('r.csv', text, (name) => UNITS[name], problems);
  return {
    rows: readings.map(({ vm, signal, from, to, value }) => [vm, signal, from, to, value]),
    unknown,
    said: problems.map(formatProblem),
  };
}

const ROW = ['a-0', 'cpu', 1000, 1300, 0.5];

test.each<[string, string]>([
  ['CSV', `${HEADER}a-0,cpu,1000,1300,0.5,s/s\n`],
  ['other order, case and more columns', 'Value,Unit,VM,Signal,To,From,Host\n50,%,a-0,cpu,1300,1000,node-1\n'],
  [
    'semicolons, a byte order mark and CRLF',
    `\ufeff${HEADER.replaceAll(',', ';')}a-0;cpu;1000;1300;0.5;cores\r\n\r\n`.replace('unit\n', 'unit\r\n'),
  ],
  ['quotes', `${HEADER}"a-0","cpu","1000","1300","0.5","s/s"`],
  ['times with a zone', `${HEADER}ns/a-0,cpu,1970-01-01T00:16:40Z,1970-01-01 01:21:40+01:00,0.5,s/s\n`],
  ['milliseconds and an amount', `${HEADER}a-0,cpu,1000000000000,1000000300000,150,s\n`],
  ['JSON', JSON.stringify([{ vm: 'a-0', signal: 'cpu', from: 1000, to: 1300, value: 0.5, unit: 's/s' }])],
  ['JSON with a key', JSON.stringify({ readings: [{ vm: 'a-0', signal: 'cpu', from: 1000, to: 1300, value: '0.5', unit: 's/s' }] })],
  ['JSON lines', `${JSON.stringify({ vm: 'a-0', signal: 'cpu', from: 1000, to: 1300, value: 500, unit: 'm' })}\n\n`],
])('%s', (name, text) => {
  const { rows, said } = read(text);
  const expected = name.startsWith('milli') ? ['a-0', 'cpu', 1e9, 1e9 + 300, 0.5] : ROW;
  expect({ rows, said }).toEqual({ rows: [expected], said: [] });
});

test('reports every wrong row at once, with its line', () => {
  const { rows, said } = read(
    `${HEADER}a-0,cpu,yesterday,1300,0.5,s/s\na-0,cpu,1000,1300,"0,5",s/s\n\n,cpu,1300,1000,x,parsec\na-0,cpu,1000\na-0,cpu,1300,1000,1,s/s\na-0,cpu,2026-01-01T00:00,1300,1,s/s\na-0,cpu,1000,1300,0.5,s/s\n`,
  );
  expect(rows).toEqual([ROW]);
  const time = 'be a time with its zone, such as 2026-01-31T12:00:00Z, or seconds since 1970';
  expect(said.sort()).toEqual([
    `r.csv:2: from must ${time}, got "yesterday"`,
    'r.csv:3: value must be a number with a decimal point, got "0,5"',
    expect.stringMatching(/^r\.csv:5: unit must be one for the signal cpu, got "parsec"\n {2}hint: use s\/s, cores/),
    'r.csv:5: value must be a number with a decimal point, got "x"',
    'r.csv:5: vm must be a name, got ""',
    'r.csv:6: must have as many fields as the header, 6, got 3',
    'r.csv:7: to must be after from, got "1000"',
    `r.csv:8: from must ${time}, got "2026-01-01T00:00"`,
  ]);
});

test.each<[string, string]>([
  ['', 'r.csv:1: the header must name the columns vm, signal, from, to, value and unit; missing: vm, signal, from, to, value, unit'],
  ['vm,signal,from,to,value\n', 'missing: unit'],
  ['vm,vm,signal,from,to,value,unit\n', 'must name each column once, got vm more often'],
  [HEADER, 'r.csv: must have at least one reading, got none'],
  [`${HEADER}"a-0,cpu`, 'r.csv:2: this quote is not closed'],
  ['[1]', 'r.csv: [0]: must be a map with vm, signal, from, to, value and unit'],
  ['{"vm":"a"}\n{oops}', 'r.csv:2: must be a map'],
  ['<html>', 'the header must name'],
])('%j is wrong', (text, message) => {
  const { rows, said } = read(text);
  expect({ rows, said: said.join('\n') }).toEqual({ rows: [], said: expect.stringContaining(message) });
});

test('readings of unknown signals are counted', () => {
  const { rows, unknown, said } = read(`${HEADER}a-0,cpus,1,2,3,x\na-0,cpus,2,3,3,x\n`);
  expect({ rows, unknown: [...unknown], said }).toEqual({ rows: [], unknown: [['cpus', 2]], said: [] });
});
