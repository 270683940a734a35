import { cpSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Audit } from '../src/audit/audit';
import type { Log } from '../src/cli/context';
import { verdict } from '../src/cli/lab/show';
import { changes, resultsTable, verdict as resultsVerdict } from '../src/cli/results/report';
import { FORMATS } from '../src/cli/verify/formats';
import { LabFolder, type LabVm } from '../src/lab/folder';
import { askHealth } from '../src/lab/health';
import { asked } from '../src/results/ask';
import { ResultsFolder } from '../src/results/folder';
import { VmResults } from '../src/results/vm-results';
import { visible } from '../src/text/show';
import { eventsIn } from '../src/verify/events';
import { GuestSeries } from '../src/verify/truth';
import { verify } from '../src/verify/verification';
import { ATTACKS, type Case, expectSafe, faultsOf, hostileBytes, PRIVATE_KEY, SECRET } from './support/hostile';
import { PROGRAM } from './support/program';
import { tempDir } from './support/render';
import { outputOf, run } from './support/run';
import { member, record, state } from './support/trial-records';
import { truthOf } from './support/truths';

const UNIT = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';

const GOOD_ROW = { vm: 'cpu-0', signal: 'cpu', from: 1_000_000, to: 1_000_300, value: 1, unit: 's/s' };

/** Writes a file, and creates its parent folders. */
function put(cwd: string, path: string, content: Buffer | string): void {
  mkdirSync(dirname(join(cwd, path)), { recursive: true });
  writeFileSync(join(cwd, path), content);
}

/** A folder with a catalog of one entry. */
function withEntry(manifest = 'description: mine\nparams: [{key: a, default: x}]\n'): string {
  const cwd = tempDir();
  put(cwd, 'c/e/workload.yaml', manifest);
  put(cwd, 'c/e/workload.service', UNIT);
  return cwd;
}

/** A kubectl that answers each call with the content of two files. */
function fakeKubectl(cwd: string, stdout: Buffer | string, stderr: Buffer | string, code: number): NodeJS.ProcessEnv {
  put(cwd, 'stdout', stdout);
  put(cwd, 'stderr', stderr);
  put(cwd, 'kubectl', `#!/bin/sh\ncat '${cwd}/stdout'\ncat '${cwd}/stderr' >&2\nexit ${code}\n`);
  outputOf('chmod', ['755', join(cwd, 'kubectl')]);
  return { KUBECTL: join(cwd, 'kubectl') };
}

/** The start of a string, for a message. */
function short(text: Buffer | string): string {
  return JSON.stringify(text.toString('latin1').slice(0, 100));
}

/** Number of runs of each kind. */
const EACH = 8;

// A busy machine may take ten times as long.
jest.setTimeout(180_000);

