import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { complete } from '../../src/cli/complete';
import type { Context } from '../../src/cli/context';
import { SHIPPED } from '../support/entries';
import { virtwork } from '../support/program';
import { tempDir } from '../support/render';

/** A folder with a catalog of one entry, which the configuration names, and a lab with one VM. */
function folder(): string {
  const cwd = tempDir();
  const entry = join(cwd, 'entries/mine');
  mkdirSync(entry, { recursive: true });
  writeFileSync(join(entry, 'workload.service'), '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n');
  writeFileSync(join(entry, 'workload.yaml'), 'params: [{key: on, type: bool}, {key: size, enum: [small, large], default: small}]\n');
  writeFileSync(join(cwd, 'own.yaml'), 'catalog_dir: entries\n');
  return cwd;
}

const cwd = folder();
const CONTEXT: Context = {
  env: { HOME: cwd },
  cwd,
  problems: [],
  out: () => {},
  stream: async () => {},
  bytes: async () => {},
  log: { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} },
};

/** The candidates for the last word of the line, and directives for the shell. */
async function completed(line: string): Promise<string[]> {
  const text = await complete(line.split(' ').slice(1), CONTEXT);
  return text.split('\n').slice(0, -1);
}

describe('candidates', () => {
  test.each<[line: string, found: readonly string[]]>([
    ['virtwork syn', ['synth']],
    ['virtwork --v', ['--version']],
    ['virtwork lab re', ['results', 'restart']],
    ['virtwork lab image ', ['build']],
    ['virtwork synth --mem', ['--memory']],
    ['virtwork run --no-w', ['--no-write-password-hash', '--no-write-secrets', '--no-wait']],
    ['virtwork synth --memory 1Gi --mem', []],
    ['virtwork synth --workloads ', [...SHIPPED, 'all']],
    ['virtwork synth --workloads cpu,me', ['cpu,memory']],
    ['virtwork synth --workloads cpu,cp', []],
    ['virtwork synth --workloads=cpu,me', ['--workloads=cpu,memory']],
    ['virtwork synth --catalog-dir entries --from-catalog mi', ['mine']],
    ['virtwork synth --catalog-dir=entries --from-catalog mi', ['mine']],
    ['virtwork synth --config own.yaml --from-catalog=cpu,mi', ['--from-catalog=cpu,mine']],
    ['virtwork synth --config - --workloads cp', ['cpu']],
    ['virtwork synth --guest-os ', ['fedora', 'centos-stream', 'rhel', 'debian', 'ubuntu']],
    ['virtwork synth --guest-os=f', ['--guest-os=fedora']],
    ['virtwork synth --volume-mode B', ['Block']],
    ['virtwork synth --access-modes ReadWriteOnce,ReadO', ['ReadWriteOnce,ReadOnlyMany']],
    ['virtwork synth --check=', ['--check=true', '--check=false']],
    ['virtwork synth --log-format ', ['text', 'json']],
    ['virtwork list -o w', ['wide']],
    ['virtwork run --dry-run --output js', ['json']],
    ['virtwork synth --set cpu.access', ['cpu.access_modes=', ':nospace']],
    ['virtwork synth --set cpu.spread=', ['cpu.spread=soft', 'cpu.spread=hard', 'cpu.spread=none', 'cpu.spread=pack']],
    ['virtwork synth --set cpu.memory=1Gi,cpu.enabled=', ['cpu.memory=1Gi,cpu.enabled=true', 'cpu.memory=1Gi,cpu.enabled=false']],
    ['virtwork synth --params cp', ['cpu.', ':nospace']],
    ['virtwork synth --params cpu.cpu-', ['cpu.cpu-load-percent=', 'cpu.cpu-method=', ':nospace']],
    ['virtwork synth --params=cpu.cpu-m', ['--params=cpu.cpu-method=', ':nospace']],
    ['virtwork synth --params cpu.cpu-load-percent=5,disk.block-size-r', ['cpu.cpu-load-percent=5,disk.block-size-rw=', ':nospace']],
    ['virtwork synth --params sysbench.cpu-method=', ['sysbench.cpu-method=sum', 'sysbench.cpu-method=small', 'sysbench.cpu-method=large']],
    ['virtwork synth --catalog-dir entries --params mine.on=t', ['mine.on=true']],
    ['virtwork synth --output-dir ', [':dirs']],
    ['virtwork synth --catalog-dir=', [':dirs']],
    ['virtwork synth --config ', [':files']],
    ['virtwork synth --ssh-key-file ', [':files']],
    ['virtwork run --kubeconfig=', [':files']],
    ['virtwork apply ', [':dirs']],
    ['virtwork lab up cpu --access ', [':dirs']],
    ['virtwork lab up cpu --image ', [':files']],
    ['virtwork validate --catalog-dir entries mi', ['mine']],
    ['virtwork validate cpu cp', []],
    ['virtwork validate ./en', [':dirs']],
    ['virtwork lab test sys', ['sysbench']],
    ['virtwork new x --from data', ['database']],
    ['virtwork new x --from ./en', [':dirs']],
    ['virtwork completion ', ['bash', 'zsh', 'fish']],
  ])('%s', async (line, found) => {
    expect(await completed(line)).toEqual(found);
  });
});

test.each([
  'virtwork nosuch ',
  'virtwork nosuch --mem',
  'virtwork lab nosuch ',
  'virtwork synth --nosuch=',
  'virtwork synth extra',
  'virtwork synth --memory ',
  'virtwork synth --params nosuch.',
  'virtwork synth --params cpu.nosuch=',
  'virtwork synth --set cpu.nosuch=',
  'virtwork synth --params =',
  'virtwork new ',
  'virtwork completion bash ',
  'virtwork synth -- ',
  'virtwork lab exec vm -- sys',
  'virtwork lab logs --lab-dir own.yaml ',
  'virtwork synth --catalog-dir own.yaml --workloads ',
])('no candidates: %s', async (line) => {
  expect(await completed(line)).toEqual([]);
});

test('prints nothing and exits with 0 for an invalid line', () => {
  expect(virtwork(['__complete', 'nosuch', '--=', ''])).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(virtwork(['__complete', 'synth', '--guest-os', 'deb'])).toMatchObject({ status: 0, stdout: 'debian\n', stderr: '' });
});

test('offers no name that has a meaning for a shell', async () => {
  const names = ['fine-entry', '$(touch owned)', '`id`', 'a;b', 'a b', "a'b", 'a\nb', 'a\u001bb', '~x', '!!'];
  for (const name of names) mkdirSync(join(cwd, 'odd', name), { recursive: true });
  const found = await completed('virtwork validate --catalog-dir odd ');
  expect(found).toContain('fine-entry');
  expect(found.filter((word) => !/^[a-z0-9-]+$/.test(word))).toEqual([]);
});
