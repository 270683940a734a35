import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM, virtwork } from '../support/program';
import { ROOT, tempDir } from '../support/render';
import { ended, run, start } from '../support/run';

const COMMANDS =
  'synth, run, apply, wait, status, results, verify, watch, chaos, cleanup, audit, list, validate, new, experiment, lab, version, completion';

describe('wrong arguments', () => {
  test.each<[string, string]>([
    ['', `error: a command is required: ${COMMANDS}\n  hint: run: virtwork --help\n`],
    ['synht', `error: unknown command "synht"; known: ${COMMANDS}\n  hint: did you mean "virtwork synth"?\n`],
    ['--memory 3Gi', 'error: flag --memory must come after a command\n  hint: run: virtwork --help\n'],
    ['synth --memry 3Gi', 'error: unknown flag --memry for virtwork synth\n  hint: did you mean --memory?\n'],
    ['synth extra', 'error: unexpected argument "extra"\n  hint: run: virtwork synth --help\n'],
    ['synth --memory', 'error: flag --memory: needs a value\n'],
    ['synth --output-dir a --output-dir b', 'error: flag --output-dir: must be given once, got ["a","b"]\n'],
    ['list -o xml', 'error: flag --output: must be one of table, wide, json, yaml, got "xml"\n'],
    [
      'new Foo',
      'error: virtwork new: the name of an entry must be a DNS label of at most 40 characters, got Foo\n  hint: run: virtwork new my-benchmark\n',
    ],
    ['new', 'error: virtwork new: the name of an entry must be given once, got nothing\n  hint: run: virtwork new my-benchmark\n'],
    ['synth --check=yes', 'error: flag --check: takes no value, or true or false, got "yes"\n'],
    ['synth --version', 'error: unknown flag --version for virtwork synth\n  hint: run: virtwork synth --help\n'],
    ['synth -x', 'error: unknown flag -x for virtwork synth\n  hint: run: virtwork synth --help\n'],
    ['synth --config a --config b', expect.stringMatching(/got "a" \(ENOENT\)\n.*got "b" \(ENOENT\)/) as unknown as string],
    ['synth -na -nb', 'error: flag --namespace: must be given once, got ["a","b"]\n'],
    ['synth --namespace=', 'error: flag --namespace: needs a value\n'],
    [
      'synth --memory --chekc -o --namespace --config',
      [
        'unknown flag --chekc for virtwork synth\n  hint: did you mean --check?',
        'unknown flag -o for virtwork synth\n  hint: run: virtwork synth --help',
        'flag --config: needs a value',
        'flag --memory: needs a value',
        'flag --namespace: needs a value\n',
      ]
        .join('\n')
        .replace(/^/, 'error: '),
    ],
    ['list -o', 'error: flag --output: needs a value\n'],
    ['list -o xml -o json', 'error: flag --output: must be given once, got ["xml","json"]\n'],
    ['list -o=', 'error: flag --output: needs a value\n'],
    ['cleanup -y=x', expect.stringContaining('error: flag --yes: takes no value, or true or false, got "x"\n') as unknown as string],
    ['synth --ssh-key -----BEGIN', 'error: flag --ssh-key: must not be a private key\n'],
    ['synth -- extra', 'error: unexpected argument "extra"\n  hint: run: virtwork synth --help\n'],
    ['synth --memory=', 'error: flag --memory: needs a value\n'],
    ['-v', 'error: flag -v must come after a command\n  hint: run: virtwork --help\n'],
    [
      'synth --no-create-namespace --create-namespace',
      'error: flag --create-namespace: must be given once, got --no-create-namespace and --create-namespace\n',
    ],
    [
      'synth --config /dev/zero --ssh-key-file /dev/zero',
      ['config', 'ssh-key-file']
        .map((flag) => `flag --${flag}: must name a regular file of at most 1 MiB, got "/dev/zero", which is a device or socket\n`)
        .join('')
        .replace(/^/, 'error: '),
    ],
    ['synth -n a -n b', 'error: flag --namespace: must be given once, got ["a","b"]\n'],
    [
      'new all',
      'error: virtwork new: the name of an entry must not be all, which means every built-in workload, got all\n  hint: run: virtwork new my-benchmark\n',
    ],
    ['validate --catalog-dir /nosuch', 'error: flag --catalog-dir: must be a folder, got "/nosuch", which does not exist\n'],
    [
      'lab',
      'error: a command is required: up, test, status, results, logs, ssh, exec, restart, down, image\n  hint: run: virtwork lab --help\n',
    ],
    ['lab upp', expect.stringContaining('unknown command "lab upp"') as unknown as string],
    ['lab up', 'error: virtwork lab: needs an entry\n  hint: run: virtwork list\n'],
    ['lab up nosuch --no-wait', expect.stringMatching(/^error: workload not found: nosuch/) as unknown as string],
    ['lab test ./nosuch', 'error: virtwork lab: must be the name or the folder of an entry, got "./nosuch"\n  hint: run: virtwork list\n'],
    [
      'lab up cpu --access nowhere --timeout soon --image none.qcow2',
      expect.stringMatching(
        /^error: (flag --access: must be a folder with the files token, ca.crt, namespace: .*\n){3}flag --image: must be the path of a disk image, got ".*none.qcow2"\nflag --timeout: must be/,
      ) as unknown as string,
    ],
    ['lab down nosuch', 'error: virtwork lab: no VM named "nosuch"; the lab is empty\n'],
    ['lab exec x', 'error: virtwork lab exec: needs a command after --\n  hint: use virtwork lab exec VM -- COMMAND\n'],
    ['completion constructor', 'error: virtwork completion: must be given one of bash, zsh, fish, got constructor\n'],
    ['synth --constructor', 'error: unknown flag --constructor for virtwork\n  hint: run: virtwork --help\n'],
    [
      'synth --no-toString --__proto__=1',
      'error: unknown flag --__proto__ for virtwork\n  hint: run: virtwork --help\nunknown flag --toString for virtwork\n  hint: run: virtwork --help\n',
    ],
    ['valueOf', expect.stringMatching(/^error: unknown command "valueOf"/) as unknown as string],
    ['completion tcsh', 'error: virtwork completion: must be given one of bash, zsh, fish, got tcsh\n'],
    ['version now', 'error: unexpected argument "now"\n  hint: run: virtwork version --help\n'],
    ['synth --config nowhere.yaml', 'error: flag --config: must name a readable file, got "nowhere.yaml" (ENOENT)\n'],
    [
      'synth --workloads chaosdisk',
      expect.stringMatching(
        /^error: workload not found: chaosdisk; known: cpu, .*\n {2}hint: did you mean "chaos-disk"\?\n$/,
      ) as unknown as string,
    ],
  ])('virtwork %s', (args, stderr) => {
    const cwd = tempDir();
    expect(virtwork(args, { cwd })).toMatchObject({ status: 2, stdout: '', stderr });
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('warns first of VMs that need more memory than the machine has', () => {
    expect(virtwork('lab up cpu --vm-count 2 --memory 100Ti', { env: { XDG_CACHE_HOME: tempDir() } })).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^warning: the VMs may need 204800\.0Gi of memory, but this machine has only \d+\.\dGi free: use --memory, or boot fewer VMs at a time\nerror: /,
      ),
    });
  });

  test('reports every error of the command line, the environment and the file in one run', () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'virtwork.yaml'), 'memry: 1Gi\nworkloads:\n  cpu:\n    vm_count: none\n    params: {cpu-load-percent: 101}\n');
    const { status, stderr, stdout } = virtwork('synth --disk-size big --chekc', {
      cwd,
      env: { VIRTWORK_CPU_CORES: '0', VIRTWORK_MEMRY: '1' },
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.split('\n').filter((line) => !line.startsWith('  hint'))).toEqual([
      'warning: VIRTWORK_MEMRY is set, but virtwork has no such variable; did you mean VIRTWORK_MEMORY?',
      'error: unknown flag --chekc for virtwork synth',
      'flag --disk-size: must be a quantity such as 512Mi, 2Gi or 10G, got "big"',
      'VIRTWORK_CPU_CORES: must be a whole number from 1 to 512, got "0"',
      expect.stringMatching(/^virtwork.yaml:1:1: unknown key "memry"; known: /),
      'virtwork.yaml:4:5: workloads.cpu.vm_count: must be a whole number from 1 to 100000, got "none"',
      'virtwork.yaml:5:14: param cpu-load-percent of cpu must be 1 to 100, got 101',
      '',
    ]);
  });
});

