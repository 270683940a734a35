import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Credential, Migrator } from '../support/migrator';
import { ROOT, tempDir } from '../support/render';
import { outputOf, run } from '../support/run';
import { GUEST_LIB } from '../support/stub-root';
import { needs } from '../support/tools';

/** Tests the loop with a fake API server, whose answers each test sets. test/cluster/ tests it with a real API server. */
type Answer = { readonly status: number; readonly body: unknown };
type Say = (request: { readonly method: string; readonly url: URL; readonly body: string }) => Answer;

const CREDENTIAL: Credential = { token: 'the-token', 'ca.crt': '', namespace: 'ns' };

class FakeApi {
  readonly requests: { readonly method: string; readonly url: URL; readonly body: string; readonly token: string | undefined }[] = [];
  private server: Server | undefined;

  constructor(public say: Say) {}

  async start(): Promise<string> {
    const server = createServer((request, response) => void this.answer(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve) ?? resolve(undefined));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const asked = {
      method: request.method as string,
      url: new URL(request.url as string, 'http://api'),
      body: String(Buffer.concat(chunks)),
    };
    this.requests.push({ ...asked, token: request.headers.authorization });
    const { status, body } = this.say(asked);
    response.writeHead(status);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }
}

function node(name: string, ready = 'True', unschedulable = false) {
  return { metadata: { name }, spec: { unschedulable }, status: { conditions: [{ type: 'Ready', status: ready }] } };
}

function vmi(name: string, status: object = {}) {
  return { metadata: { name }, status: { phase: 'Running', conditions: [{ type: 'LiveMigratable', status: 'True' }], ...status } };
}

function list(items: readonly object[], next = ''): Answer {
  return { status: 200, body: { metadata: { continue: next }, items } };
}

const fault = (status: number, message: string): Answer => ({ status, body: { kind: 'Status', message } });

interface Cluster {
  readonly nodes?: Answer;
  readonly vmis?: Answer;
  readonly created?: Answer;
  readonly migration?: () => Answer;
}

/** A cluster where all requests succeed, except for the given answers. */
function cluster({ nodes, vmis, created, migration }: Cluster = {}): Say {
  return ({ method, url }) => {
    if (url.pathname === '/api/v1/nodes') return nodes ?? list([node('a'), node('b')]);
    if (url.pathname.endsWith('/virtualmachineinstances')) return vmis ?? list([vmi('virtwork-cpu-0')]);
    if (method === 'POST') return created ?? { status: 201, body: { metadata: { name: 'm-1' } } };
    return migration?.() ?? moved('Succeeded');
  };
}

function moved(phase: string, state: object = { sourceNode: 'a', targetNode: 'b' }): Answer {
  return { status: 200, body: { status: { phase, migrationState: state } } };
}

const running: { end(): Promise<void> }[] = [];

async function migrator(say: Say, env: { readonly [name: string]: string } = {}): Promise<{ api: FakeApi; loop: Migrator }> {
  const api = new FakeApi(say);
  const loop = new Migrator(await api.start(), CREDENTIAL, env);
  running.push(loop, { end: () => api.stop() });
  return { api, loop };
}

afterEach(async () => {
  for (const each of running.splice(0)) await each.end();
});

jest.setTimeout(60_000);
const curl = needs('curl', '/usr/bin/python3');

