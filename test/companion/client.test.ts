import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply, objectsOf } from '../../src/companion/apply';
import { inventory } from '../../src/companion/cleanup';
import { Client, Interrupted, KubectlError } from '../../src/companion/client';
import { checkExperiment } from '../../src/companion/experiment/check';
import { fakeCluster, own, vm } from '../support/fake-cluster';
import { ALL_KINDS, REFUSED, UNAUTHORIZED } from '../support/fake-kubectl';
import { ROOT, tempDir } from '../support/render';
import { run } from '../support/run';

const UNKNOWN = 'error: the server doesn\'t have a resource type "virtualmachines"';

/** A client whose program is a shell script. */
function scripted(script: string, mode = 0o755): Client {
  const program = join(tempDir(), 'kubectl');
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode });
  return new Client({ program, namespace: 'a', signal: new AbortController().signal });
}

test('a kind that kubectl did not find, though the server has its group, is listed again', async () => {
  const cluster = await fakeCluster({ objects: vm('a'), faults: [{ call: '^get virtualmachines', error: UNKNOWN, times: 1 }] });
  expect((await inventory(cluster.client(), 'virtwork/run-id')).objects.map(({ metadata }) => metadata.name)).toEqual(['a']);
  expect(cluster.calls.filter((call) => call.startsWith('get virtualmachines.'))).toHaveLength(2);
});

test('a kind whose group the server does not have has no objects, and is listed once', async () => {
  const cluster = await fakeCluster({ kinds: ALL_KINDS.filter(({ apiVersion }) => !apiVersion.includes('kubevirt')) });
  expect((await inventory(cluster.client(), 'virtwork/run-id')).objects).toEqual([]);
  expect(cluster.calls.filter((call) => call.startsWith('get virtualmachines.'))).toHaveLength(1);
});

test('an error keeps its cause, and is a problem for the user', async () => {
  const client = (await fakeCluster({ faults: [{ call: '^get', error: UNAUTHORIZED }] })).client();
  const error = await client.list('secrets').catch((thrown) => thrown);
  expect(error).toBeInstanceOf(KubectlError);
  expect(error.problems).toEqual([
    {
      where: 'kubectl',
      message: UNAUTHORIZED,
      hint: 'log in again: the credentials are wrong or have expired',
      cause: 'unauthorized',
      transient: false,
    },
  ]);
});

test('a transient error is retried, and reported when it persists', async () => {
  const retried: string[] = [];
  const cluster = await fakeCluster({ faults: [{ call: '^get', error: REFUSED }] });
  const client = cluster.client({ retries: 1, retrying: (why) => retried.push(why) });
  await expect(client.list('secrets')).rejects.toMatchObject({ problem: { cause: 'unreachable', message: REFUSED } });
  expect({ calls: cluster.calls.length, retried: retried.length }).toEqual({ calls: 2, retried: 2 });
});

test('kinds that may not be listed are reported next to the objects of the others', async () => {
  const cluster = await fakeCluster({ objects: [own('Secret', 'a')], forbidden: ['services'] });
  const { objects, hidden } = await cluster.client().listKinds(['secrets', 'services']);
  expect({ objects: objects.length, hidden }).toEqual({ objects: 1, hidden: ['services'] });
});

test('the cluster is the one of the kubeconfig, or of the context', async () => {
  const cluster = await fakeCluster();
  expect(await cluster.client().cluster()).toEqual({ context: 'lab', server: 'https://127.0.0.1:6443' });
  expect(await cluster.client({ context: 'prod', kubeconfig: '/k' }).cluster()).toMatchObject({ context: 'prod' });
  expect(cluster.calls[1]).toBe('config view --minify -o json --kubeconfig /k --context prod -n ns --request-timeout=30s');
});

test('an interrupt ends a call, and no other call starts', async () => {
  const interrupt = new AbortController();
  const cluster = await fakeCluster({ faults: [{ call: '^get', hang: true }] });
  const client = cluster.client({ signal: interrupt.signal });
  const listed = client.list('secrets');
  listed.catch(() => {});
  await cluster.called('get');
  interrupt.abort();
  await expect(listed).rejects.toThrow(Interrupted);
  await expect(client.list('secrets')).rejects.toThrow(Interrupted);
  await expect(client.pause(1)).rejects.toThrow(Interrupted);
  expect(cluster.calls).toHaveLength(1);
});

