import { render } from '../../src/synth/render';
import { UNIT } from '../support/entry-folder';
import { measurable, TRIAL } from '../support/measured';
import { planOf, textOf } from '../support/render';

/** The comment above each Secret of a file, by the Secret's name. */
async function comments(file: string, flags: { readonly [flag: string]: unknown }): Promise<{ [name: string]: string | undefined }> {
  const text = textOf(render(await planOf(flags)).find(({ name }) => name === file));
  const secrets = text.split('---\n').filter((document) => /^kind: Secret$/m.test(document));
  const commentOf = (document: string) => /^# (?!Code generated)(.*)$/m.exec(document)?.[1];
  return Object.fromEntries(secrets.map((document) => [/^ {2}name: (.*)$/m.exec(document)?.[1], commentOf(document)]));
}

const PUBLIC = 'virtwork adds nothing confidential. It is a Secret because KubeVirt ';

test.each([
  ['cpu.yaml', {}, { 'virtwork-cpu-cloudinit': `${PUBLIC}reads user data above 2048 bytes only from a Secret.` }],
  ['cpu.yaml', { 'ssh-password': 'a' }, { 'virtwork-cpu-cloudinit': 'Contains the hash of a password: keep it private.' }],
  ['guest.yaml', { 'ssh-password': 'a' }, { 'virtwork-guest': `${PUBLIC}creates a read-only disk from it for every VM.` }],
  [
    'chaos-migration.yaml',
    {},
    {
      'virtwork-chaos-migration-cloudinit': expect.stringContaining(PUBLIC),
      'virtwork-chaos-migration-token': 'Contains no token: the cluster adds it.',
    },
  ],
])('the comments of the Secrets of %s with %j say what they contain', async (file, flags, expected) => {
  expect(await comments(file, { workloads: 'cpu,chaos-migration', 'write-password-hash': true, ...flags })).toEqual(expected);
});

test('a base has the guest disk of every role: of those that are measured, and of the others', async () => {
  const manifest = `roles: [{ name: server }, { name: client }]
results: [{ key: rate, unit: 1/s, better: more, vms: sum }]
`;
  const files = { 'trial.service': '', 'prepare.service': '', 'server.service': UNIT, 'client-trial.service': TRIAL };
  const flags = { 'catalog-dir': measurable(files, manifest), 'from-catalog': 'bench' };
  const secretsOf = async (more: object) => {
    const guest = render(await planOf({ ...flags, ...more })).find(({ name }) => name === 'guest.yaml');
    return textOf(guest).match(/^ {2}name: .*$/gm);
  };
  const both = ['  name: virtwork-guest', '  name: virtwork-guest-trials'];
  expect(await secretsOf({})).toEqual(both);
  expect(await secretsOf({ workloads: 'cpu' })).toEqual(both);
  expect(await secretsOf({ workloads: 'cpu', 'from-catalog': undefined })).toEqual(['  name: virtwork-guest']);
});
