import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kustomize } from '../support/kustomize';
import { virtwork } from '../support/program';
import { tempDir } from '../support/render';

/** A folder with an experiment in `e.yaml`. */
function folder(text: string): string {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'e.yaml'), text);
  return cwd;
}

const TWO = 'workload: cpu\nsettings: { namespace: bench }\nmatrix: { memory: [2Gi, 4Gi] }\n';

test('plan shows the groups', () => {
  const { stdout, stderr, status } = virtwork('experiment plan e.yaml', { cwd: folder(TWO) });
  expect([stderr, status]).toEqual(['', 0]);
  expect(stdout).toMatch(/^GROUP +MEMORY +VMS +TRIALS +TIME +VCPUS +MEMORY +DISKS\n/);
  expect(stdout).toMatch(/^m2gi-[0-9a-f]{6} +2Gi +1 +1 +\d+ min +2 +2Gi +0$/m);
  expect(stdout).toContain('2 groups, 2 cells, 2 trials, 2 records; about ');
  expect(stdout).toContain('peak: 2 vCPUs, 4Gi memory, 0 of data disks\n');
});

test('plan says how many VMs run next to the measured ones', () => {
  const beside = 'workload: cpu\nmatrix: { n: { quiet: {}, busy: { workloads: { memory: { vm_count: 3 } } } } }\n';
  const { stdout } = virtwork('experiment plan e.yaml', { cwd: folder(beside) });
  expect(stdout).toContain('\nVMS are those that are measured; next to them, a group has up to 3 other VMs\n2 groups');
  expect(virtwork('experiment plan e.yaml', { cwd: folder(TWO) }).stdout).not.toContain('next to them');
});

test('plan shows how the results are judged', () => {
  const rules = `baseline: { memory: 2Gi }
score: [{ of: iops, weight: 3 }, { of: bytes, memory: 4Gi }]
expect:
  - { of: write-latency.p99, at-most: 5ms }
  - { of: cpu-per-io, at-most: 0 }
  - { of: iops, memory: 4Gi, worse-than-baseline-by-at-most: 5% }
tuning: { scrub: "off" }
`;
  const matrix = 'matrix: { memory: [2Gi, 4Gi], vm_count: { ramp: { from: 1, to: 4, until: iops < 5k } } }\n';
  const { stdout } = virtwork('experiment plan e.yaml', { cwd: folder(`workload: fio-bench\n${matrix}${rules}`) });
  expect(stdout.slice(stdout.indexOf('baseline'))).toBe(`baseline: memory=2Gi
ramp: vm_count 1 to 4, until iops < 5 k IOPS
score: iops, weight 3
score: bytes, for memory=4Gi, weight 1
expected: write-latency.p99 at most 5 ms
expected: cpu-per-io at most 0 ns
expected: iops worse than memory=2Gi by at most 5 %, for memory=4Gi
tuning: scrub=off
`);
});

test('plan -o json prints what synth writes', () => {
  const cwd = folder(TWO);
  const { stdout } = virtwork('experiment plan e.yaml -o json', { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'virtwork.plan/1', name: 'e', totals: { groups: 2 } });
  expect(existsSync(join(cwd, 'dist'))).toBe(false);
  virtwork('experiment synth e.yaml', { cwd });
  expect(readFileSync(join(cwd, 'dist/e/plan.json'), 'utf8')).toBe(stdout);
});

test('synth writes the groups, once', () => {
  const cwd = folder(TWO);
  const first = virtwork('experiment synth e.yaml', { cwd });
  expect([first.stderr, first.status]).toEqual(['', 0]);
  expect(first.stdout.match(/^wrote dist\/e\/groups\/m[24]gi-[0-9a-f]{6}\/$/gm)).toHaveLength(2);
  expect(first.stdout).toContain('wrote dist/e/plan.json\n');
  expect(virtwork('experiment synth e.yaml', { cwd }).stdout).toMatch(/^dist\/e\/ is up to date\n2 groups/);
  expect(virtwork('experiment synth e.yaml --check', { cwd })).toEqual({ status: 0, stdout: 'dist/e/ is up to date\n', stderr: '' });
});

test('synth --check writes nothing, and exits with 1 if something differs', () => {
  const cwd = folder(TWO);
  const before = virtwork('experiment synth e.yaml --check', { cwd });
  expect([before.status, existsSync(join(cwd, 'dist'))]).toEqual([1, false]);
  expect(before.stdout).toContain('missing dist/e/plan.json\n');
  virtwork('experiment synth e.yaml', { cwd });
  writeFileSync(join(cwd, 'e.yaml'), TWO.replace('4Gi', '8Gi'));
  const { stdout, status } = virtwork('experiment synth e.yaml --check', { cwd });
  expect(status).toBe(1);
  expect(stdout).toMatch(/^differs dist\/e\/plan\.json$/m);
  expect(stdout).toMatch(/^stale dist\/e\/groups\/m4gi-[0-9a-f]{6}\/$/m);
  expect(stdout).toContain('dist/e/ is out of date: run virtwork experiment synth and commit\n');
});

test('a plain synth next to it changes nothing of an experiment', () => {
  const cwd = folder(TWO);
  virtwork('experiment synth e.yaml', { cwd });
  expect(virtwork('synth --workloads cpu', { cwd }).status).toBe(0);
  expect(virtwork('experiment synth e.yaml --check', { cwd }).status).toBe(0);
  expect(virtwork('synth --workloads cpu --check', { cwd }).status).toBe(0);
});

