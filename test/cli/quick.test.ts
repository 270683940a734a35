import { synth as experimentSynth } from '../../src/cli/experiment/synth';
import { quickArgs } from '../../src/cli/quick';
import { run } from '../../src/cli/run';
import { synth } from '../../src/cli/synth';
import { virtwork } from '../support/program';

test.each<[string, object]>([
  ['', {}],
  ['--dry-run', { 'dry-run': true }],
  ['--dry-run -o json', { 'dry-run': true, output: 'json' }],
  ['--output=json --log-format json', { output: 'json', 'log-format': 'json' }],
  ['--workloads cpu,disk --vm-count=3 -n mine', { workloads: 'cpu,disk', 'vm-count': '3', namespace: 'mine' }],
  ['--params cpu.cpu-load-percent=50,cpu.cpu-method=all', { params: 'cpu.cpu-load-percent=50,cpu.cpu-method=all' }],
  ['--config ./virtwork.yaml --memory 1.5Gi', { config: './virtwork.yaml', memory: '1.5Gi' }],
])('reads a plain command line without yargs: run %s', (line, args) => {
  expect(quickArgs(run, line.split(' ').filter(Boolean))).toEqual(args);
});

test('reads one argument of a verb that has some', () => {
  expect(quickArgs(experimentSynth, ['fio-bench/rank', '--check'])).toEqual({ FILE: ['fio-bench/rank'], check: true });
  expect(quickArgs(experimentSynth, ['--output-dir', 'out', 'rank.yaml'])).toEqual({ FILE: ['rank.yaml'], 'output-dir': 'out' });
  for (const line of ['a b', '"a"', '- a', 'a --help', '-- a']) expect(quickArgs(experimentSynth, line.split(' '))).toBeUndefined();
});

test.each([
  ['--chekc'],
  ['extra'],
  ['--workloads'],
  ['--workloads', ''],
  ['--workloads='],
  ['--workloads', '--check'],
  ['--workloads', 'cpu', '--workloads', 'disk'],
  ['--workloads', '"cpu"'],
  ['--workloads', 'a b'],
  ['--check=true'],
  ['--no-check'],
  ['--check', 'extra'],
  ['--check', '--check'],
  ['-n'],
  ['-nmine'],
  ['-x', 'y'],
  ['--', 'x'],
  ['--help'],
  ['-h'],
  ['--config', '-'],
  ['--log-format', 'xml'],
  ['--dry-run'],
  ['--toString', 'x'],
  ['--constructor'],
])('leaves any other command line to yargs: synth %j %j', (...words) => {
  expect(quickArgs(synth, words)).toBeUndefined();
});

test('reads the same as yargs: experiment synth', () => {
  const line = 'experiment synth fio-bench/quick --output-dir nosuch --check';
  expect(virtwork(line)).toEqual(virtwork(`${line}=true`));
});

/** With `=true`, yargs reads the same line. */
test.each([
  '',
  ' -o json',
  ' --workloads cpu,disk --vm-count 2 -n mine',
  ' --params=cpu.cpu-load-percent=50 --memory 1Gi --guest-os debian',
  ' --memory lots --workloads nosuch',
  ' --vm-count 1e3 --run-id 007',
  ' --ssh-user me --ssh-key-file /nonexistent --log-format json',
])('reads the same as yargs: run --dry-run%s', (line) => {
  expect(virtwork(`run --dry-run${line}`)).toEqual(virtwork(`run --dry-run=true${line}`));
});
