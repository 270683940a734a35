import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FakeCluster, fakeCluster, own } from '../../support/fake-cluster';
import { virtwork } from '../../support/program';
import { tempDir } from '../../support/render';

/** A cluster, and a working directory with a configuration and a base. */
async function place(config = ''): Promise<FakeCluster> {
  // Strings that must not reach the terminal unescaped.
  const cluster = await fakeCluster({ context: 'prod\u001b[2J', server: 'https://me:secret@api.example:6443' });
  if (config) writeFileSync(join(cluster.cwd, 'virtwork.yaml'), config);
  cluster.folderOf('base', [own('Secret', 'a')]);
  return cluster;
}

describe('a configuration in the working directory', () => {
  const CLUSTER = 'kubeconfig: ./x.yaml\ncontext: prod\n';
  const verbs = ['status', 'wait', 'run', 'apply base', 'cleanup --yes', 'cleanup --dry-run'];

  test.each(verbs)('does not name the cluster of virtwork %s', async (args) => {
    const cluster = await place(CLUSTER);
    const { status, stdout, stderr } = await cluster.virtwork(args);
    expect({ status, stdout, calls: cluster.calls }).toEqual({ status: 2, stdout: '', calls: [] });
    expect(stderr).toMatch(
      /^error: virtwork\.yaml:1:1: kubeconfig: must not .*\n {2}hint: use --kubeconfig PATH .*--config virtwork\.yaml/,
    );
    expect(stderr).toContain('virtwork.yaml:2:1: context: must not');
  });

  test.each(verbs)('names it if --config names the file: virtwork %s', async (args) => {
    const cluster = await place(CLUSTER);
    await cluster.virtwork(`${args} --config virtwork.yaml`);
    expect(cluster.calls.length).toBeGreaterThan(0);
    expect(cluster.calls.filter((call) => !call.includes(`--kubeconfig ${cluster.cwd}/x.yaml --context prod`))).toEqual([]);
  });

  test.each(['run', 'apply base', 'cleanup --yes', 'audit', 'run --dry-run'])('does not name the record of virtwork %s', async (args) => {
    const cluster = await place('audit_db: ./stranger.db\n');
    const { status, stderr } = await cluster.virtwork(args);
    expect({ status, calls: cluster.calls }).toEqual({ status: 2, calls: [] });
    expect(stderr).toContain('virtwork.yaml:1:1: audit_db: must not');
    expect(readdirSync(cluster.cwd).filter((name) => name.endsWith('.db'))).toEqual([]);
  });

  test.each(['synth', 'synth --check', 'validate', 'list', 'version'])('may name both where virtwork %s uses neither', (args) => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'virtwork.yaml'), `${CLUSTER}audit_db: ./stranger.db\nworkloads: {cpu: {}}\n`);
    expect(virtwork(args, { cwd })).toMatchObject({ stderr: '' });
  });
});

test.each([
  'run --workloads cpu',
  'apply base',
  'cleanup --yes',
  'cleanup --dry-run',
])('virtwork %s reports which cluster it uses', async (args) => {
  const cluster = await place();
  const { stderr } = await cluster.virtwork(`${args} --no-audit`);
  expect(stderr).toMatch(/^cluster: context "prod\\u001b\[2J", server "https:\/\/api\.example:6443"\n/);
  expect(cluster.calls[0]).toMatch(/^config view --minify/);
});