test('--output-dir is the parent of the folder', () => {
  const cwd = folder(TWO);
  virtwork('experiment synth e.yaml --output-dir out', { cwd });
  expect(readdirSync(join(cwd, 'out'))).toEqual(['e']);
});

test('neither virtwork.yaml nor variables for settings count', () => {
  const cwd = folder(TWO);
  const args = 'experiment plan e.yaml -o json';
  const { stdout } = virtwork(args, { cwd });
  writeFileSync(join(cwd, 'virtwork.yaml'), 'namespace: other\ncpu_cores: 8\n');
  expect(virtwork(args, { cwd, env: { VIRTWORK_NAMESPACE: 'third', VIRTWORK_MEMORY: '9Gi' } }).stdout).toBe(stdout);
});

describe('wrong input', () => {
  test.each<[string, string, string]>([
    ['no file', '', 'argument FILE: is required'],
    ['two files', 'e.yaml e.yaml', 'argument FILE: must be given once, got 2'],
    ['a file that does not exist', 'f.yaml', 'argument FILE: must name a readable file, got "f.yaml" (ENOENT)'],
    ['a folder', '.', 'argument FILE: must name a readable file'],
    ['an unknown experiment', 'fio-bench/quik', 'hint: did you mean "fio-bench/quick"?'],
    ['an unknown flag', 'e.yaml --memory 5Gi', 'unknown flag --memory'],
    ['a wrong file', 'wrong.yaml', 'wrong.yaml:1:1: workload: unknown workload'],
  ])('%s', (_, args, message) => {
    const cwd = folder(TWO);
    writeFileSync(join(cwd, 'wrong.yaml'), 'workload: cpus\n');
    for (const verb of ['plan', 'synth']) {
      const { stdout, stderr, status } = virtwork(`experiment ${verb} ${args}`, { cwd });
      expect([stdout, status]).toEqual(['', 2]);
      expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/^ +at /m);
    }
    expect(existsSync(join(cwd, 'dist'))).toBe(false);
  });

  test('a link in the place of the folder', () => {
    const cwd = folder(TWO);
    mkdirSync(join(cwd, 'dist'));
    symlinkSync('/tmp', join(cwd, 'dist/e'));
    const { stderr, status } = virtwork('experiment synth e.yaml', { cwd });
    expect([status, stderr]).toEqual([2, expect.stringContaining('dist/e: must be a folder, got a symbolic link')]);
  });

  test('a password needs the option that allows it', () => {
    const cwd = folder(TWO.replace('namespace: bench', 'namespace: bench, ssh_user: me, ssh_password: secret-word'));
    const { stderr, status } = virtwork('experiment synth e.yaml', { cwd });
    expect([status, stderr]).toEqual([2, expect.stringContaining('ssh_password')]);
    expect(stderr).not.toContain('secret-word');
  });
});

describe('pools', () => {
  const POOLS = `workload: fio-bench
matrix: { storage: pools }
pools: { clusterID: rook-ceph, failureDomain: host, block: { new-rbd: { replicated: { size: 2 } } } }
`;

  test('synth writes them next to the groups, and prints the command of an administrator', () => {
    const cwd = folder(POOLS);
    const { stdout, stderr, status } = virtwork('experiment synth e.yaml', { cwd });
    expect([stderr, status]).toEqual(['', 0]);
    expect(stdout).toContain('wrote dist/e/pools/pools.yaml\n');
    expect(stdout).toMatch(/\npools: an administrator creates them before the groups: kubectl apply --server-side -k dist\/e\/pools\n$/);
    expect(kustomize(join(cwd, 'dist/e/pools')).map(({ kind, metadata }) => [kind, metadata.name])).toEqual([
      ['StorageClass', 'new-rbd'],
      ['CephBlockPool', 'new-rbd'],
    ]);
    expect(kustomize(join(cwd, 'dist/e')).map(({ kind }) => kind)).toEqual(['Namespace']);
    expect(virtwork('experiment plan e.yaml', { cwd }).stdout).toContain(
      '\npools: an administrator creates them before the groups; storage classes: new-rbd\n',
    );
  });

  test('--check finds pools that differ, and pools that the file no longer has', () => {
    const cwd = folder(POOLS);
    virtwork('experiment synth e.yaml', { cwd });
    writeFileSync(join(cwd, 'e.yaml'), POOLS.replace('size: 2', 'size: 3'));
    expect(virtwork('experiment synth e.yaml --check', { cwd }).stdout).toMatch(/^differs dist\/e\/pools\/pools\.yaml$/m);
    writeFileSync(join(cwd, 'e.yaml'), 'workload: fio-bench\nmatrix: { storage: { new-rbd: { storage_class: new-rbd } } }\n');
    expect(virtwork('experiment synth e.yaml --check', { cwd })).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^stale dist\/e\/pools\/pools\.yaml$/m),
    });
    expect(virtwork('experiment synth e.yaml', { cwd }).stdout).toMatch(/^removed dist\/e\/pools\/$/m);
    expect(existsSync(join(cwd, 'dist/e/pools'))).toBe(false);
  });
});
