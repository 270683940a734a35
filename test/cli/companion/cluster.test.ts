import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { virtwork } from '../../support/program';
import { tempDir } from '../../support/render';

/** What kubectl says of its configuration, with words that must not reach the terminal as they are. */
const VIEW = JSON.stringify({
  'current-context': 'prod\u001b[2J',
  clusters: [{ name: 'c', cluster: { server: 'https://me:secret@api.example:6443' } }],
});

/** A folder with a configuration and with a kubectl that notes what it is asked and finds nothing on its cluster. */
function place(config = '') {
  const cwd = tempDir();
  if (config) writeFileSync(join(cwd, 'virtwork.yaml'), config);
  const program = join(cwd, 'kubectl');
  const script = `#!/bin/sh
echo "$*" >>'${cwd}/calls'
case $1 in
  config) cat <<'END'
${VIEW}
END
  ;;
  apply) cat >/dev/null; echo 'Error from server (Forbidden): no' >&2; exit 1 ;;
  get) [ "$2" = namespace ] || echo '{"items": []}' ;;
  kustomize) echo '{kind: Secret, metadata: {name: a}}' ;;
esac
`;
  writeFileSync(program, script, { mode: 0o755 });
  writeFileSync(join(cwd, 'other.yaml'), config);
  const calls = join(cwd, 'calls');
  return {
    cwd,
    virtwork: (args: string) => virtwork(args, { cwd, env: { KUBECTL: program } }),
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []),
  };
}

describe('a configuration that lies in the working directory', () => {
  const CLUSTER = 'kubeconfig: ./x.yaml\ncontext: prod\n';
  const verbs = ['status', 'wait', 'run', 'apply .', 'cleanup --yes', 'cleanup --dry-run'];

  test.each(verbs)('does not name the cluster of virtwork %s', (args) => {
    const { virtwork: program, calls } = place(CLUSTER);
    const { status, stdout, stderr } = program(args);
    expect({ status, stdout, calls: calls() }).toEqual({ status: 2, stdout: '', calls: [] });
    expect(stderr).toMatch(
      /^error: virtwork\.yaml:1:1: kubeconfig: must not .*\n {2}hint: use --kubeconfig PATH .*--config virtwork\.yaml/,
    );
    expect(stderr).toContain('virtwork.yaml:2:1: context: must not');
  });

  test.each(verbs)('unless --config names it: virtwork %s', (args) => {
    const { cwd, virtwork: program, calls } = place(CLUSTER);
    program(`${args} --config virtwork.yaml`);
    expect(calls().length).toBeGreaterThan(0);
    expect(calls().every((call) => call.includes(`--kubeconfig ${cwd}/x.yaml --context prod`))).toBe(true);
  });

  test.each(['run', 'apply .', 'cleanup --yes', 'audit', 'run --dry-run'])('does not name the record of virtwork %s', (args) => {
    const { cwd, virtwork: program, calls } = place('audit_db: ./stranger.db\n');
    const { status, stderr } = program(args);
    expect({ status, calls: calls() }).toEqual({ status: 2, calls: [] });
    expect(stderr).toContain('virtwork.yaml:1:1: audit_db: must not');
    expect(['stranger.db', 'virtwork.db'].filter((name) => existsSync(join(cwd, name)))).toEqual([]);
  });

  test.each(['synth', 'synth --check', 'validate', 'list', 'version'])('may say both where virtwork %s uses neither', (args) => {
    const { virtwork: program } = place(`${CLUSTER}audit_db: ./stranger.db\nworkloads: {cpu: {}}\n`);
    expect(program(args)).toMatchObject({ stderr: '' });
  });
});

test.each(['run --workloads cpu', 'apply .', 'cleanup --yes', 'cleanup --dry-run'])('virtwork %s says which cluster it is', (args) => {
  const { virtwork: program, calls } = place();
  const { stderr } = program(`${args} --no-audit`);
  expect(stderr).toMatch(/^cluster: context "prod\\u001b\[2J", server "https:\/\/api\.example:6443"\n/);
  expect(calls()[0]).toMatch(/^config view --minify/);
});
