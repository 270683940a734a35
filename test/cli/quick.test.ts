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
