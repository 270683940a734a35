import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientProps } from '../../src/companion/client';
import type { KubeObject } from '../../src/companion/objects';
import { ALL_KINDS, FakeKubectl, instanceOf, type Scenario } from './fake-kubectl';
import { PROGRAM } from './program';
import { tempDir } from './render';
import { type Ended, ended, start } from './run';

/**
 * Passes its arguments to the test, which answers instead of kubectl. A separate program that loads the scenario would take most of the
 * time of each test. So would programs that this script starts, because a test has hundreds of calls: short answers need none, and for other
 * plain ones `cat` takes the place of the shell. The lengths of standard input and output are in bytes.
 */
const SCRIPT = `#!/bin/bash
LC_ALL=C
exec 3<>/dev/tcp/127.0.0.1/PORT || exit 1
input=
[ "$1" = apply ] && input=$(cat)
{ printf '%s\\0' "$PWD" "\${#input}" "$#" "$@"; printf %s "$input"; } >&3
read -r code length kind <&3
if [ "$kind" = plain ] && [ "$length" -le 512 ]; then
  IFS= read -r -N "$length" text <&3
  printf %s "$text"
  exit "$code"
fi
[ "$kind" != both ] && [ "$code" = 0 ] && exec cat <&3
head -c "$length" <&3
cat <&3 >&2
exit "$code"
`;

/** A cluster behind a fake kubectl. */
export class FakeCluster {
  /** The working directory of virtwork. */
  readonly cwd = tempDir();
  readonly program = join(tempDir(), 'kubectl');

  constructor(
    private readonly kubectl: FakeKubectl,
    port: number,
  ) {
    writeFileSync(this.program, SCRIPT.replace('PORT', String(port)), { mode: 0o755 });
  }

  /** The built program, for the namespace `ns`. */
  virtwork(args: string): Promise<Ended> {
    return ended(this.start(args), 60);
  }

  /** Starts the built program without waiting for its end. */
  start(args: string): ChildProcess {
    const [program = '', ...words] = this.command(args);
    return start(program, words, { ...this.options, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** An experiment has a namespace of its own. */
  command(args: string): string[] {
    const namespace = args.startsWith('experiment ') ? [] : ['--namespace', 'ns'];
    return [process.execPath, PROGRAM, ...args.split(' '), ...namespace];
  }

  /** The working directory and the environment of the program. */
  get options() {
    return { cwd: this.cwd, env: { PATH: process.env.PATH, HOME: this.cwd, KUBECTL: this.program } };
  }

  /** Sends a signal when kubectl is called with these first arguments. */
  async interrupted(args: string, call: string, signal: NodeJS.Signals): Promise<Ended> {
    const child = this.start(args);
    const end = ended(child, 60);
    await Promise.race([this.called(call), end]);
    child.kill(signal);
    return end;
  }

  /** Waits until kubectl is called with these first arguments. */
  async called(call: string): Promise<void> {
    while (!this.calls.some((each) => each.startsWith(call))) await sleep(20, undefined, { ref: false });
  }

  /** A client for the namespace `ns`. */
  client(props: Partial<ClientProps> = {}): Client {
    return new Client({ program: this.program, namespace: 'ns', signal: new AbortController().signal, ...props });
  }

  /** The arguments of each call of kubectl. */
  get calls(): readonly string[] {
    return this.kubectl.calls;
  }

  /** The objects that are on the cluster now, as `KIND/NAME`. */
  get objects(): string[] {
    return this.kubectl.objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  }

  find(kind: string, name: string): KubeObject | undefined {
    return this.kubectl.objects.find((object) => object.kind === kind && object.metadata.name === name);
  }

  /** Writes a Kustomize folder into the working directory. */
  folderOf(name: string, objects: readonly KubeObject[]): void {
    mkdirSync(join(this.cwd, name));
    writeFileSync(join(this.cwd, name, 'kustomization.yaml'), 'resources:\n  - all.yaml\n');
    writeFileSync(join(this.cwd, name, 'all.yaml'), objects.map((object) => `${JSON.stringify(object)}\n`).join('---\n'));
  }
}

// Each test starts several processes.
jest.setTimeout(60_000);
const servers: Server[] = [];
const sockets: Socket[] = [];

afterAll(() => {
  for (const server of servers) server.close();
  for (const socket of sockets) socket.destroy();
});

/** Starts a cluster for the rest of the test file. */
export async function fakeCluster(scenario: Scenario = {}): Promise<FakeCluster> {
  const kubectl = new FakeKubectl(scenario);
  const server = createServer((socket) => serve(socket, kubectl));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  servers.push(server);
  return new FakeCluster(kubectl, (server.address() as AddressInfo).port);
}

function serve(socket: Socket, kubectl: FakeKubectl): void {
  let received = Buffer.alloc(0);
  let isAnswered = false;
  // The client may be killed at any time.
  socket.on('error', () => {});
  sockets.push(socket);
  socket.on('data', (piece) => {
    received = Buffer.concat([received, piece]);
    const call = callIn(received);
    if (!call || isAnswered) return;
    isAnswered = true;
    const answer = kubectl.answer(call.args, call.input, call.cwd);
    if (!answer) return;
    const kind = answer.serves ? 'serves' : answer.stderr === '' ? 'plain' : 'both';
    socket.write(`${answer.code} ${Buffer.byteLength(answer.stdout)} ${kind}\n${answer.stdout}${answer.stderr}`);
    if (!answer.serves) socket.end();
  });
}

/** @returns undefined while a part is missing */
function callIn(received: Buffer): { readonly cwd: string; readonly args: readonly string[]; readonly input: string } | undefined {
  const [cwd = '', length, count, ...rest] = received.toString('latin1').split('\0');
  if (rest.length <= Number(count ?? Number.NaN) - 1 || count === undefined) return undefined;
  const args = rest.slice(0, Number(count));
  const head = [cwd, length, count, ...args].join('\0').length + 1;
  if (received.length < head + Number(length)) return undefined;
  return { cwd, args, input: received.toString('utf8', head) };
}

const RUN = '11111111-1111-4111-8111-111111111111';

/** An object of virtwork in the namespace `ns`. */
export function own(kind: string, name: string, more: Partial<KubeObject['metadata']> = {}, spec?: object): KubeObject {
  const row = ALL_KINDS.find((each) => each.kind === kind);
  const { labels = {}, ...metadata } = more;
  return {
    apiVersion: row?.apiVersion ?? 'v1',
    kind,
    metadata: {
      name,
      ...(kind === 'Namespace' || row?.cluster ? {} : { namespace: 'ns' }),
      uid: `uid-${kind}-${name}`,
      labels: { 'managed-by': 'virtwork', 'virtwork/run-id': RUN, 'virtwork/workload': 'cpu', ...labels },
      ...metadata,
    },
    ...(spec ? { spec } : {}),
  };
}

/** A VM of virtwork with its instance. */
export function vm(name: string, { ready = true } = {}): KubeObject[] {
  const machine = own('VirtualMachine', name, {}, { runStrategy: 'Always', template: { spec: {} } });
  return [machine, ...instanceOf(machine, ready)];
}
