import { render } from '../../src/synth/render';
import { planOf, textOf } from '../support/render';

/** The comment above each Secret of a file, by the Secret's name. */
async function comments(file: string, flags: { readonly [flag: string]: unknown }): Promise<{ [name: string]: string | undefined }> {
  const text = textOf(render(await planOf(flags)).find(({ name }) => name === file));
  const secrets = text.split('---\n').filter((document) => /^kind: Secret$/m.test(document));
  const commentOf = (document: string) => /^# (?!Generated)(.*)$/m.exec(document)?.[1];
  return Object.fromEntries(secrets.map((document) => [/^ {2}name: (.*)$/m.exec(document)?.[1], commentOf(document)]));
}

const PUBLIC = 'virtwork puts nothing confidential into it. ';

test.each([
  ['cpu.yaml', {}, { 'virtwork-cpu-cloudinit': `${PUBLIC}KubeVirt takes user data of more than 2048 bytes from a Secret only.` }],
  ['cpu.yaml', { 'ssh-password': 'a' }, { 'virtwork-cpu-cloudinit': 'Contains the hash of a password: keep it private.' }],
  ['guest.yaml', { 'ssh-password': 'a' }, { 'virtwork-guest': `${PUBLIC}KubeVirt makes a read-only disk of it for every VM.` }],
  [
    'chaos-migration.yaml',
    {},
    {
      'virtwork-chaos-migration-cloudinit': expect.stringContaining(PUBLIC),
      'virtwork-chaos-migration-token': 'The cluster writes the token into it.',
    },
  ],
])('the Secrets of %s with %j say why they are there', async (file, flags, expected) => {
  expect(await comments(file, { workloads: 'cpu,chaos-migration', 'write-password-hash': true, ...flags })).toEqual(expected);
});
