import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply, objectsOf } from '../../src/companion/apply';
import { inventory } from '../../src/companion/cleanup';
import { Client } from '../../src/companion/client';
import { ROOT, tempDir } from '../support/render';
import { run } from '../support/run';

const UNKNOWN = 'error: the server doesn\'t have a resource type "virtualmachines"';

/** A fake kubectl: each list fails once with the words, then there is one object; the server has these API groups. */
function fakeKubectl(words: string, groups: readonly string[]): { readonly client: Client; readonly calls: () => string[] } {
  const folder = tempDir();
  const program = join(folder, 'kubectl');
  const script = `#!/bin/sh
echo "$1 $2 $3" >>'${folder}/calls'
case $1$2 in
  get--raw) echo '${JSON.stringify({ groups: groups.map((name) => ({ name })) })}'; exit 0 ;;
  getvirtualmachines*)
    [ -e '${folder}/asked' ] || { touch '${folder}/asked'; echo '${words.replaceAll("'", "'\\''")}' >&2; exit 1; }
    echo '{"items": [{"kind": "VirtualMachine", "metadata": {"name": "a"}}]}' ;;
  *) echo '{"items": []}' ;;
esac
`;
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  return {
    client: new Client({ program, namespace: 'a', signal: new AbortController().signal }),
    calls: () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n'),
  };
}

test('a kind that kubectl did not hear of, though the server has its group, is asked for again', async () => {
  const { client, calls } = fakeKubectl(UNKNOWN, ['apps', 'kubevirt.io', 'cdi.kubevirt.io']);
  expect((await inventory(client, 'a=b')).objects.map(({ metadata }) => metadata.name)).toEqual(['a']);
  expect(calls().filter((call) => call.includes('virtualmachines'))).toHaveLength(2);
});

test('a kind whose group the server does not have has no objects', async () => {
  const { client, calls } = fakeKubectl(UNKNOWN, ['apps']);
  expect((await inventory(client, 'a=b')).objects).toEqual([]);
  expect(calls().filter((call) => call.includes('virtualmachines'))).toHaveLength(1);
});

test('a program that is no kubectl is told apart, also where it ends well', async () => {
  const folder = tempDir();
  const program = join(folder, 'kubectl');
  writeFileSync(program, '#!/bin/sh\necho hello\n', { mode: 0o755 });
  const client = new Client({ program, namespace: 'a', signal: new AbortController().signal });
  const says = /must answer as kubectl does, got "hello"/;
  await expect(inventory(client, 'a=b')).rejects.toThrow(says);
  await expect(objectsOf(client, 'dist')).rejects.toThrow(says);
  await expect(apply(client, [{ kind: 'Secret', metadata: { name: 'a' } }], () => {})).rejects.toThrow(/got nothing/);
});

test('a program that may not be run is told as such', async () => {
  const program = join(tempDir(), 'kubectl');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o644 });
  const client = new Client({ program, namespace: 'a', signal: new AbortController().signal });
  await expect(inventory(client, 'a=b')).rejects.toThrow(/which is not executable/);
});

test('a folder for another namespace is refused before anything of it is applied', async () => {
  const program = join(tempDir(), 'kubectl');
  writeFileSync(program, '#!/bin/sh\necho "{kind: Secret, metadata: {name: a, namespace: b}}"\n', { mode: 0o755 });
  const client = new Client({ program, namespace: 'a', signal: new AbortController().signal });
  await expect(objectsOf(client, 'dist')).rejects.toThrow(/dist: renders for namespace b, but --namespace is a/);
});

test('many requests at once cause no warning of too many listeners', () => {
  const script = `const { Client } = require('./lib/src/companion/client.js');
    const { signal } = new AbortController();
    new Client({ program: 'kubectl', namespace: 'a', signal });
    for (let count = 0; count < 50; count += 1) signal.addEventListener('abort', () => {});`;
  expect(run(process.execPath, ['-e', script], { cwd: ROOT })).toMatchObject({ status: 0, stderr: '' });
});
