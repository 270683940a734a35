import { argumentProblems, beforeParsing, lacksValue, usableValues } from '../../src/cli/arguments';
import { flagsOf } from '../../src/cli/flags';
import { synth } from '../../src/cli/synth';
import type { Problem } from '../../src/errors';

const FLAGS = flagsOf(synth);

function shown({ where, message }: Problem): string {
  return where ? `${where}: ${message}` : message;
}

/** Command lines, with the arguments that yargs reads from them. */
test.each<[string, object, readonly string[]]>([
  ['synth', {}, []],
  ['synth --check=true --no-verbose', { check: true, verbose: false }, []],
  ['synth --ssh-key a --ssh-key b', { 'ssh-key': ['a', 'b'] }, []],
  ['synth --memry 3Gi', { memry: '3Gi' }, ['unknown flag --memry for virtwork synth']],
  ['synth -x', { x: true }, ['unknown flag -x for virtwork synth']],
  ['synth a b', { _: ['synth', 'a', 'b'] }, ['unexpected argument "a"', 'unexpected argument "b"']],
  ['synth -- c', { '--': ['c'] }, ['unexpected argument "c"']],
  ['synth -- --check=yes', { '--': ['--check=yes'] }, ['unexpected argument "--check=yes"']],
  ['synth --memory=', { memory: '' }, ['flag --memory: needs a value']],
  ['synth --memory a --memory b', { memory: ['a', 'b'] }, ['flag --memory: must be given once, got ["a","b"]']],
  ['synth --ssh-password a --ssh-password b', { 'ssh-password': ['a', 'b'] }, ['flag --ssh-password: must be given once, got 2 values']],
  ['synth --log-format xml', { 'log-format': 'xml' }, ['flag --log-format: must be one of text, json, got "xml"']],
  ['synth --log-format=', { 'log-format': '' }, ['flag --log-format: needs a value']],
  ['synth --check=yes', { check: false }, ['flag --check: takes no value, or true or false, got "yes"']],
  ['synth --check=', { check: false }, ['flag --check: takes no value, or true or false, got ""']],
  ['synth --check --no-check', { check: false }, ['flag --check: must be given once, got --check and --no-check']],
  ['synth --check --check=true', { check: true }, ['flag --check: must be given once, got --check and --check=true']],
])('%s', (line, args, problems) => {
  const called = { verb: synth, title: 'synth', flags: FLAGS };
  expect(argumentProblems(called, { _: ['synth'], ...args }, line.split(' ')).map(shown)).toEqual(problems);
});

test.each<[readonly string[], readonly string[]]>([
  [['synth', '--check', '--memory=1Gi'], []],
  [
    ['synth', '--constructor', '--no-toString=1'],
    ['unknown flag --constructor for virtwork', 'unknown flag --toString for virtwork'],
  ],
  [['lab', 'exec', 'a', '--', '--constructor'], []],
  [['synth', '--ssh-key', '-----BEGIN OPENSSH PRIVATE KEY-----\nabc'], ['flag --ssh-key: must not be a private key']],
  [['synth', 'a', '-----BEGIN'], ['must not be a private key']],
])('finds the problems of %j before yargs reads it: %j', (argv, problems) => {
  expect(beforeParsing(argv).map(shown)).toEqual(problems);
});

test.each<[string | undefined, boolean]>([
  [undefined, true],
  ['--check', true],
  ['-n', true],
  ['-', false],
  ['-5', false],
  ['', false],
  ['a', false],
])('a flag before %j is missing its value: %j', (next, expected) => {
  expect(lacksValue(next)).toBe(expected);
});

test('later checks get the first of several values, and no empty value', () => {
  const args = { _: ['synth'], memory: ['1Gi', '2Gi'], namespace: '', 'ssh-key': ['a', 'b'], ENTRY: ['', 'x'] };
  expect(usableValues(args, FLAGS)).toEqual({ _: ['synth'], memory: '1Gi', 'ssh-key': ['a', 'b'], ENTRY: ['', 'x'] });
});