describe('hostile bytes', () => {
  test('as the configuration', async () => {
    const cases = hostileBytes(2 * EACH, 1).map((bytes): Case => {
      const cwd = tempDir();
      put(cwd, 'virtwork.yaml', bytes);
      return { words: ['synth', '--check'], cwd, about: short(bytes) };
    });
    await expectSafe(cases);
  });

  test('as values of the configuration, next to secrets', async () => {
    const cases = hostileBytes(EACH, 2).map((bytes): Case => {
      const cwd = tempDir();
      const value = JSON.stringify(bytes.toString('latin1'));
      const lines = ['namespace', 'memory', 'boot', 'run', 'from_catalog', 'catalog_dir'].map((key) => `${key}: ${value}\n`).join('');
      const keys = `ssh_authorized_keys: [${JSON.stringify(PRIVATE_KEY)}, ${value}]\n`;
      const trials = `workloads: {cpu: {trials: {${value}: {${value}: ${value}}}, repeats: ${value}}}\n`;
      put(cwd, 'own.yaml', `${lines}${trials}ssh_password: ${JSON.stringify(SECRET)}\n${keys}${value}: 1\n`);
      return { words: ['synth', '--config', 'own.yaml', '--check'], cwd, about: short(bytes) };
    });
    await expectSafe(cases);
  });

  test('as patches', async () => {
    const cases = [...ATTACKS, ...hostileBytes(5, 3).map((bytes) => bytes.toString('latin1'))].map((text): Case => {
      const value = JSON.stringify(text.slice(0, 2000));
      const cwd = tempDir();
      const pointer = JSON.stringify(`/spec/${text.slice(0, 2000)}`);
      const add = (path: string) => `{ op: add, path: ${path}, value: { ${value}: ${value} } }`;
      put(cwd, 'own.yaml', `patches: [${[value, pointer].map(add)}, { op: test, path: /spec/runStrategy, value: ${value} }]\n`);
      return { words: ['synth', '--config', 'own.yaml', '--check'], cwd, about: short(Buffer.from(text)) };
    });
    await expectSafe(cases);
  });

  test.each([
    'workload.yaml',
    'workload.service',
    'workload.timer',
    'files/usr/local/bin/s',
    'files/usr/local/bin/s.hbs',
    'files/etc/x.hbs',
    'files/etc/systemd/system/x.service.d/x.conf.hbs',
  ])('as %s of an entry', async (path) => {
    const cases = hostileBytes(EACH, path.length).flatMap((bytes): Case[] => {
      const cwd = withEntry();
      put(cwd, `c/e/${path}`, bytes);
      return [
        { words: ['validate', 'e', '--catalog-dir', 'c'], cwd, about: short(bytes) },
        { words: ['synth', '--from-catalog', 'e', '--catalog-dir', 'c'], cwd, about: short(bytes) },
      ];
    });
    await expectSafe(cases);
  });

  test('as strings of a valid entry', async () => {
    const cases = [...ATTACKS, ...hostileBytes(5, 3).map((bytes) => bytes.toString('latin1'))].flatMap((text, index): Case[] => {
      const value = JSON.stringify(text.slice(0, 2000));
      const param = `{key: a, default: "", desc: ${value}, enum: ["", ${value}]}`;
      const trial = `results: [{key: ${value}, unit: ${value}, better: more, vms: sum}]\ntrial: {duration: [${value}], parts: {${value}: {x: 1}}}\n`;
      const cwd = withEntry(`description: ${value}\nparams: [${param}, {key: b, pattern: ${value}}]\n${trial}`);
      const format = ['table', 'wide', 'json', 'yaml'][index % 4] as string;
      return [
        ['list', '-o', format, '--catalog-dir', 'c'],
        ['validate', '--catalog-dir', 'c', 'e'],
        ['__complete', 'synth', '--catalog-dir', 'c', '--params', 'e.a='],
      ].map((words) => ({ words, cwd, about: short(text) }));
    });
    await expectSafe(cases);
  });

  test('as names of files and entries', async () => {
    const texts = [...ATTACKS, ...hostileBytes(10, 4).map((bytes) => bytes.toString('latin1'))];
    const names = new Set(texts.map((text) => text.replace(/[\0/]/g, '').slice(0, 60)).filter((name) => !['', '.', '..'].includes(name)));
    const cases = [...names].flatMap((name): Case[] => {
      const cwd = withEntry();
      for (const path of [name, `${name}.service`, `files/etc/${name}`, `files.${name}/x`]) put(cwd, `c/e/${path}`, UNIT);
      put(cwd, `c/${name}/workload.service`, UNIT);
      return [
        { words: ['validate', 'e', name, '--catalog-dir', 'c'], cwd, about: short(name) },
        { words: ['__complete', 'validate', '--catalog-dir', 'c', ''], cwd, about: short(name) },
      ];
    });
    await expectSafe(cases);
  });

  test('as arguments, keys and variables', async () => {
    const cases = hostileBytes(EACH, 5).flatMap((bytes): Case[] => {
      const cwd = tempDir();
      const text = bytes.toString('latin1').replaceAll('\0', '').slice(0, 3000);
      put(cwd, 'key', Buffer.concat([bytes, Buffer.from(`\n${PRIVATE_KEY}`)]));
      const keys = `${text}\n${PRIVATE_KEY}`;
      const env = { VIRTWORK_MEMORY: text, VIRTWORK_SSH_PASSWORD: SECRET, VIRTWORK_SSH_AUTHORIZED_KEYS: keys };
      return [
        ['synth', '--check', '--ssh-key-file', 'key', `--params=${text}`, `--namespace=${text}`],
        ['validate', text],
        [text],
        ['new', text, '--from', text],
      ].map((words) => ({ words, cwd, env, about: short(text) }));
    });
    await expectSafe(cases);
  });

  test('as files of the base', async () => {
    const base = tempDir();
    outputOf(process.execPath, [PROGRAM, 'synth', '--workloads', 'cpu'], { cwd: base });
    const cases = hostileBytes(EACH, 6).map((bytes): Case => {
      const cwd = tempDir();
      cpSync(join(base, 'dist'), join(cwd, 'dist'), { recursive: true });
      for (const name of ['cpu.yaml', 'old.yaml', '.virtwork-1-x']) put(cwd, `dist/${name}`, bytes);
      return { words: ['synth', '--workloads', 'cpu', '--check'], cwd, about: short(bytes) };
    });
    await expectSafe(cases);
  });

  test('as the audit record, and as strings in it', async () => {
    const cases = hostileBytes(EACH, 7).flatMap((bytes, index): Case[] => {
      const cwd = tempDir();
      const text = bytes.toString('latin1').replaceAll('\0', '').slice(0, 2000);
      put(cwd, 'bytes.db', Buffer.concat([Buffer.from(index % 2 === 0 ? 'SQLite format 3\0' : ''), bytes]));
      const audit = new Audit({ file: join(cwd, 'own.db'), warn: () => {} });
      audit.begin({ log: { command: text, namespace: text, kubeconfig_path: text, workloads_csv: text }, workloads: [] });
      audit.event(text, text, { error: text });
      audit.end({ status: 'failed', error: text });
      return [
        ['audit', '--audit-db', 'bytes.db'],
        ['audit', '--audit-db', 'own.db'],
        ['audit', '1', '--audit-db', 'own.db', ...(index % 2 === 0 ? ['-o', 'json'] : [])],
        ['audit', text, '--audit-db', 'own.db'],
      ].map((words) => ({ words, cwd, about: short(text) }));
    });
    await expectSafe(cases);
  });

  test('as the record of a VM in the lab, its console, and the answer of its guest', async () => {
    const servers: Server[] = [];
    const cases: Case[] = [];
    for (const [index, bytes] of hostileBytes(EACH, 8).entries()) {
      const server = createServer((request, response) => {
        if (index % 3 === 0) request.socket.end(bytes);
        else response.writeHead(index % 2 === 0 ? 200 : 503).end(bytes);
      });
      servers.push(server);
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const { port } = server.address() as AddressInfo;
      const cwd = tempDir();
      const vm = {
        ...{ name: 'virtwork-a-0', workload: 'a', role: 'workload', accelerator: 'tcg', image: '/image', user: 'debian', pid: process.pid },
        ...{ sshPort: 1, healthPort: port, address: '10.77.0.1', diskNames: [], command: ['qemu'] },
      };
      for (const [name, record] of [
        ['lab', JSON.stringify(vm)],
        ['odd', bytes],
      ] as const) {
        const folder = new LabFolder(join(cwd, name));
        folder.add(vm);
        writeFileSync(join(folder.of(vm.name), 'console.log'), bytes);
        writeFileSync(join(folder.of(vm.name), 'vm.json'), record);
      }
      const verbs = [['status'], ['status', '-o', 'json'], ['logs', '--console'], ['logs', vm.name, '--console']];
      cases.push(
        ...verbs.flatMap((words) =>
          ['lab', 'odd'].map((lab) => ({ words: ['lab', ...words, '--lab-dir', lab], cwd, about: short(bytes) })),
        ),
      );
      cases.push({ words: ['__complete', 'lab', 'logs', '--lab-dir', 'odd', ''], cwd, about: short(bytes) });
    }
    try {
      await expectSafe(cases);
    } finally {
      for (const server of servers) server.close().closeAllConnections();
    }
  });

  test('as the health response of a guest', async () => {
    for (const bytes of hostileBytes(EACH, 10)) {
      const server = createServer((_, response) => response.writeHead(503).end(bytes));
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const health = await askHealth((server.address() as AddressInfo).port);
      server.close();
      const log: string[] = [];
      const vm = { name: 'virtwork-a-0' } as LabVm;
      verdict(
        [{ vm, state: 'unhealthy', health }],
        { error: (text: string) => log.push(visible(`error: ${text}\n`)) } as unknown as Log,
        () => 'x',
      );
      expect(faultsOf({ code: 0, output: log.join(''), milliseconds: 0 })).toEqual([]);
    }
  });

  test('as the results of a guest', async () => {
    for (const bytes of [...ATTACKS.map((text) => Buffer.from(text)), ...hostileBytes(EACH, 11)]) {
      const text = bytes.toString('utf8');
      const bodies = [
        bytes,
        gzipSync(bytes),
        Buffer.concat([member(state()), bytes]),
        Buffer.concat([member(state()), gzipSync(bytes)]),
        Buffer.concat([state({ why: text }), record({ outcome: 'failed', why: text, job: text })].map(member)),
        Buffer.concat([state({ vm: text }), record()].map(member)),
        Buffer.concat([state(), record({ name: text })].map(member)),
        member({ schema: text }),
      ];
      const vms = await Promise.all(
        bodies.map(async (body) => {
          const vm = new VmResults({ name: state().vm, folder: new ResultsFolder(tempDir()) });
          await vm.update(async () => ({ body, isCut: false }));
          return vm;
        }),
      );
      const said: string[] = [resultsTable(vms)];
      const log = {
        info: (line: string) => said.push(`${line}\n`),
        error: (line: string) => said.push(`error: ${line}\n`),
      } as unknown as Log;
      for (const vm of vms) changes(log)([vm]);
      resultsVerdict(vms, true, log);
      const answer = { status: 200, headers: { 'content-type': text }, body: bytes };
      said.push(JSON.stringify(asked(answer)));
      expect(faultsOf({ code: 0, output: visible(said.join('')), milliseconds: 0 })).toEqual([]);
    }
  });

  test('as what guests did, and as what a product saw of them', async () => {
    const good = truthOf();
    const formats = ['text', 'json', 'markdown', 'junit'];
    const cases = [...ATTACKS.map((text) => Buffer.from(text)), ...hostileBytes(EACH, 12)].flatMap((bytes, index): Case[] => {
      const text = bytes.toString('latin1').slice(0, 2000);
      const named = good.vms.map((vm, at) => ({
        ...vm,
        name: text + at,
        series: { [text]: vm.series.cpu },
        notReady: text,
        events: [{ time: 1_000_300, kind: text, text }],
      }));
      const workloads = good.workloads.map((each) => ({
        ...each,
        signals: each.signals.map((signal) => ({ ...signal, name: text, desc: text, unit: text, hides: text })),
      }));
      const alerts = [{ name: text, severity: 'info', afterSeconds: 0, why: text, workload: text, vms: [text] }];
      const row = JSON.stringify({ vm: text, signal: text, from: text, to: text, value: text, unit: text });
      const pairs: readonly (readonly [truth: Buffer | string, readings: Buffer | string])[] = [
        [bytes, bytes],
        [JSON.stringify(good), bytes],
        [JSON.stringify(good), Buffer.concat([Buffer.from('vm,signal,from,to,value,unit\n'), bytes])],
        [JSON.stringify(good), row],
        [
          JSON.stringify({ ...good, namespace: text, vms: named, workloads, alerts }),
          JSON.stringify([{ ...GOOD_ROW, vm: `${text}0`, signal: text, unit: text }]),
        ],
      ];
      return pairs.map(([truth, readings], at) => {
        const cwd = tempDir();
        put(cwd, 't', truth);
        put(cwd, 'r', readings);
        const output = ['-o', formats[(index + at) % formats.length] as string, '--report', 'a.html'];
        return { words: ['verify', '--truth', 't', '--readings', 'r', ...output], cwd, about: short(bytes) };
      });
    });
    await expectSafe(cases);
  });

  test.each<[string, object, object]>([
    ['times that are no dates', { from: 1e200, to: 2e200 }, {}],
    ['times in the wrong order', { from: 1_000_600, to: 1_000_000 }, {}],
    ['no time', { from: 1_000_000, to: 1_000_000 }, {}],
    ['a thousand years', { from: 0, to: 3e10 }, {}],
    [
      'very large values',
      {
        vms: truthOf({
          change: () => ({
            series: {
              cpu: [
                [
                  [1_000_000, 0],
                  [1_000_600, 1e308],
                ],
              ],
            },
          }),
        }).vms,
      },
      {},
    ],
    ['an event that is no date', { vms: truthOf({ change: () => ({ events: [{ time: 1e300, kind: 'a', text: 'a' }] }) }).vms }, {}],
    ['readings that are no dates', {}, { from: 1e250, to: 1e251 }],
    ['readings with very large values', {}, { value: 1e308, unit: 'cores' }],
    ['an interval that is almost 0', { interval: 1e-300 }, {}],
    [
      'windows that are almost 0',
      { workloads: truthOf().workloads.map((each) => ({ ...each, signals: each.signals.map((s) => ({ ...s, windowSeconds: 1e-300 })) })) },
      {},
    ],
  ])('as numbers of a truth or of readings: %s', async (about, truth, reading) => {
    const cases = ['text', 'json', 'html'].map((format): Case => {
      const cwd = tempDir();
      put(cwd, 't', JSON.stringify({ ...truthOf(), ...truth }));
      put(cwd, 'r', JSON.stringify([{ ...GOOD_ROW, ...reading }]));
      return { words: ['verify', '--truth', 't', '--readings', 'r', '-o', format], cwd, about };
    });
    await expectSafe(cases);
  });

  test('as the answer of Prometheus', async () => {
    const servers: Server[] = [];
    const cases: Case[] = [];
    for (const [index, bytes] of [...ATTACKS.map((text) => Buffer.from(text)), ...hostileBytes(EACH, 13)].entries()) {
      const text = bytes.toString('latin1').slice(0, 2000);
      const server = createServer((request, response) => {
        const json = (result: unknown, resultType = 'matrix') =>
          response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(JSON.stringify({ status: 'success', data: { resultType, result } }));
        if (index % 4 === 0) request.socket.end(bytes);
        else if (index % 4 === 1) response.writeHead([200, 302, 401, 503][index % 3] as number, { location: '/x' }).end(bytes);
        else if (/query=time/.test(request.url ?? '')) json([Date.now() / 1000, String(Date.now() / 1000)], 'scalar');
        else if (index % 4 === 2) response.writeHead(200).end(bytes);
        else
          json([
            {
              metric: { name: 'cpu-0', alertname: text, alertstate: 'firing', severity: text, pod: text },
              values: [
                [1_000_600, text],
                [1e300, '1'],
                [1_000_300, '1'],
              ],
            },
          ]);
      });
      servers.push(server);
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const cwd = tempDir();
      put(cwd, 't', JSON.stringify(truthOf()));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      cases.push({ words: ['verify', '--truth', 't', '--prometheus', url], cwd, about: short(bytes) });
    }
    try {
      await expectSafe(cases);
    } finally {
      for (const server of servers) server.close().closeAllConnections();
    }
  });

  test('as the events and the metrics of a guest', () => {
    for (const bytes of [...ATTACKS.map((text) => Buffer.from(text)), ...hostileBytes(EACH, 14)]) {
      const text = bytes.toString('utf8');
      const time = (seconds: number) => String(seconds * 1e6);
      const lines = [
        text,
        ...[text, 'kill'].map((kind) =>
          JSON.stringify({ __REALTIME_TIMESTAMP: time(1_000_300), VIRTWORK_EVENT: kind, MESSAGE: text, UNIT: text, _BOOT_ID: text }),
        ),
        JSON.stringify({ __REALTIME_TIMESTAMP: time(1e300), VIRTWORK_EVENT: 'kill', MESSAGE: 'x' }),
        JSON.stringify({ __REALTIME_TIMESTAMP: text, VIRTWORK_EVENT: 'kill' }),
      ];
      const series = new GuestSeries(truthOf().workloads[0]?.signals ?? []);
      const metric = 'virtwork_unit_cpu_seconds_total{unit="virtwork-cpu.service"}';
      series.add(1_000_000, `${metric} 1\n${text}\n${metric} ${text}\nvirtwork_shape_level_ratio ${text}\n`);
      series.add(1_000_600, `${metric} 1e308\nvirtwork_shape_level_ratio 1e308\n`);
      const change = () => ({ events: eventsIn(lines.join('\n'), 0), times: series.times, series: series.series, levels: series.levels });
      const verification = verify(truthOf({ change }), {
        kind: 'prometheus',
        place: 'P',
        of: () => ({ windows: [{ from: 1_000_000, to: 1_000_600, value: 1 }] }),
      });
      for (const format of Object.values(FORMATS))
        expect(faultsOf({ code: 0, output: visible(format(verification)), milliseconds: 0 })).toEqual([]);
    }
  });

  test('as the output of kubectl', async () => {
    // Leave out transient errors, because virtwork retries them for a minute.
    const passing = /timed? ?out|EOF|refused/i;
    const cases = [...ATTACKS.map((text) => Buffer.from(text)), ...hostileBytes(EACH, 9)]
      .filter((bytes) => !passing.test(bytes.toString('latin1')))
      .flatMap((bytes, index): Case[] => {
        const cwd = tempDir();
        const env = fakeKubectl(cwd, bytes, index % 3 === 0 ? bytes : '', index % 3 === 0 ? 1 : 0);
        put(cwd, 'dist/kustomization.yaml', '');
        const verbs = [
          ['status'],
          ['status', '-o', 'json'],
          ['cleanup', '--dry-run'],
          ['apply', 'dist', '--no-audit'],
          ['results'],
          ['watch', '--once', '--interval', '1'],
          ['verify', '--record', 'truth.json', '--for', '10'],
        ];
        const words = verbs[index % verbs.length] as string[];
        return [{ words, cwd, env, about: short(bytes) }];
      });
    await expectSafe(cases);
  });
});