test('a program that is not kubectl is reported, also where it succeeds', async () => {
  const client = scripted('echo hello');
  const says = /must answer as kubectl does, got "hello"/;
  await expect(inventory(client, 'a=b')).rejects.toThrow(says);
  await expect(objectsOf(client, 'dist')).rejects.toThrow(says);
  const check = { groups: [], objectsOf: () => Promise.resolve([]) };
  await expect(checkExperiment({ client, ...check })).rejects.toThrow(says);
  await expect(checkExperiment({ client: scripted('echo "{}"'), ...check })).rejects.toThrow(/must answer as kubectl does, got "{}"/);
  await expect(apply(client, [{ kind: 'Secret', metadata: { name: 'a' } }], () => {})).rejects.toThrow(/got nothing/);
});

test('a program that is missing or not executable is reported as such', async () => {
  await expect(inventory(scripted('', 0o644), 'a=b')).rejects.toThrow(/kubectl, which is not executable/);
  const client = new Client({ program: 'no-such-client', namespace: 'a', signal: new AbortController().signal });
  await expect(inventory(client, 'a=b')).rejects.toThrow(/needs no-such-client, which is not on the PATH/);
});

test('a script instead of kubectl may exit with 127 itself', async () => {
  const client = scripted('echo "kubectl: line 2: helper: not found" >&2; exit 127');
  await expect(client.list('secrets')).rejects.toThrow('kubectl: line 2: helper: not found');
});

test('a folder for another namespace is rejected before any object is applied', async () => {
  const client = scripted('echo "{kind: Secret, metadata: {name: a, namespace: b}}"');
  await expect(objectsOf(client, 'dist')).rejects.toThrow(/dist: renders for namespace b, but --namespace is a/);
});

test('many calls at the same time cause no warning of too many listeners', () => {
  const script = `const { Client } = require('./lib/src/companion/client.js');
    const { signal } = new AbortController();
    new Client({ program: 'kubectl', namespace: 'a', signal });
    for (let count = 0; count < 50; count += 1) signal.addEventListener('abort', () => {});`;
  expect(run(process.execPath, ['-e', script], { cwd: ROOT })).toMatchObject({ status: 0, stderr: '' });
});

describe('a server', () => {
  const LISTENS = /^listening on (\d+)$/;

  test('runs while the work does, and ends with it', async () => {
    const pid = join(tempDir(), 'pid');
    const client = scripted(`echo $$ >${pid}; echo listening on 7; exec sleep 60`);
    expect(await client.serving(['proxy'], LISTENS, async ([, port]) => `asked ${port}`)).toBe('asked 7');
    expect(existsSync(`/proc/${readFileSync(pid, 'utf8').trim()}`)).toBe(false);
  });

  test('an error of the work is thrown, and the server ends', async () => {
    const pid = join(tempDir(), 'pid');
    const client = scripted(`echo $$ >${pid}; echo listening on 7; exec sleep 60`);
    await expect(client.serving(['proxy'], LISTENS, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    expect(existsSync(`/proc/${readFileSync(pid, 'utf8').trim()}`)).toBe(false);
  });

  test('that ends before it listens is an error', async () => {
    const client = scripted('echo "Error from server (Forbidden): no" >&2; exit 1');
    const error = await client.serving(['proxy'], LISTENS, async () => 'never').catch((thrown) => thrown);
    expect(error).toBeInstanceOf(KubectlError);
    expect(error.problem).toMatchObject({ cause: 'forbidden' });
  });

  test('that ends during the work is reported to the work', async () => {
    const client = scripted('echo listening on 7; sleep 0.2');
    const ended = await client.serving(
      ['proxy'],
      LISTENS,
      (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('ended early'))),
    );
    expect(ended).toBe('ended early');
  });

  test('an interrupt during the work', async () => {
    const program = join(tempDir(), 'kubectl');
    writeFileSync(program, '#!/bin/sh\necho listening on 7\nexec sleep 60\n', { mode: 0o755 });
    const controller = new AbortController();
    const client = new Client({ program, namespace: 'a', signal: controller.signal });
    const work = client.serving(['proxy'], LISTENS, async (_, signal) => {
      controller.abort();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    });
    await expect(work).rejects.toBeInstanceOf(Interrupted);
  });
});