test('accepts a namespace attached to its letter, like kubectl', () => {
  expect(virtwork('run --dry-run -nmine')).toEqual(virtwork('run --dry-run -n mine'));
});

test('a deleted working directory is not an internal error', () => {
  const shell = `mkdir g && cd g && rmdir ../g && exec ${process.execPath} ${PROGRAM} synth`;
  expect(run('sh', ['-c', shell], { cwd: tempDir() })).toEqual({
    status: 2,
    stdout: '',
    stderr: 'error: working directory: no longer exists (ENOENT)\n  hint: change to a directory that exists\n',
  });
});

test.each<[string, string]>([
  ['mkfifo f; exec $V synth --config f', 'flag --config: must name a regular file of at most 1 MiB, got "f", which is a FIFO'],
  ['mkfifo f; exec $V synth --ssh-key-file f', 'flag --ssh-key-file: must name a regular file of at most 1 MiB, got "f", which is a FIFO'],
  ['exec $V synth --config - </dev/zero', 'flag --config: must be at most 1 MiB on standard input, got more'],
  ['exec $V synth --config <(echo memory: lots)', '/dev/fd/\\d+:1:1: memory: must be a quantity'],
])('%s ends with an error', (line, message) => {
  const env = { ...process.env, V: `${process.execPath} ${PROGRAM}` };
  const { status, stderr } = run('bash', ['-c', line], { cwd: tempDir(), env, seconds: 30 });
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(`^error: ${message}`) });
});