describe('the loop of chaos-migration, with a fake API server', () => {
  curl('migrates, waits, and prints VM, result and duration in one line', async () => {
    const { api, loop } = await migrator(cluster());
    const lines = await loop.says(/^migration of/, 2);
    expect(lines[0]).toMatch(/^migration of virtwork-cpu-0: succeeded in \d+ s \(a to b\)$/);
    expect(loop.said[0]).toMatch(/^migrating a VM of namespace ns every 0 to 0 s through http:/);
    expect(new Set(api.requests.map(({ token }) => token))).toEqual(new Set(['Bearer the-token']));
    const [{ url, body } = { url: new URL('http://none'), body: '{}' }] = api.requests.filter(({ method }) => method === 'POST');
    expect(url.pathname).toBe('/apis/kubevirt.io/v1/namespaces/ns/virtualmachineinstancemigrations');
    const own = { 'managed-by': 'virtwork', 'virtwork/run-id': expect.any(String), 'virtwork/workload': 'chaos-migration' };
    expect(JSON.parse(body)).toMatchObject({
      kind: 'VirtualMachineInstanceMigration',
      metadata: { generateName: 'virtwork-chaos-migration-', labels: own },
      spec: { vmiName: 'virtwork-cpu-0' },
    });
  });

  curl('selects VMs of virtwork that match the params, but never a VM of chaos-migration', async () => {
    const { api, loop } = await migrator(cluster(), {
      PARAM_MIGRATION_TARGET_LABELS: 'team=storage;!spare',
      PARAM_MIGRATION_EXCLUDE_COMPONENTS: 'database;tps',
    });
    await loop.says(/^migration of/);
    const selectors = api.requests
      .filter(({ url }) => url.pathname.endsWith('instances'))
      .map(({ url }) => url.searchParams.get('labelSelector'));
    expect(selectors[0]).toBe('virtwork/workload,virtwork/workload notin (chaos-migration,database,tps),team=storage,!spare');
  });

  curl('leaves out VMs that cannot migrate, are being deleted, or are migrating', async () => {
    const others = [
      { ...vmi(outputOf('uname', ['-n']).trim()) },
      vmi('stuck', { conditions: [{ type: 'LiveMigratable', status: 'False' }] }),
      vmi('starting', { phase: 'Scheduled' }),
      vmi('moving', { migrationState: { startTimestamp: 'x' } }),
      { ...vmi('going'), metadata: { name: 'going', deletionTimestamp: 'x' } },
    ];
    const { loop } = await migrator(
      cluster({ vmis: list([...others, vmi('moved', { migrationState: { startTimestamp: 'x', endTimestamp: 'y' } })]) }),
      {
        PARAM_MIGRATION_DRY_RUN: 'true',
      },
    );
    expect((await loop.says(/^dry run/))[0]).toMatch(/would migrate moved, one of 1; next in 0 s/);
    const { loop: idle } = await migrator(cluster({ vmis: list(others) }));
    await idle.says(/^no running VM can be migrated; waiting$/, 2);
  });

  curl('reads every page of a list', async () => {
    const say = cluster();
    const { loop } = await migrator(
      (request) => {
        if (!request.url.pathname.endsWith('instances')) return say(request);
        return request.url.searchParams.get('continue') === 'next/+==' ? list([vmi('b')]) : list([vmi('a')], 'next/+==');
      },
      { PARAM_MIGRATION_DRY_RUN: 'true' },
    );
    expect((await loop.says(/^dry run/))[0]).toContain('one of 2;');
  });

  curl('a dry run creates nothing', async () => {
    const { api, loop } = await migrator(cluster(), { PARAM_MIGRATION_DRY_RUN: 'true' });
    await loop.says(/^dry run: would migrate virtwork-cpu-0/, 2);
    expect(api.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(loop.metrics).toContain('virtwork_chaos_migration_started_total 0\n');
  });

  curl.each([
    ['one node', [node('a')], 1],
    ['a second node that is cordoned', [node('a'), node('b', 'True', true)], 1],
    ['nodes that are not ready', [node('b', 'Unknown')], 0],
  ])('waits with %s', async (_, nodes, count) => {
    const { api, loop } = await migrator(cluster({ nodes: list(nodes) }));
    await loop.says(new RegExp(`^a migration needs two schedulable nodes, got ${count}; waiting$`), 2);
    expect(api.requests.some(({ method }) => method === 'POST')).toBe(false);
  });

  curl('no VM is a candidate anymore when a node is removed', async () => {
    const { api, loop } = await migrator(cluster(), { PARAM_MIGRATION_DRY_RUN: 'true' });
    await loop.says(/^dry run/, 2);
    expect(loop.metrics).toContain('virtwork_chaos_migration_candidates 1\n');
    api.say = cluster({ nodes: list([node('a')]) });
    await loop.says(/waiting$/, 2);
    expect(loop.metrics).toContain('virtwork_chaos_migration_candidates 0\n');
  });

  curl.each([
    ['failed', () => moved('Failed', { failureReason: 'no room' }), /^migration of virtwork-cpu-0: failed in \d+ s \(no room\)$/],
    ['gone', () => fault(404, 'not found'), /^migration of virtwork-cpu-0: failed in \d+ s \(it is gone\)$/],
    ['not started', () => moved('Pending', {}), /^migration of virtwork-cpu-0: timed out in [2-4] s$/],
    ['always running', () => moved('Running'), /^migration of virtwork-cpu-0: timed out in [2-4] s \(a to b\)$/],
  ])('reports a migration that is %s', async (_, migration, line) => {
    const { loop } = await migrator(cluster({ migration }), { PARAM_MIGRATION_TIMEOUT: '2' });
    await loop.says(line);
  });

  curl('a migration that times out is observed until it ends, and its VM is not a target before', async () => {
    let phase = 'Pending';
    const { api, loop } = await migrator(cluster({ migration: () => moved(phase, {}) }), { PARAM_MIGRATION_TIMEOUT: '1' });
    await loop.says(/^migration of virtwork-cpu-0: timed out/);
    await loop.says(/^no running VM can be migrated; waiting$/, 3);
    expect(api.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(loop.metrics).toContain('virtwork_chaos_migration_candidates 0\n');
    phase = 'Succeeded';
    await loop.says(/^migration of virtwork-cpu-0: succeeded/);
  });

  curl('with a timeout shorter than the poll interval, the migration is polled once', async () => {
    const { loop } = await migrator(cluster(), { PARAM_MIGRATION_TIMEOUT: '1', VIRTWORK_POLL: '2' });
    await loop.says(/^migration of virtwork-cpu-0: succeeded in [23] s/);
  });

  curl('a credential without a namespace ends the loop', async () => {
    const loop = new Migrator('http://127.0.0.1:9', { ...CREDENTIAL, namespace: '' });
    running.push(loop);
    expect(await loop.ended).toBe(1);
    expect(loop.said).toEqual(['the credential has no namespace']);
  });

  curl.each([400, 409, 422])('status %s rejects only this VM, and causes no back-off', async (status) => {
    const { loop } = await migrator(cluster({ created: fault(status, 'in-flight migration detected') }));
    await loop.says(/^migration of virtwork-cpu-0: refused in \d+ s \(in-flight migration detected\)$/, 2);
    expect(loop.metrics).toMatch(/finished_total\{result="refused"\} [1-9]/);
    expect(loop.metrics).not.toContain('api_errors_total');
  });

  curl('every invalid answer and error of the API server is reported and counted, and causes a back-off', async () => {
    const { api, loop } = await migrator(cluster());
    const answers: readonly (readonly [Answer, RegExp])[] = [
      [fault(401, 'Unauthorized'), / answered 401: Unauthorized; retrying in /],
      [
        fault(403, 'virtualmachineinstances.kubevirt.io is forbidden'),
        / answered 403: virtualmachineinstances\.kubevirt\.io is forbidden; retrying/,
      ],
      [
        { status: 429, body: 'Too many requests, please try again later.\n' },
        / answered 429: Too many requests, please try again later\.; retrying/,
      ],
      [{ status: 500, body: '' }, / answered 500: nothing; retrying/],
      [{ status: 200, body: '<html>not what you asked for</html>' }, / gave an invalid answer; retrying/],
      [{ status: 200, body: '\0\u0001[{"a":' }, / gave an invalid answer; retrying/],
      [list([node('$(reboot)')]), / gave an invalid answer; retrying/],
      [{ status: 200, body: [] }, / gave an invalid answer; retrying/],
      [{ status: 200, body: { metadata: {}, items: [null] } }, / gave an invalid answer; retrying/],
    ];
    for (const [nodes, line] of answers) {
      const before = loop.said.length;
      api.say = cluster({ nodes });
      await loop.says(line, 1 + loop.said.slice(0, before).filter((each) => line.test(each)).length);
    }
    for (const status of [200, 401, 403, 429, 500])
      expect(loop.metrics).toMatch(new RegExp(`^virtwork_chaos_migration_api_errors_total\\{status="${status}"\\} [1-9]`, 'm'));
    expect(loop.runs).toBe(true);
    const migrations = loop.said.filter((each) => each.startsWith('migration of')).length;
    api.say = cluster();
    await loop.says(/^migration of virtwork-cpu-0: succeeded/, migrations + 1);
  });

  curl('the back-off increases up to a limit, and is reset after an answer', async () => {
    const { api, loop } = await migrator(() => fault(429, 'slower'), { VIRTWORK_LONGEST_BACKOFF: '2' });
    const said = await loop.says(/retrying in/, 3);
    expect(said.map((each) => /retrying in (\d+) s$/.exec(each)?.[1])).toEqual(['1', '2', '2']);
    api.say = cluster();
    await loop.says(/^migration of virtwork-cpu-0: succeeded/);
    api.say = () => fault(429, 'slower');
    expect((await loop.says(/retrying in/, 4))[3]).toMatch(/retrying in 1 s$/);
  });

  curl('errors of all types of requests use the same back-off', async () => {
    const { loop } = await migrator(cluster({ vmis: fault(403, 'forbidden') }), { VIRTWORK_LONGEST_BACKOFF: '2' });
    expect((await loop.says(/retrying in 2 s$/))[0]).toContain('answered 403');
  });

  curl('continues when the API server fails during a migration and recovers', async () => {
    let asked = 0;
    const { loop } = await migrator(
      cluster({
        migration: () => {
          asked += 1;
          return asked < 3 ? fault(503, 'the server is currently unable') : moved('Succeeded');
        },
      }),
    );
    await loop.says(/answered 503: the server is currently unable; retrying in 1 s/);
    await loop.says(/^migration of virtwork-cpu-0: succeeded/);
  });

  curl('retries when no server answers', async () => {
    const api = new FakeApi(cluster());
    const server = await api.start();
    await api.stop();
    const loop = new Migrator(server, CREDENTIAL);
    running.push(loop);
    await loop.says(/cannot be reached: curl: \(7\) .*; retrying in 1 s$/, 2);
    expect(loop.metrics).toMatch(/api_errors_total\{status="000"\} [1-9]/);
  });

  curl('a maximum interval below the minimum is reported, and not retried', async () => {
    const loop = new Migrator('http://127.0.0.1:9', CREDENTIAL, { PARAM_MIGRATION_INTERVAL_MIN: '60', PARAM_MIGRATION_INTERVAL_MAX: '30' });
    running.push(loop);
    expect(await loop.ended).toBe(78);
    expect(loop.said).toEqual(['migration-interval-max (30) must not be below migration-interval-min (60)']);
  });

  needs(
    'promtool',
    'curl',
    '/usr/bin/python3',
  )('promtool finds nothing wrong with its metrics', async () => {
    const { api, loop } = await migrator(cluster());
    await loop.says(/^migration of/);
    api.say = () => fault(403, 'no');
    await loop.says(/answered 403/, 2);
    const { status, stdout, stderr } = run('promtool', ['check', 'metrics'], { input: loop.metrics });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(loop.metrics).toMatch(/^virtwork_chaos_migration_finished_total\{result="succeeded"\} [1-9]/m);
  });
});

describe('virtctl and kubectl', () => {
  const SCRIPT = join(ROOT, 'catalog/chaos-migration/files/usr/local/bin/virtwork-chaos-migration-tools');
  const PROGRAM = '#!/bin/sh\necho me\n';

  function fetched(env: { readonly [name: string]: string } = {}) {
    const dir = tempDir();
    const mirror = join(dir, 'mirror');
    mkdirSync(mirror);
    mkdirSync(join(dir, 'bin'));
    writeFileSync(join(mirror, 'virtctl-v1.7.0-linux-amd64'), PROGRAM);
    const own = {
      PATH: process.env.PATH,
      VIRTWORK_LIB_DIR: GUEST_LIB,
      VIRTWORK_BIN_DIR: join(dir, 'bin'),
      PARAM_DOWNLOAD_BASE_URL: `file://${mirror}/`,
      PARAM_VIRTCTL_VERSION: '',
      PARAM_KUBECTL_VERSION: '',
    };
    const { status, stdout, stderr } = run('bash', [SCRIPT], { env: { ...own, ...env } });
    const program = join(dir, 'bin/virtctl');
    return { status, output: `${stdout}${stderr}`, program: existsSync(program) ? readFileSync(program, 'utf8') : undefined };
  }

  curl('are not downloaded without versions', () => {
    expect(fetched()).toEqual({
      status: 0,
      output: 'virtwork-chaos-migration-tools: no versions are set; nothing to download\n',
      program: undefined,
    });
  });

  curl('are downloaded and verified', () => {
    const sha256 = createHash('sha256').update(PROGRAM).digest('hex');
    expect(fetched({ PARAM_VIRTCTL_VERSION: `v1.7.0@sha256:${sha256}` })).toMatchObject({ status: 0, program: PROGRAM });
  });

  curl.each([
    ['without a checksum', 'v1.7.0', /the checksum of \S+ must be v1.7.0; deleted the file/],
    ['with another checksum', `v1.7.0@sha256:${'0'.repeat(64)}`, /the checksum of \S+ must be 0+; deleted the file/],
    ['from a missing address', `v9.9.9@sha256:${'0'.repeat(64)}`, /cannot download \S+v9\.9\.9-linux-amd64$/m],
  ])('are rejected %s', (_, version, output) => {
    expect(fetched({ PARAM_VIRTCTL_VERSION: version })).toEqual({
      status: 1,
      output: expect.stringMatching(output),
      program: undefined,
    });
  });
});
