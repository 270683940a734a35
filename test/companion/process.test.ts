import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply } from '../../src/companion/apply';
import { cleanUp, inventory } from '../../src/companion/cleanup';
import { Client, Interrupted } from '../../src/companion/client';
import { kubectlProblem } from '../../src/companion/kubectl-problem';
import { runToEnd } from '../../src/companion/process';
import { tempDir } from '../support/render';

/** A script that waits for another program, as kubectl waits for a credential plugin. */
const NEVER_ENDS = 'sleep 300 & wait';

/** Seconds in which a script answers on a busy machine. */
const PATIENT = 3;

/** A client that runs a shell script as kubectl. */
function fakeKubectl(script: string, silence = PATIENT, signal = new AbortController().signal) {
  const folder = tempDir();
  const program = join(folder, 'kubectl');
  writeFileSync(program, `#!/bin/bash\ncd '${folder}'\necho "$1 $2" >>calls\n${script}\n`, { mode: 0o755 });
  const retried: string[] = [];
  const client = new Client({ program, namespace: 'a', signal, silence, retrying: (message) => retried.push(message) });
  return { client, program, retried };
}

const NOTHING_SAID = /^kubectl: printed nothing for 0\.3 s and was ended: \S+kubectl get virtualmachines.* -n a/;

describe('a kubectl that never ends', () => {
  test('is ended, retried twice, and reported with its command', async () => {
    const { client, retried } = fakeKubectl(NEVER_ENDS, 0.3);
    await expect(client.list('virtualmachines')).rejects.toThrow(NOTHING_SAID);
    expect(retried).toEqual(Array(3).fill('kubectl printed nothing for 0.3 s'));
  }, 30_000);

  test('is reported with its output', async () => {
    const { client } = fakeKubectl(`echo 'open https://login.example in your browser' >&2; ${NEVER_ENDS}`, 1);
    await expect(client.list('virtualmachines')).rejects.toThrow(/; before that: open https:\/\/login\.example in your browser/);
  }, 30_000);

  test('if only the first call hangs, apply and the lists continue', async () => {
    const once = `[ -e hung ] || { touch hung; ${NEVER_ENDS}; }`;
    const applied = fakeKubectl(`${once}; echo secret/a`);
    expect(await apply(applied.client, [{ kind: 'Secret', metadata: { name: 'a' } }], () => {})).toMatchObject({ refused: [] });
    expect(applied.retried).toHaveLength(1);
    expect((await inventory(fakeKubectl(`${once}; echo '{"items": []}'`).client, 'a=b')).objects).toEqual([]);
  }, 30_000);

  test('cleanup reports the kind that could not be deleted, and deletes the others', async () => {
    const { client, program } = fakeKubectl(`
case "$1 $2" in
  'delete services') ${NEVER_ENDS} ;;
  delete*) touch "$2.deleted" ;;
  'get services') echo '{"items": [{"kind": "Service", "metadata": {"name": "s"}}]}' ;;
  'get secrets') if [ -e secrets.deleted ]; then echo '{"items": []}'; else echo '{"items": [{"kind": "Secret", "metadata": {"name": "t"}}]}'; fi ;;
  *) echo '{"items": []}' ;;
esac`);
    const found = await inventory(client, 'a=b');
    const props = { client, selector: 'a=b', found, timeout: 20, report: () => {}, progress: () => {} };
    const { deleted, left, problems } = await cleanUp(props);
    expect(problems).toEqual([
      {
        where: 'kubectl',
        message: expect.stringContaining(`printed nothing for ${PATIENT} s and was ended: ${program} delete services -l a=b`),
        hint: expect.stringContaining('run this command yourself'),
        cause: 'silent',
        transient: true,
      },
    ]);
    expect({ deleted: deleted.map(({ kind }) => kind), left: left.map(({ object }) => object.kind) }).toEqual({
      deleted: ['Secret'],
      left: ['Service'],
    });
  }, 30_000);

  test('is ended by an interrupt', async () => {
    const interrupt = new AbortController();
    const { client } = fakeKubectl(NEVER_ENDS, 60, interrupt.signal);
    const asked = client.list('virtualmachines');
    setTimeout(() => interrupt.abort(), 100);
    await expect(asked).rejects.toThrow(Interrupted);
  }, 30_000);
});