test.each([
  'synth',
  'synth --check',
  'synth --workloads cpu,disk --vm-count 3 -n mine',
  'run --dry-run',
  'run --dry-run -o json --workloads=cpu --params cpu.cpu-load-percent=50',
])('%s loads no slow package if nothing is wrong', (args) => {
  const cwd = tempDir();
  virtwork('synth', { cwd });
  const env = { NODE_OPTIONS: `--require=${join(ROOT, 'test/support/no-lazy-packages.cjs')}` };
  expect(virtwork(args, { cwd, env })).toMatchObject({ status: 0, stderr: '' });
});

describe('synth', () => {
  test('warns once of VMs that cannot be migrated if chaos-migration is rendered', () => {
    const args = 'synth --workloads cpu,memory,disk,database,network,chaos-migration';
    const rights = /^chaos-migration may list virtualmachineinstances, and .*\n$/m;
    const { status, stdout, stderr } = virtwork(args);
    expect({ status, stdout, stderr: stderr.replace(rights, '') }).toEqual({
      status: 0,
      stdout: expect.stringContaining('7 VMs, 13 vCPUs'),
      stderr:
        'warning: chaos-migration cannot migrate VMs whose disks are not ReadWriteMany: those of disk, database; use --access-modes ReadWriteMany if your storage supports it\n',
    });
    expect(virtwork(`${args} --access-modes ReadWriteMany`)).toMatchObject({ status: 0, stderr: expect.stringMatching(rights) });
  });

  test('prints what it wrote and removed, and what the VMs request', () => {
    const cwd = tempDir();
    expect(virtwork('synth --workloads cpu,memory', { cwd })).toEqual(
      expect.objectContaining({
        status: 0,
        stdout:
          'wrote dist/namespace.yaml\nwrote dist/guest.yaml\nwrote dist/cpu.yaml\nwrote dist/memory.yaml\nwrote dist/kustomizeconfig.yaml\nwrote dist/kustomization.yaml\n2 VMs, 4 vCPUs, 4Gi memory, 0 data disks\n',
        stderr: '',
      }),
    );
    expect(virtwork('synth --workloads cpu', { cwd }).stdout).toBe(
      'wrote dist/kustomization.yaml\nremoved dist/memory.yaml\n1 VM, 2 vCPUs, 2Gi memory, 0 data disks\n',
    );
    expect(virtwork('synth --workloads cpu', { cwd }).stdout).toBe('dist/ is up to date\n1 VM, 2 vCPUs, 2Gi memory, 0 data disks\n');
  });

  test('--check sets the exit code, lists the files and writes nothing', () => {
    const cwd = tempDir();
    expect(virtwork('synth --check --workloads cpu', { cwd })).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('missing dist/cpu.yaml\n'),
    });
    expect(readdirSync(cwd)).toEqual([]);
    virtwork('synth --workloads cpu', { cwd });
    expect(virtwork('synth --check --workloads cpu', { cwd })).toMatchObject({ status: 0, stdout: 'dist/ is up to date\n' });
    expect(virtwork('synth --check --workloads memory', { cwd })).toMatchObject({
      status: 1,
      stdout:
        'missing dist/memory.yaml\ndiffers dist/kustomization.yaml\nstale dist/cpu.yaml\ndist/ is out of date: run virtwork synth and commit\n',
    });
  });

  test.each([
    ['a file without its first line', (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace(/^.*\n/, ''))],
    ['an empty file', (file: string) => writeFileSync(file, '')],
  ])('%s is not a file of virtwork: --check reports it like synth, with all other differences', (_, change) => {
    const cwd = tempDir();
    virtwork('synth --workloads cpu', { cwd });
    change(join(cwd, 'dist/cpu.yaml'));
    const refused = virtwork('synth --workloads cpu,memory', { cwd });
    expect(refused).toMatchObject({
      status: 2,
      stdout: '',
      stderr: `error: ${join(cwd, 'dist/cpu.yaml')}: was not written by virtwork and is in the way\n  hint: move it away, or choose another --output-dir\n`,
    });
    expect(virtwork('synth --workloads cpu,memory --check', { cwd })).toMatchObject({
      status: 1,
      stdout: 'missing dist/memory.yaml\ndiffers dist/kustomization.yaml\n',
      stderr: refused.stderr,
    });
  });

  test('writes the hash of a password only with --write-password-hash', () => {
    const cwd = tempDir();
    const refused = virtwork('synth --workloads cpu --ssh-password hunter2', { cwd });
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('ssh_password: the manifests would contain the password hash');
    expect(refused.stderr).not.toContain('hunter2');
    expect(readdirSync(cwd)).toEqual([]);
    expect(virtwork('synth --workloads cpu --ssh-password hunter2 --write-password-hash', { cwd }).status).toBe(0);
    const text = readFileSync(join(cwd, 'dist/cpu.yaml'), 'utf8');
    expect(text).not.toContain('hunter2');
    expect(text).toMatch(/hashed_passwd: \$6\$/);
  });

  test('reads the configuration from standard input', () => {
    const cwd = tempDir();
    expect(virtwork('synth --config -', { cwd, input: 'workloads: {cpu: {vm_count: 3}}\n' }).stdout).toContain('3 VMs');
  });

  test('warns of unknown variables', () => {
    expect(virtwork('synth --workloads cpu', { env: { VIRTWORK_MEMROY: '4Gi' } })).toMatchObject({
      status: 0,
      stderr: 'warning: VIRTWORK_MEMROY is set, but virtwork has no such variable; did you mean VIRTWORK_MEMORY?\n',
    });
  });

  test('--log-format json prints one object per line', () => {
    const { stderr } = virtwork('synth --log-format json --memory lots', {});
    expect(JSON.parse(stderr)).toEqual({
      level: 'error',
      message: 'flag --memory: must be a quantity such as 512Mi, 2Gi or 10G, got "lots"',
    });
  });
});

