import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { virtwork } from '../support/program';
import { ROOT, tempDir } from '../support/render';
import { type Ended, run } from '../support/run';

const PASSWORD = 'correct horse';
const BY_VARIABLE = { VIRTWORK_SSH_PASSWORD: PASSWORD, VIRTWORK_WORKLOADS: 'cpu' };
const HASH = /\$6\$[./0-9A-Za-z]{1,16}\$[./0-9A-Za-z]{20,}/;

/** Fails with an error that contains all applied objects, as errors of admission webhooks or strict decoders may. */
const QUOTING = `#!/usr/bin/env node
const [verb, what] = process.argv.slice(2);
const answers = { config: '{}', get: what === 'namespace' ? '' : '{"items": []}' };
if (verb !== 'apply') {
  process.stdout.write(answers[verb] ?? '');
  process.exit();
}
const text = require('node:fs').readFileSync(0, 'utf8');
const { stringData } = JSON.parse(text.split('---\\n').find((each) => each.includes('"userdata"')) ?? '{}');
const data = Buffer.from(stringData?.userdata ?? '').toString('base64');
const quoted = [data.slice(0, 2000), JSON.stringify(stringData ?? {}).slice(0, 2000)].join(' ');
process.stderr.write('Error from server (BadRequest): cannot be handled as a Secret: ' + quoted);
process.exit(1);
`;

function program(args: string, { cwd = tempDir(), env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Ended {
  const kubectl = join(cwd, 'kubectl');
  writeFileSync(kubectl, QUOTING, { mode: 0o755 });
  return virtwork(args, { cwd, env: { ...BY_VARIABLE, KUBECTL: kubectl, ...env } });
}

function modesIn(folder: string): object {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]));
}

/** The hash of the password, which is the same in each run. */
function hash(): string {
  const [found = ''] = HASH.exec(program('run --dry-run --write-password-hash').stdout) ?? [];
  return found;
}

/** Parts of the hash, unchanged and in base64 at each offset, so that a part of the hash is found too. */
function piecesOf(text: string): string[] {
  const parts = [text.slice(5, 40), text.slice(-40)];
  const encoded = [0, 1, 2].map((offset) =>
    Buffer.from('\0'.repeat(offset) + text)
      .toString('base64')
      .slice(8, 60),
  );
  return [...parts, ...encoded];
}

describe('manifests with the hash of a password', () => {
  test.each(['synth', 'run --dry-run', 'run --dry-run --audit'])('virtwork %s creates them only with --write-password-hash', (args) => {
    const cwd = tempDir();
    const { status, stdout, stderr } = program(args, { cwd });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error: ssh_password: the manifests would contain the password hash.*\n {2}hint: .*--write-password-hash/);
    expect(readdirSync(cwd)).toEqual(['kubectl']);
    expect(program(`${args} --write-password-hash`)).toMatchObject({ status: 0 });
  });

  test('cdk8s synth creates them only with VIRTWORK_WRITE_PASSWORD_HASH', () => {
    const cwd = tempDir();
    const env = { PATH: process.env.PATH, HOME: cwd, ...BY_VARIABLE };
    const made = (more: NodeJS.ProcessEnv = {}) => run(process.execPath, [join(ROOT, 'lib/app.cjs')], { cwd, env: { ...env, ...more } });
    expect(made()).toMatchObject({ status: 2, stderr: expect.stringContaining('--write-password-hash') as unknown as string });
    expect(existsSync(join(cwd, 'dist'))).toBe(false);
    expect(made({ VIRTWORK_WRITE_PASSWORD_HASH: 'true' }).status).toBe(0);
  });

  test('run --dry-run -o json contains no hash, and needs no flag', () => {
    const { status, stdout } = program('run --dry-run -o json');
    expect({ status, hash: HASH.test(stdout) }).toEqual({ status: 0, hash: false });
  });

  test('only their owner may read them, even if other users could read them before', () => {
    const cwd = tempDir();
    const dist = join(cwd, 'dist');
    const wide = {
      'cpu.yaml': '644',
      'guest.yaml': '644',
      'kustomization.yaml': '644',
      'kustomizeconfig.yaml': '644',
      'namespace.yaml': '644',
    };
    const own = { ...wide, 'cpu.yaml': '600' };
    const umask = process.umask(0o022);
    try {
      program('synth', { cwd, env: { VIRTWORK_SSH_PASSWORD: '' } });
      expect(modesIn(dist)).toEqual(wide);
      expect(program('synth --write-password-hash', { cwd }).stdout).toContain('wrote dist/cpu.yaml');
      expect(modesIn(dist)).toEqual(own);
      run('chmod', ['644', join(dist, 'cpu.yaml')]);
      expect(program('synth --write-password-hash', { cwd }).stdout).toContain('is up to date');
      expect(modesIn(dist)).toEqual(own);
    } finally {
      process.umask(umask);
    }
  });
});

describe('parts of a Secret in an error of the cluster', () => {
  test.each([
    'run',
    'run -o json',
    'run --no-wait',
    'run --log-format json',
    'run --verbose --write-password-hash',
    'run --no-create-namespace -o json',
  ])('virtwork %s neither prints nor records them', (args) => {
    const cwd = tempDir();
    const { status, stdout, stderr } = program(args, { cwd });
    expect(status).toBeGreaterThan(0);
    const texts = { stdout, stderr, record: readFileSync(join(cwd, 'virtwork.db'), 'latin1') };
    const telling = (piece: string) => Object.entries(texts).flatMap(([name, text]) => (text.includes(piece) ? [name] : []));
    expect(telling('cannot be handled as a Secret')).toContain('record');
    expect(telling('hashed_passwd: ***').length).toBeGreaterThan(1);
    expect([PASSWORD, ...piecesOf(hash())].map(telling)).toEqual([[], [], [], [], [], []]);
  });
});