test.each([
  ['ignores SIGTERM', "trap '' TERM; while :; do sleep 1; done"],
  ['is stopped', 'kill -STOP $$'],
])(
  'a kubectl that %s is killed',
  async (_, script) => {
    const props = { input: '', heard: () => {}, signal: new AbortController().signal, silence: 300 };
    expect(await runToEnd({ ...props, command: ['bash', '-c', script] })).toMatchObject({ code: null, silent: true });
  },
  30_000,
);

test('a kubectl that prints something from time to time has no time limit', async () => {
  const script = 'for i in 1 2 3 4 5; do echo $i; sleep 0.3; done';
  const props = { input: '', heard: () => {}, signal: new AbortController().signal, silence: 3000 };
  expect(await runToEnd({ ...props, command: ['bash', '-c', script] })).toMatchObject({
    code: 0,
    silent: false,
    stdout: '1\n2\n3\n4\n5\n',
  });
});

test('standard error alone does not count as progress without a limit', async () => {
  const script = 'while :; do echo again >&2; sleep 0.1; done';
  const props = { input: '', heard: () => {}, signal: new AbortController().signal, silence: 300 };
  expect(await runToEnd({ ...props, command: ['bash', '-c', script] })).toMatchObject({ silent: true });
}, 30_000);

test('does not wait for a child process that keeps the pipes open', async () => {
  const script = 'setsid sleep 20 & echo $!';
  const props = { input: '', heard: () => {}, signal: new AbortController().signal, silence: 60_000 };
  const { code, stdout } = await runToEnd({ ...props, command: ['bash', '-c', script] });
  expect(code).toBe(0);
  // The child process still runs. End it.
  expect(process.kill(Number(stdout), 'SIGKILL')).toBe(true);
}, 30_000);

test('objects that finalizers hold do not count as progress while others fail: cleanup ends', async () => {
  const { client, retried } = fakeKubectl(`
case "$1 $2" in
  'delete services')
    echo service/held
    if [ "$(grep -c delete calls)" = 3 ]; then echo 'Error from server (Forbidden): services is forbidden' >&2; else echo 'Internal error occurred: x' >&2; fi
    exit 1 ;;
  'get services') echo '{"items": [{"kind": "Service", "metadata": {"name": "held", "deletionTimestamp": "x", "finalizers": ["f"]}}]}' ;;
  *) echo '{"items": []}' ;;
esac`);
  const found = await inventory(client, 'a=b');
  const props = { client, selector: 'a=b', found, timeout: 0, report: () => {}, progress: () => {} };
  const { problems } = await cleanUp(props);
  // The first call had named an object that was new; the second had not, and was tried again after a pause.
  expect({ retried, says: problems.map(({ message }) => message) }).toEqual({
    retried: ['Internal error occurred: x'],
    says: [expect.stringContaining('forbidden')],
  });
});

describe('a program with endless output', () => {
  const props = { input: '', signal: new AbortController().signal, silence: 30_000, most: 1 << 20 };

  test.each([
    ['lines', 'exec yes'],
    ['one line', "exec tr '\\0' x </dev/zero"],
  ])(
    'is ended: %s',
    async (_, script) => {
      const ended = await runToEnd({ ...props, command: ['bash', '-c', script], heard: () => {} });
      expect(ended).toMatchObject({ endless: true, silent: false });
      expect(ended.stdout.length).toBeLessThan(2 << 20);
    },
    60_000,
  );

  test('lines are complete, independent of the chunks of the output', async () => {
    const heard: string[] = [];
    const script = 'printf a; sleep 0.1; printf "b\\n\\nc"; sleep 0.1; printf "d\\ne"';
    await runToEnd({ ...props, command: ['bash', '-c', script], heard: (line) => heard.push(line) });
    expect(heard).toEqual(['ab', '', 'cd']);
  }, 60_000);

  test('long standard error is shortened, and in time', () => {
    const long = 'namespace from the provided object stat localhost:8080 '.repeat(300_000);
    const started = Date.now();
    expect(kubectlProblem(long).message.length).toBeLessThan(20_000);
    expect(Date.now() - started).toBeLessThan(4000);
  });
});