describe('run', () => {
  test('a reader that closes the pipe early is not an error', async () => {
    const child = start(
      'bash',
      ['-c', `${process.execPath} ${PROGRAM} run --dry-run --vm-count 200 | head -n 1; echo "\${PIPESTATUS[0]}"`],
      { cwd: tempDir() },
    );
    expect(await ended(child)).toMatchObject({ stdout: '---\n0\n', stderr: '' });
  });
});

describe('unusual files', () => {
  test('a configuration that is a broken link is reported', () => {
    const cwd = tempDir();
    symlinkSync('nowhere', join(cwd, 'virtwork.yaml'));
    expect(virtwork('synth', { cwd })).toMatchObject({
      status: 2,
      stderr: 'error: virtwork.yaml: must name a readable file, got "virtwork.yaml" (ENOENT)\n',
    });
    expect(readdirSync(cwd)).toEqual(['virtwork.yaml']);
  });

  test('recognizes a base with CRLF line endings', () => {
    const cwd = tempDir();
    virtwork('synth --workloads cpu', { cwd });
    const file = join(cwd, 'dist/cpu.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));
    expect(virtwork('synth --check --workloads cpu', { cwd })).toMatchObject({ status: 1 });
    expect(virtwork('synth --workloads cpu', { cwd })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('wrote dist/cpu.yaml\n'),
    });
  });

  test('writes through a link named dist only if --output-dir names it', () => {
    const [cwd, elsewhere] = [tempDir(), tempDir()];
    symlinkSync(elsewhere, join(cwd, 'dist'));
    for (const command of ['synth', 'synth --check']) {
      expect(virtwork(command, { cwd })).toEqual({
        status: 2,
        stdout: '',
        stderr: 'error: dist: must be a folder, got a symbolic link\n  hint: use --output-dir dist to write where the link leads\n',
      });
    }
    expect(readdirSync(elsewhere)).toEqual([]);
    expect(virtwork('synth --workloads cpu --output-dir dist', { cwd })).toMatchObject({ status: 0 });
    expect(readdirSync(elsewhere)).toContain('cpu.yaml');
  });

  test('a folder instead of a file is not an internal error', () => {
    const cwd = tempDir();
    mkdirSync(join(cwd, 'dist/cpu.yaml'), { recursive: true });
    expect(virtwork('synth --check --workloads cpu', { cwd })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('dist/cpu.yaml: was not written by virtwork and is in the way'),
    });
  });

  test('reports a full stdout', () => {
    const { stderr, status } = run('sh', ['-c', '"$0" "$1" run --dry-run --workloads cpu >/dev/full', process.execPath, PROGRAM], {
      cwd: tempDir(),
    });
    expect({ stderr, status }).toEqual({ stderr: expect.stringMatching(/^error: stdout: cannot be written: .*ENOSPC/), status: 2 });
  });
});

