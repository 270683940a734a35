import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT, tempDir } from '../support/render';
import { run, start } from '../support/run';

const SCRIPT = join(ROOT, 'catalog/_shared/health/files/usr/local/bin/virtwork-health');

/** First line of the answer to what a client sends, which then holds its connection open. */
async function answered(request: string): Promise<string> {
  const child = start('bash', [SCRIPT]);
  child.stdin.on('error', () => {});
  child.stdin.write(request);
  const answer = await text(child.stdout);
  child.stdin.destroy();
  return answer.split('\r\n')[0] ?? '';
}

test.concurrent.each([
  ['a whole request', 'GET /nosuch HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP/1.1 404 Not Found'],
  ['a request whose headers come late', 'GET /nosuch HTTP/1.1\r\nHost: a\r\n', 'HTTP/1.1 404 Not Found'],
  ['half a line', 'GET /heal', 'HTTP/1.1 408 Request Timeout'],
  ['another method', 'DELETE /healthz HTTP/1.1\r\n\r\n', 'HTTP/1.1 405 Method Not Allowed'],
  ['garbage', '\u0001\u0002\r\n', 'HTTP/1.1 400 Bad Request'],
])(
  '%s is answered in time',
  async (_, request, expected) => {
    expect(await answered(request)).toBe(expected);
  },
  20_000,
);

/** What systemd says of units: their states, and what else differs from a unit that is well. */
interface Unit {
  readonly active: string;
  readonly sub: string;
  readonly result?: string;
  /** It has run and ended. */
  readonly exited?: boolean;
  readonly type?: string;
}

/** The answer of a guest with these units, of which some are started by others. */
function answer(path: string, units: { readonly [name: string]: Unit }, triggered: readonly string[]): { status: string; body: string } {
  const dir = tempDir();
  const blocks = Object.entries(units).map(([name, { active, sub, result = 'success', exited = false, type = 'oneshot' }]) =>
    [
      `Id=${name}`,
      'LoadState=loaded',
      `ActiveState=${active}`,
      `SubState=${sub}`,
      `Result=${result}`,
      'ActiveEnterTimestampMonotonic=1',
      ...(name.endsWith('.service')
        ? [
            `Type=${type}`,
            'RemainAfterExit=no',
            'NRestarts=0',
            `ExecMainExitTimestampMonotonic=${exited ? 5 : 0}`,
            'ExecMainStatus=0',
            'CPUUsageNSec=1000000',
          ]
        : ['CPUUsageNSec=[not set]', 'MemoryCurrent=4096']),
      '',
    ].join('\n'),
  );
  writeFileSync(join(dir, 'shown'), `${blocks.join('\n')}\n`);
  writeFileSync(join(dir, 'systemctl'), `#!/bin/bash\nexec cat ${join(dir, 'shown')}\n`, { mode: 0o755 });
  writeFileSync(join(dir, 'units'), `${Object.keys(units).join('\n')}\n`);
  if (triggered.length > 0) writeFileSync(join(dir, 'triggered'), `${triggered.join('\n')}\n`);
  const { stdout } = run('bash', [SCRIPT], {
    input: `GET ${path} HTTP/1.1\r\n\r\n`,
    seconds: 20,
    env: { ...process.env, PATH: `${dir}:${process.env.PATH}`, VIRTWORK_ETC_DIR: dir, VIRTWORK_METRICS_DIR: dir },
  });
  return { status: stdout.split('\r\n')[0] ?? '', body: stdout.slice(stdout.indexOf('\r\n\r\n') + 4) };
}

const OK = 'HTTP/1.1 200 OK';
const ILL = 'HTTP/1.1 503 Service Unavailable';
const WAITING: Unit = { active: 'active', sub: 'waiting' };

describe('units that start others', () => {
  test.each<[string, string, string, Unit, Unit, string]>([
    [
      'a timer that waits for the first time',
      OK,
      'a.timer',
      WAITING,
      { active: 'inactive', sub: 'dead' },
      'ok   a.service: inactive, waits to be triggered',
    ],
    [
      'a timer whose service has run',
      OK,
      'a.timer',
      WAITING,
      { active: 'inactive', sub: 'dead', exited: true },
      'ok   a.service: inactive, waits to be triggered, last run succeeded',
    ],
    [
      'a timer whose service runs',
      OK,
      'a.timer',
      { active: 'active', sub: 'running' },
      { active: 'activating', sub: 'start' },
      'ok   a.service: activating (start)',
    ],
    [
      'a timer that is done',
      OK,
      'a.timer',
      { active: 'active', sub: 'elapsed' },
      { active: 'inactive', sub: 'dead', exited: true },
      'ok   a.timer: active (elapsed)',
    ],
    [
      'a socket that listens',
      OK,
      'a.socket',
      { active: 'active', sub: 'listening' },
      { active: 'inactive', sub: 'dead', type: 'simple' },
      'ok   a.socket: active (listening)',
    ],
    ['a path that waits', OK, 'a.path', WAITING, { active: 'active', sub: 'running', type: 'simple' }, 'ok   a.service: active (running)'],
    [
      'a service that failed',
      ILL,
      'a.timer',
      WAITING,
      { active: 'failed', sub: 'failed', result: 'exit-code' },
      'FAIL a.service: failed (failed), result exit-code, 0 restarts',
    ],
    [
      'a service that systemd starts again and again',
      ILL,
      'a.path',
      WAITING,
      { active: 'activating', sub: 'auto-restart', result: 'exit-code' },
      'FAIL a.service: activating (auto-restart), result exit-code, 0 restarts',
    ],
    [
      'a timer that failed',
      ILL,
      'a.timer',
      { active: 'failed', sub: 'failed', result: 'resources' },
      { active: 'inactive', sub: 'dead' },
      'FAIL a.timer: failed (failed), result resources',
    ],
    [
      'a timer that was not started',
      ILL,
      'a.timer',
      { active: 'inactive', sub: 'dead' },
      { active: 'inactive', sub: 'dead' },
      'FAIL a.timer: inactive (dead)',
    ],
  ])('%s: %s', (_, status, name, trigger, service, line) => {
    const got = answer('/healthz', { [name]: trigger, 'a.service': service }, ['a.service']);
    expect(got.status).toBe(status);
    expect(got.body.split('\n')).toContain(line);
  });

  test('a service that nothing else starts is ill at rest', () => {
    expect(answer('/healthz', { 'a.service': { active: 'inactive', sub: 'dead', type: 'simple' } }, []).status).toBe(ILL);
  });

  test('only services have figures', () => {
    const { body } = answer('/metrics', { 'a.timer': WAITING, 'a.service': { active: 'inactive', sub: 'dead', exited: true } }, [
      'a.service',
    ]);
    expect(body).toContain('virtwork_unit_active{unit="a.timer"} 1\n');
    expect(body).toContain('virtwork_unit_active{unit="a.service"} 1\n');
    expect(body).toContain('virtwork_unit_cpu_seconds_total{unit="a.service"}');
    expect(body.match(/unit="a.timer"/g)).toHaveLength(1);
  });
});
