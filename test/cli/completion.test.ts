import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM } from '../support/program';
import { tempDir } from '../support/render';
import { run } from '../support/run';
import { needs } from '../support/tools';

/** A folder with a program called virtwork, and a file and a folder whose names begin with the same letters. */
function folder(): string {
  const dir = tempDir();
  writeFileSync(join(dir, 'virtwork'), `#!/bin/sh\nexec ${process.execPath} ${PROGRAM} "$@"\n`, { mode: 0o755 });
  writeFileSync(join(dir, 'some.yaml'), '');
  mkdirSync(join(dir, 'somewhere'));
  return dir;
}

function shell(program: string, args: readonly string[], script: string): string {
  const cwd = folder();
  const env = { ...process.env, PATH: `${cwd}:${process.env.PATH}`, HOME: cwd };
  const { stdout, stderr } = run(program, [...args, script], { cwd, env });
  expect(stderr).toBe('');
  return stdout;
}

test('bash', () => {
  // Simulates readline. compopt works only with readline, so the script replaces it.
  const script = `
source <(virtwork completion bash)
compopt() { echo "compopt $2"; }
answer() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _virtwork; echo "$* -> \${COMPREPLY[*]}"; }
answer virtwork syn
answer virtwork synth --workloads cpu,me
answer virtwork synth --guest-os = f
answer virtwork synth --guest-os =
answer virtwork synth --params cpu.cpu-method = a
answer virtwork synth --params sysbench.cpu-method = la
answer virtwork synth --params = sysbench.cpu-method = la
answer virtwork synth --params cpu.cpu-m
answer virtwork synth --config some
answer virtwork synth --output-dir ''
answer virtwork nosuch ''
answer virtwork lab image ''
`;
  expect(shell('bash', ['-c'], script)).toBe(`virtwork syn -> synth
virtwork synth --workloads cpu,me -> cpu,memory
virtwork synth --guest-os = f -> fedora
virtwork synth --guest-os = -> fedora centos-stream rhel debian ubuntu
virtwork synth --params cpu.cpu-method = a -> 
virtwork synth --params sysbench.cpu-method = la -> large
virtwork synth --params = sysbench.cpu-method = la -> large
compopt nospace
virtwork synth --params cpu.cpu-m -> cpu.cpu-method=
compopt default
virtwork synth --config some -> 
compopt dirnames
virtwork synth --output-dir  -> 
virtwork nosuch  -> 
virtwork lab image  -> build
`);
});

needs('zsh')('zsh', () => {
  // Replaces functions of the completion system, which works only in a terminal.
  const script = `
compdef() { :; }
compadd() { local -a all; all=("$@"); echo "compadd \${(q@)all}"; }
compset() { :; }
_files() { echo "_files $*"; }
source <(virtwork completion zsh)
answer() { words=("$@") CURRENT=$#; _virtwork; }
answer virtwork syn
answer virtwork synth --workloads cpu,me
answer virtwork synth --guest-os=f
answer virtwork synth --params cpu.cpu-m
answer virtwork synth --config=so
answer virtwork synth --output-dir ''
answer virtwork nosuch ''
`;
  expect(shell('zsh', ['-f', '-c'], script)).toBe(`compadd -- synth
compadd -- cpu,memory
compadd -- --guest-os=fedora
compadd -S '' -- cpu.cpu-method=
compadd --
_files 
compadd --
_files -/
compadd --
`);
});

needs('fish')('fish', () => {
  const script = `
virtwork completion fish | source
for line in 'virtwork syn' 'virtwork synth --workloads cpu,me' 'virtwork synth --guest-os=f' 'virtwork synth --params cpu.cpu-m' \\
    'virtwork synth --config some' 'virtwork synth --config=some' 'virtwork synth --output-dir some' 'virtwork nosuch ' 'virtwork lab image '
    echo $line '->' (complete -C $line)
end
`;
  expect(shell('fish', ['--no-config', '-c'], script)).toBe(`virtwork syn -> synth
virtwork synth --workloads cpu,me -> cpu,memory
virtwork synth --guest-os=f -> --guest-os=fedora
virtwork synth --params cpu.cpu-m -> cpu.cpu-method=
virtwork synth --config some -> some.yaml somewhere/
virtwork synth --config=some -> --config=some.yaml --config=somewhere/
virtwork synth --output-dir some -> somewhere/
virtwork nosuch  ->
virtwork lab image  -> build
`);
});