describe('entries of your own', () => {
  test('new creates an entry that is valid and can be rendered', () => {
    const cwd = tempDir();
    expect(virtwork('new my-load --catalog-dir entries', { cwd })).toMatchObject({ status: 0, stderr: '' });
    expect(virtwork('new my-load --catalog-dir entries', { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('an entry named my-load already exists'),
    });
    expect(virtwork('validate my-load --catalog-dir entries', { cwd })).toMatchObject({
      status: 0,
      stdout: '1 entry is valid\n',
      stderr: '',
    });
    expect(virtwork('validate ./entries/my-load', { cwd })).toMatchObject({ status: 0 });
    expect(virtwork('synth --catalog-dir entries --from-catalog my-load', { cwd }).stdout).toContain('wrote dist/my-load.yaml\n');
    expect(virtwork('synth --catalog-dir entries --from-catalog my-load --workloads cpu', { cwd }).stdout).toContain('2 VMs');
    expect(virtwork('list --catalog-dir entries', { cwd }).stdout).toMatch(/^my-load +yours /m);
  });

  test('validate reports what synth would reject: a file of virtwork itself', () => {
    const cwd = tempDir();
    virtwork('new my-load --catalog-dir entries', { cwd });
    const own = join(cwd, 'entries/my-load/files/usr/local/bin');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'virtwork-health'), '');
    for (const [verb, status] of [
      ['validate my-load', 1],
      ['synth --from-catalog my-load', 2],
    ] as const)
      expect(virtwork(`${verb} --catalog-dir entries`, { cwd })).toMatchObject({
        status,
        stderr: expect.stringContaining('its guests would have two files /usr/local/bin/virtwork-health'),
      });
  });

  test('validate reports all problems of all entries, and exits 1', () => {
    const cwd = tempDir();
    for (const [name, text] of Object.entries({ one: 'descripton: x\n', two: 'chaos: maybe\n' })) {
      mkdirSync(join(cwd, 'entries', name), { recursive: true });
      writeFileSync(join(cwd, 'entries', name, 'workload.yaml'), text);
    }
    const { status, stderr } = virtwork('validate --catalog-dir entries', { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain('entries/one/workload.yaml:1:1: unknown key "descripton"');
    expect(stderr).toContain('entries/two/workload.yaml:1:1: chaos must be true or false, got "maybe"');
  });

  test('a catalog that is not a folder is rejected', () => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'entries'), '');
    expect(virtwork('synth --catalog-dir entries', { cwd })).toMatchObject({
      status: 2,
      stderr: `error: catalog_dir: must be a folder, got "${join(cwd, 'entries')}"\n`,
    });
  });

  test('an entry with the name of a built-in workload is rejected', () => {
    const cwd = tempDir();
    mkdirSync(join(cwd, 'entries', 'cpu'), { recursive: true });
    writeFileSync(join(cwd, 'entries', 'cpu', 'workload.service'), '[Service]\nExecStart=/bin/true\n');
    const refused = 'an entry must not have the name of a built-in workload, got "cpu"';
    expect(virtwork('validate --catalog-dir entries', { cwd })).toMatchObject({ status: 1, stderr: expect.stringContaining(refused) });
    expect(virtwork('synth --catalog-dir entries --from-catalog cpu', { cwd })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(refused),
    });
  });
});

describe('version and help', () => {
  test.each(['version', '--version'])('%s prints the version', (args) => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(virtwork(args)).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each(['--help', 'synth --help', 'new -h'])('%s prints help to stdout', (args) => {
    expect(virtwork(args)).toMatchObject({ status: 0, stdout: expect.stringContaining('virtwork'), stderr: '' });
  });
});
