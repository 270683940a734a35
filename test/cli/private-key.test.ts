import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors';
import { loadPlan } from '../../src/load-plan';
import { virtwork } from '../support/program';
import { ROOT, tempDir } from '../support/render';

/** Not a real key, but the output must not contain any part of it. */
const BODY = [
  'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW',
  'QyNTUxOQAAACBZk3vXw0rT8uH5nqJbV2mYcF6eGdS1aLpKfRxTzWqC9gAAAJDm4tHkWvNy',
];
const OPENSSH = `-----BEGIN OPENSSH PRIVATE KEY-----\n${BODY.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
/** Longer than the maximum length of a file name. */
const LONG = OPENSSH.replace(BODY.join('\n'), BODY.concat(BODY, BODY, BODY).join('\n'));
const PEM = OPENSSH.replaceAll('OPENSSH', 'RSA');
const PUTTY = `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n${BODY[1]}\n`;

interface Given {
  readonly flags?: { readonly [flag: string]: unknown };
  readonly env?: NodeJS.ProcessEnv;
  readonly file?: string;
}

function folder(file?: string): string {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'id'), OPENSSH);
  writeFileSync(join(cwd, 'id.ppk'), PUTTY);
  if (file !== undefined) writeFileSync(join(cwd, 'virtwork.yaml'), file);
  return cwd;
}

function expectNothingOfIt(said: string): void {
  const parts = BODY.flatMap((line) => [0, 8, 16, 24, 32, 40, 48].map((at) => line.slice(at, at + 16)));
  expect(parts.filter((part) => said.includes(part))).toEqual([]);
}

test.each<[string, Given]>([
  ['as a key', { flags: { 'ssh-key': OPENSSH } }],
  ['as a key, without its first line', { flags: { 'ssh-key': BODY.join('\n') } }],
  ['as a file of keys', { flags: { 'ssh-key-file': 'id' } }],
  ['as a PuTTY file of keys', { flags: { 'ssh-key-file': 'id.ppk' } }],
  ['as the name of such a file', { flags: { 'ssh-key-file': PEM } }],
  ['as an account', { flags: { 'ssh-user': PUTTY } }],
  ['as a Secret', { flags: { 'ssh-existing-secret': BODY[0] as string } }],
  ['as a param', { flags: { params: `cpu.cpu-method=${BODY[1]}` } }],
  ['as params', { flags: { params: OPENSSH } }],
  ['as a workload', { flags: { workloads: BODY[0] as string } }],
  ['instead of the name of an entry', { flags: { 'from-catalog': BODY[1] as string } }],
  ['as the configuration', { flags: { config: 'id' } }],
  ['as the name of the configuration', { flags: { config: OPENSSH } }],
  ['by variable', { env: { VIRTWORK_SSH_AUTHORIZED_KEYS: OPENSSH } }],
  ['by variable of another option', { env: { VIRTWORK_NAMESPACE: PEM } }],
  ['in the file', { file: `ssh_authorized_keys:\n  - |\n${OPENSSH.replaceAll(/^/gm, '    ')}\n` }],
  ['in the file, for a list', { file: `ssh_authorized_keys: {a: ${BODY[0]}}\n` }],
  ['in the file, as another option', { file: `memory: "${BODY[0]}"\n` }],
  ['in the file, as a key', { file: `${BODY[0]}: 1\n` }],
  ['in the file, as wrong YAML', { file: `memory: *${BODY[1]}\n` }],
  ['in the file, as a number of VMs', { file: `workloads: {cpu: {vm_count: ${BODY[0]}}}\n` }],
])('does not show a private key %s', async (_, { flags = {}, env = {}, file }) => {
  const cwd = folder(file);
  const error: unknown = await loadPlan({ flags, env: { HOME: cwd, ...env }, cwd }).catch((reason) => reason);
  expect(error).toBeInstanceOf(UserError);
  expectNothingOfIt((error as Error).message);
});

test.each<[string, readonly string[]]>([
  ['as a key, without quotes', ['--ssh-key', ...OPENSSH.split(/\s/)]],
  ['as a key next to another', ['--ssh-key', 'a', '--ssh-key', PEM]],
  ['as a password, twice', ['--ssh-password', OPENSSH, '--ssh-password', OPENSSH]],
  ['as a flag', [`--${BODY[0]}`]],
  ['as arguments', BODY],
])(
  'does not show it %s',
  (_, words) => {
    const cwd = folder();
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'lib/virtwork.cjs'), 'synth', ...words], {
      cwd,
      env: { PATH: process.env.PATH, HOME: cwd },
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^error: /)]);
    expectNothingOfIt(stderr);
  },
  90_000,
);

test.each<[string, readonly string[]]>([
  ['as the folder of an entry', ['lab', 'test', `./${LONG}`]],
  ['as the folder of the lab', ['lab', 'status', `--lab-dir=./${LONG}`]],
  ['as a folder to apply', ['apply', `./${OPENSSH}`]],
  ['as the source of a copy', ['new', 'a', `--from=./${OPENSSH}`]],
  ['as an image', ['lab', 'up', 'cpu', `--image=${OPENSSH}`]],
])(
  'does not show it %s, which is not an internal error',
  (_, words) => {
    const { status, stdout, stderr } = virtwork(words);
    expect([status, stdout, stderr]).toEqual([2, '', expect.not.stringContaining('internal error')]);
    expectNothingOfIt(stderr);
  },
  90_000,
);
