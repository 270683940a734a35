import { formatProblem, type Problem } from '../../src/errors';
import { readingsIn } from '../../src/verify/readings';

const UNITS: { readonly [signal: string]: string } = { cpu: 's/s', 'disk-write': 'B/s' };
const HEADER = 'vm,signal,from,to,value,unit\n';

function read(text: string) {
  const problems: Problem[] = [];
  const unitOf = (name: string) => (Object.hasOwn(UNITS, name) ? UNITS[name] : undefined);
  const { readings, unknown, others } = readingsIn('r.csv', text, { unitOf, namespace: 'ns' }, problems);
  return {
    rows: readings.map(({ vm, signal, from, to, value }) => [vm, signal, from, to, value]),
    unknown,
    others: [...others],
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
  ['a namespace', `${HEADER.replace('unit', 'unit,namespace')}a-0,cpu,1000,1300,0.5,s/s,ns\n`],
  ['a line with the separator', `sep=|\r\n${HEADER.replaceAll(',', '|')}a-0|cpu|1000|1300|0.5|cores\n`],
  ['CR', `${HEADER}a-0,cpu,1000,1300,0.5,cores\n`.replaceAll('\n', '\r')],
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
    `r.csv:2: from must ${time}, got "yesterday", "2026-01-01T00:00" (lines 2 and 8)`,
    'r.csv:3: value must be a number with a decimal point, got "0,5", "x" (lines 3 and 5)',
    expect.stringMatching(/^r\.csv:5: unit must be one for a signal in s\/s, such as cpu, got "parsec"\n {2}hint: use s\/s, cores/),
    'r.csv:5: vm must be a name, got ""',
    'r.csv:6: must have as many fields as the header, 6, got 3',
    'r.csv:7: to must be after from, got "1000"',
  ]);
});

test('equal faults are one problem', () => {
  const bad = (value: string) => `a-0,cpu,1000,1300,${value},s/s\n`;
  const { said } = read(HEADER + bad('-1').repeat(3) + bad('1') + [2, 3, 4, 5, 6].map((each) => bad(`-${each}`) + bad('1')).join(''));
  expect(said).toEqual(['r.csv:2: value must be 0 or more, got "-1", "-2", "-3" and others (lines 2 to 4, 6, 8, 10 and 2 more)']);
});

test('readings of other namespaces are counted, and not checked', () => {
  const { rows, others, said } = read(
    `${HEADER}ns/a-0,cpu,1000,1300,0.5,s/s\nprod/a-0,cpu,1000,1300,x,s/s\nprod/a-0,cpu,1000,1300,1,s/s\n`,
  );
  expect({ rows, others, said }).toEqual({ rows: [ROW], others: [['prod/a-0', 2]], said: [] });
});

test.each<[string, string]>([
  ['', 'r.csv: must have readings, is empty\n  hint: begin with a header, with commas, semicolons or tabs: vm,signal'],
  [' \n\n', 'is empty'],
  ['a|b\n', 'r.csv:1: the header must name the columns vm, signal, from, to, value and unit; got "a|b"'],
  ['vm,signal,from,to,value\n', 'missing: unit; got "vm,signal,from,to,value"'],
  ['vm,vm,signal,from,to,value,unit\n', 'must name each column once, not vm more often'],
  [`${HEADER}a,cpu,1,2,-0.1,s`, 'r.csv:2: value must be 0 or more, got "-0.1"'],
  [`${HEADER}a,cpu,1,2,1e31,s`, 'r.csv:2: value must be at most 1e30'],
  [`${HEADER}a,cpu,1,2,3,constructor`, 'r.csv:2: unit must be one'],
  [`${HEADER.replace('unit', 'unit,namespace')}ns/a,cpu,1,2,3,s,b`, 'r.csv:2: namespace must be the one in vm, got "b"'],
  ['[{"vm":"a"},\n{"vm":"b', 'r.csv:2: must be JSON, but ends here, within a list or a map\n  hint: was the download cut off?'],
  [HEADER, 'r.csv: must have at least one reading, got none'],
  [`${HEADER}"a-0,cpu`, 'r.csv:2: this quote is not closed'],
  ['[1]', 'r.csv: [0]: must be a map with vm, signal, from, to, value and unit'],
  ['{"vm":"a"}\n{oops}', 'r.csv:2: must be JSON, got "{oops}"\n  hint: was the download cut off?'],
  ['<html>', 'the header must name'],
])('%j is wrong', (text, message) => {
  const { rows, said } = read(text);
  expect({ rows, said: said.join('\n') }).toEqual({ rows: [], said: expect.stringContaining(message) });
});

test('readings of unknown signals are counted', () => {
  const { rows, unknown, said } = read(`${HEADER}a-0,cpus,1,2,3,x\na-0,cpus,2,3,3,x\n`);
  expect({ rows, unknown: [...unknown], said }).toEqual({ rows: [], unknown: [['cpus', 2]], said: [] });
});