/** Creates an entry that contains a named pipe. */
function pipeIn(entry: string, path: string): void {
  put(entry, 'x.service', UNIT);
  mkdirSync(dirname(join(entry, path)), { recursive: true });
  outputOf('mkfifo', [join(entry, path)]);
}

function sparse(file: string): void {
  writeFileSync(file, '');
  truncateSync(file, 3 * 2 ** 30);
}

describe('endless or very large input', () => {
  const BOMB = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...[...'bcdefghij'].map((key, at) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghi'[at]}`)}]`),
  ].join('\n');

  test.each<[string, readonly string[], (cwd: string) => void]>([
    ['a pipe as the configuration', ['synth'], (cwd) => outputOf('mkfifo', [join(cwd, 'virtwork.yaml')])],
    ['the kernel log as the configuration', ['synth', '--config', '/proc/kmsg'], () => {}],
    ['aliases of aliases in the configuration', ['synth'], (cwd) => put(cwd, 'virtwork.yaml', BOMB)],
    ['a file of 3 GiB as the configuration', ['synth'], (cwd) => sparse(join(cwd, 'virtwork.yaml'))],
    ['very many keys', ['synth'], (cwd) => put(cwd, 'virtwork.yaml', Array.from({ length: 90_000 }, (_, at) => `key-${at}: 1`).join('\n'))],
    [
      'very many patches',
      ['synth'],
      (cwd) =>
        put(cwd, 'virtwork.yaml', `patches:\n${`- { op: add, path: /spec/template/spec/x, value: [${'[],'.repeat(500)}] }\n`.repeat(500)}`),
    ],
    ['a pipe as a key', ['synth', '--ssh-key-file', 'key'], (cwd) => outputOf('mkfifo', [join(cwd, 'key')])],
    [
      'pipes as the credential',
      ['lab', 'test', 'cpu', '--access', '.'],
      (cwd) =>
        outputOf(
          'mkfifo',
          ['token', 'ca.crt', 'namespace'].map((name) => join(cwd, name)),
        ),
    ],
    ['a pipe as the audit record', ['audit', '--audit-db', 'db'], (cwd) => outputOf('mkfifo', [join(cwd, 'db')])],
    ['a pipe as the image', ['lab', 'test', 'cpu', '--image', 'image'], (cwd) => outputOf('mkfifo', [join(cwd, 'image')])],
    ['a pipe as the manifest', ['validate', './e'], (cwd) => pipeIn(join(cwd, 'e'), 'workload.yaml')],
    ['a pipe in files/', ['validate', './e'], (cwd) => pipeIn(join(cwd, 'e'), 'files/etc/pipe')],
    [
      'a pattern with exponential backtracking',
      ['validate', './e'],
      (cwd) =>
        put(
          cwd,
          'e/workload.yaml',
          `params: [{key: a, pattern: "^(a+)+$", default: "${'a'.repeat(5000)}!"}, {key: b, type: list, pattern: "(x+x+)+y", default: "${'x'.repeat(5000)}"}]`,
        ),
    ],
    ['very many VMs', ['synth', '--vm-count', '1000000000'], () => {}],
    [
      'very many ports',
      ['validate', './e'],
      (cwd) => put(cwd, 'e/workload.yaml', `service: {ports: [${Array.from({ length: 90_000 }, (_, at) => `{port: ${at}}`)}]}`),
    ],
  ])('%s', (_, words, prepare) => {
    const cwd = tempDir();
    prepare(cwd);
    const { status, stdout, stderr } = run(process.execPath, [PROGRAM, ...words], {
      cwd,
      env: { PATH: process.env.PATH, HOME: cwd },
      seconds: 20,
    });
    const output = stdout + stderr;
    expect(faultsOf({ code: status ?? -1, output, milliseconds: 0 })).toEqual([]);
    expect(output).toMatch(/^(error|warning): /m);
    expect(status).not.toBe(0);
  });

  test('endless standard input', () => {
    const script = 'yes "namespace: a" | "$0" "$1" synth --config -';
    const { status, stderr } = run('bash', ['-c', `set -o pipefail; ${script}; exit "\${PIPESTATUS[1]}"`, process.execPath, PROGRAM], {
      cwd: tempDir(),
      seconds: 20,
    });
    expect([status, stderr]).toEqual([2, 'error: flag --config: must be at most 1 MiB on standard input, got more\n']);
  });
});
