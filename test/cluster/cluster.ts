import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { KubeObject } from '../../src/companion/objects';
import { KINDS, type Kind, resourceOf } from '../../src/kubernetes/kinds';
import { eventually as tryUntil } from '../support/eventually';
import { ROOT, tempDir } from '../support/render';
import { type Ended, ended, run, start } from '../support/run';

const PROGRAM = join(ROOT, 'lib/virtwork.cjs');

/** Time limit in seconds for a call of the built program. It is less than Jest's own limit, so that the error shows the output. */
const PATIENCE = 9 * 60;

/** A folder and a namespace for one test. */
export class Place {
  readonly cwd = tempDir();
  readonly namespace = `test-${randomBytes(4).toString('hex')}`;

  /** Runs the built program in this folder as from a shell. */
  virtwork(args: string, env: NodeJS.ProcessEnv = {}, seconds = PATIENCE): Promise<Ended> {
    return ended(this.start(args, env, seconds + 10), seconds);
  }

  /** Starts the built program without waiting for its end. */
  start(args: string, env: NodeJS.ProcessEnv = {}, seconds = PATIENCE): ChildProcess {
    const [program = '', ...words] = this.command(args);
    return start(program, words, { cwd: this.cwd, env: { ...process.env, ...env } }, seconds);
  }

  /** The command line of the built program, as a user types it. An experiment has a namespace of its own. */
  command(args: string): string[] {
    const namespace = args.startsWith('experiment ') ? [] : ['--namespace', this.namespace];
    return [process.execPath, PROGRAM, ...args.split(' '), ...namespace];
  }

  /** @throws Error when kubectl fails */
  kubectl(args: string, input = ''): string {
    const { status, stdout, stderr } = tryKubectl([...args.split(' '), '-n', this.namespace], input, this.cwd);
    if (status !== 0) throw new Error(`kubectl ${args}: ${stderr}${stdout}`);
    return stdout;
  }

  create(): void {
    this.kubectl(`create namespace ${this.namespace}`);
  }

  list(resources: string, ...filter: string[]): KubeObject[] {
    return (JSON.parse(this.kubectl(['get', resources, '-o', 'json', ...filter].join(' '))) as { items: KubeObject[] }).items;
  }

  /** The VMs whose launcher pods have an address, by that address. */
  vmsByAddress(): Map<string, string> {
    const pods = this.list('pods', '-l', 'kubevirt.io=virt-launcher') as (KubeObject & { status?: { podIP?: string } })[];
    return new Map(pods.map(({ metadata, status }) => [status?.podIP ?? '', metadata.labels?.['vm.kubevirt.io/name'] ?? '']));
  }

  /** All objects in the namespace with a label of virtwork. */
  labelled(label = 'managed-by=virtwork'): string[] {
    return this.list(
      resources(({ cluster }) => !cluster),
      '-l',
      label,
    ).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  }

  /** All cluster-scoped objects that belong to the namespace. */
  outside(): string[] {
    const label = `virtwork/namespace=${this.namespace}`;
    return this.list(
      resources(({ cluster }) => cluster),
      '-l',
      label,
    ).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
  }

  /** Creates a quota, and waits until its controller has counted: until then it rejects everything. */
  async quota(name: string, hard: string): Promise<void> {
    this.kubectl(`create quota ${name} --hard=${hard}`);
    await eventually(() =>
      expect(this.list('resourcequotas')).toEqual([
        expect.objectContaining({ status: expect.objectContaining({ used: expect.anything() }) }),
      ]),
    );
  }

  /** Expects that applying a folder again would change nothing. A controller may write a status between the two objects that kubectl compares. */
  expectApplied(folder = 'dist'): Promise<void> {
    return eventually(() => expect(this.kubectl(`diff --server-side -k ${folder}`)).toBe(''));
  }

  /** Deletes by label, with the commands of the README. */
  deleteTyped(): void {
    this.kubectl(`delete ${typed(({ cluster }) => !cluster)} -l managed-by=virtwork --wait=false`);
    this.kubectl(`delete ${typed(({ cluster }) => cluster)} -l managed-by=virtwork,virtwork/namespace=${this.namespace} --wait=false`);
  }

  remove(): void {
    tryKubectl(['delete', 'namespace', this.namespace, '--wait=false', '--ignore-not-found'], '', this.cwd);
  }
}

/** Kinds of virtwork as an argument of kubectl. */
export function resources(isWanted: (kind: Kind) => boolean | undefined): string {
  return KINDS.filter(isWanted).map(resourceOf).join();
}

/** The same kinds, with the short names that users type. */
function typed(isWanted: (kind: Kind) => boolean | undefined): string {
  return KINDS.filter(isWanted)
    .map(({ short }) => short)
    .join();
}

/** A place for the tests of a file. */
export function place(): Place {
  const here = new Place();
  afterAll(() => here.remove());
  return here;
}

function tryKubectl(args: readonly string[], input: string, cwd: string): Ended {
  return run('kubectl', args, { cwd, input });
}

/**
 * Sets what the simulated parts of the test bed do with guests, migrations and data volumes from now on; see README.md.
 * Each worker of Jest has a key of its own, so that files that run at the same time do not overwrite the rules of each other.
 */
export function rules(...list: readonly { readonly match: string; readonly [key: string]: string }[]): void {
  const key = `rules-${process.env.JEST_WORKER_ID ?? '1'}`;
  const patch = JSON.stringify({ data: { [key]: JSON.stringify(list) } });
  const { status, stderr } = tryKubectl(['-n', 'kubevirt', 'patch', 'configmap', 'bed', '--type', 'merge', '--patch', patch], '', ROOT);
  if (status !== 0) throw new Error(stderr);
}

/** Tests with simulated errors, which need the test bed. */
export const inBed: jest.It = process.env.TEST_BED ? test : (test.skip as unknown as jest.It);

/** The same for tests that wait more than they compute. All of a file start with its first test. */
export const inBedAtOnce: jest.It = process.env.TEST_BED ? test.concurrent : (test.concurrent.skip as unknown as jest.It);

/** Tests that answer at the addresses of pods, which need the network of the test bed. */
export const inNetwork: jest.It = process.env.TEST_NETWORK ? test : (test.skip as unknown as jest.It);

/** The kubeconfig of one of the users of the test bed. */
export function kubeconfigOf(user: 'nobody' | 'expired'): string {
  return join(process.env.TEST_BED as string, `kubeconfig.${user}`);
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string } }];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

/** The address of the API server, and the token of the user. */
export function apiServer(): { readonly server: string; readonly token: string } {
  const { clusters, users } = load(readFileSync(process.env.KUBECONFIG as string, 'utf8')) as Kubeconfig;
  return { server: clusters[0].cluster.server, token: users[0].user.token };
}

/** A kubeconfig for a server that needs no credentials. */
export function kubeconfigFor(server: string): string {
  const file = join(tempDir(), 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'proxy', cluster: { server } }],
    users: [{ name: 'me', user: {} }],
    contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'me' } }],
    'current-context': 'proxy',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** Retries a check. The default limit in seconds is enough for a cluster. */
export function eventually(check: () => unknown | Promise<unknown>, seconds = 90): Promise<void> {
  return tryUntil(check, seconds);
}

/** First column of the table under a heading of docs/validation.md. */
export function documented(heading: string): string[] {
  const [, after = ''] = readFileSync(join(ROOT, 'docs/validation.md'), 'utf8').split(`## ${heading}\n`);
  const [table = ''] = after.split('\n## ');
  return [...table.matchAll(/^\| (.+?) \|/gm)].map(([, cell = '']) => cell.replaceAll('`', '')).slice(1);
}
