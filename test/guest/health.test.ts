import { chownSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { hasUnseen } from '../../src/text/show';
import { hostileBytes } from '../support/hostile';
import { ROOT, tempDir } from '../support/render';
import { outputOf, run, start } from '../support/run';
import { needs } from '../support/tools';

const SCRIPT = join(ROOT, 'catalog/_shared/health/files/usr/local/bin/virtwork-health');

/** The first line of the answer to a client that keeps its connection open. */
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

/** The state of a unit as systemd reports it, and other differences from a healthy unit. */
interface Unit {
  readonly active: string;
  readonly sub: string;
  readonly result?: string;
  /** It has run and exited. */
  readonly exited?: boolean;
  readonly type?: string;
}

/** The answer of a guest with these units. Other units start the triggered ones. */
function answer(
  path: string,
  units: { readonly [name: string]: Unit },
  triggered: readonly string[],
  more: NodeJS.ProcessEnv = {},
): { status: string; body: string } {
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
    env: { ...process.env, PATH: `${dir}:${process.env.PATH}`, VIRTWORK_ETC_DIR: dir, VIRTWORK_METRICS_DIR: dir, ...more },
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
      'a timer that is finished',
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
      'a service that systemd restarts repeatedly',
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

  test('a service that waits says for what', () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'reasons'));
    writeFileSync(join(dir, 'reasons/a.service'), `server 0 has no address\x1b${'x'.repeat(1000)}\nmore\n`);
    writeFileSync(join(dir, 'reasons/b.timer'), 'old\n');
    const starting: Unit = { active: 'activating', sub: 'start-pre', type: 'simple' };
    const { status, body } = answer('/healthz', { 'a.service': starting, 'b.timer': WAITING }, [], { VIRTWORK_RUN_DIR: dir });
    expect(status).toBe(ILL);
    const reason = `server 0 has no address?${'x'.repeat(500)}`.slice(0, 500);
    expect(body).toBe(`FAIL a.service: activating (start-pre), result success, 0 restarts; ${reason}\nok   b.timer: active (waiting)\n`);
  });

  test('an inactive service that no other unit starts is not healthy', () => {
    expect(answer('/healthz', { 'a.service': { active: 'inactive', sub: 'dead', type: 'simple' } }, []).status).toBe(ILL);
  });

  test('only services have figures', () => {
    const { body } = answer('/metrics', { 'a.timer': WAITING, 'a.service': { active: 'inactive', sub: 'dead', exited: true } }, [
      'a.service',
    ]);
    const [, clock] = /^virtwork_time_seconds (\d+\.\d+)$/m.exec(body) ?? [];
    expect(Math.abs(Number(clock) - Date.now() / 1000)).toBeLessThan(120);
    expect(body).toContain('virtwork_unit_active{unit="a.timer"} 1\n');
    expect(body).toContain('virtwork_unit_active{unit="a.service"} 1\n');
    expect(body).toContain('virtwork_unit_cpu_seconds_total{unit="a.service"}');
    expect(body.match(/unit="a.timer"/g)).toHaveLength(1);
  });
});

describe('files in the folder of metrics', () => {
  const OWN = 'virtwork_unit_active{unit="virtwork-a.service"} 1\n';

  /** The metrics and the journal of a guest with one unit that runs as `daemon`. */
  function scraped(fill: (folder: string) => void): { readonly body: string; readonly journal: string; readonly seconds: number } {
    const dir = tempDir();
    const shown = [
      'Id=virtwork-a.service',
      'LoadState=loaded',
      'ActiveState=active',
      'SubState=running',
      'ActiveEnterTimestampMonotonic=1',
      'User=daemon',
      `UID=${process.getuid?.()}`,
      'DynamicUser=no',
    ];
    writeFileSync(join(dir, 'shown'), `${shown.join('\n')}\n\n`);
    writeFileSync(join(dir, 'systemctl'), `#!/bin/bash\nexec cat ${join(dir, 'shown')}\n`, { mode: 0o755 });
    writeFileSync(join(dir, 'units'), 'virtwork-a.service\n');
    const metrics = join(dir, 'metrics');
    mkdirSync(metrics);
    fill(metrics);
    const start = Date.now();
    const { stdout, stderr } = run('bash', [SCRIPT], {
      input: 'GET /metrics HTTP/1.1\r\n\r\n',
      seconds: 60,
      env: { ...process.env, PATH: `${dir}:${process.env.PATH}`, VIRTWORK_ETC_DIR: dir, VIRTWORK_METRICS_DIR: metrics },
    });
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    // Files in the folder never hide the metrics of systemd.
    expect(stdout).toContain(OWN);
    return { body: stdout.slice(stdout.indexOf('\r\n\r\n') + 4), journal: stderr, seconds: (Date.now() - start) / 1000 };
  }

  /** The samples of one file, without those of the unit. */
  function samplesOf(text: string): string[] {
    const { body } = scraped((folder) => writeFileSync(join(folder, 'a.prom'), text));
    const own = /^(#|$|virtwork_unit_active\{unit="virtwork-a|virtwork_time_seconds )/;
    return body.split('\n').filter((line) => !own.test(line));
  }

  test.each<[string, string, string[]]>([
    ['plain samples', 'a 1\nb{c="d"} 2.5e3\n', ['a 1', 'b{c="d"} 2.5e3']],
    ['blanks and CRLF line endings', 'a { b = "c" , d="e" }  1  \r\n', ['a{b="c",d="e"} 1']],
    ['values that look like syntax', 'a{b="}, {c=\\"\\" 1"} 2\n', ['a{b="}, {c=\\"\\" 1"} 2']],
    ['a series twice', 'a 1\na 2\n', ['a 1']],
    ['a series twice, with an extra comma', 'a{b="c"} 1\na{b="c",} 2\n', ['a{b="c"} 1']],
    ['a series twice, in another order', 'a{b="c",d="e"} 1\na{d="e",b="c"} 2\n', ['a{b="c",d="e"} 1']],
    ['a series twice, with empty labels', 'a 1\na{} 2\n', ['a 1']],
    ['a label twice', 'a{b="c",b="d"} 1\n', []],
    ["labels of Prometheus' own", 'a{__name__="up"} 1\na{__address__="x"} 1\n', []],
    ['invalid labels', 'a{b=c} 1\na{b="c} 1\na{b="c"d="e"} 1\na{,} 1\na{1b="c"} 1\na{b="\\x"} 1\na{b="c"\n', []],
    ['very many labels', `a{${Array.from({ length: 99 }, (_, index) => `l${index}="x"`).join(',')}} 1\n`, []],
    ['timestamps', 'a 1 1700000000000\na{b="c"} 1 -1\nb 2 3 4\n', []],
    ['invalid numbers', 'a 1e999\nb -1e999\nc 0x1p4\nd 1_000\ne nan\nf 1e\ng .\n', []],
    [`long numbers`, `a ${'9'.repeat(400)}\nb 1e-999\nc ${'9'.repeat(30)}\n`, [`c ${'9'.repeat(30)}`]],
    ['NaN and Inf of a gauge', '# TYPE a gauge\na NaN\na{b="c"} +Inf\na{b="d"} -Inf\n', ['a NaN', 'a{b="c"} +Inf', 'a{b="d"} -Inf']],
    ['NaN and Inf of a counter', '# TYPE a counter\na NaN\na{b="c"} +Inf\na{b="d"} -1\na{b="e"} 1\n', ['a{b="e"} 1']],
    ['a type that comes after its samples', 'a NaN\na{b="c"} 1\n# TYPE a counter\n', ['a{b="c"} 1']],
    [
      'a histogram',
      '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n',
      ['h_bucket{le="1"} 1', 'h_bucket{le="+Inf"} 2', 'h_sum 3', 'h_count 2'],
    ],
    ['invalid samples of a histogram', '# TYPE h histogram\nh 1\nh_bucket 1\nh_bucket{le="x"} 1\nh_bucket{le="1"} NaN\nh_count -1\n', []],
    ['a summary', '# TYPE s summary\ns{quantile="0.5"} NaN\ns_sum 3\ns_count 2\n', ['s{quantile="0.5"} NaN', 's_sum 3', 's_count 2']],
    ['invalid samples of a summary', '# TYPE s summary\ns 1\ns{quantile="x"} 1\ns_bucket{le="1"} 1\n', []],
    ['control characters and other bytes', 'a{b="\u001b[31m"} 1\na{b="é"} 1\na\u0000b 1\n', []],
    ['a long line', `a{b="${'x'.repeat(5000)}"} 1\nb 1\n`, ['b 1']],
    [
      'reserved names',
      'virtwork_unit_active{unit="virtwork-a.service",} 0\nvirtwork_unit_active {unit="x"} 1\nvirtwork_unit_x 1\nvirtwork_workload_info{workload="x"} 1\nvirtwork_time_seconds 1\nup 0\nscrape_duration_seconds 9\nALERTS{alertname="x"} 1\nnode_load1 9\nkube_pod_info 1\nkubevirt_vmi_info 1\ncontainer_x 1\n',
      [],
    ],
    ['names that are similar to reserved names', 'virtwork_units 1\nups 1\nnodes_x 1\n', ['virtwork_units 1', 'ups 1', 'nodes_x 1']],
  ])('%s', (_, text, samples) => {
    expect(samplesOf(text)).toEqual(samples);
  });

  test('hostile bytes add only valid samples and do not affect other files', () => {
    for (const [index, bytes] of hostileBytes(40, 21).entries()) {
      const around = ['', '\na{b="', '"} 1\n# HELP a ', '\n# TYPE a ', '\na', ' 1\n'].map((text) => Buffer.from(text));
      const mixed = Buffer.concat(around.flatMap((text) => [text, bytes]));
      const { body, journal, seconds } = scraped((folder) => {
        writeFileSync(join(folder, 'a.prom'), index % 2 ? bytes : mixed);
        writeFileSync(join(folder, 'z.prom'), 'z 1\n');
      });
      const lines = body.trimEnd().split('\n');
      const text = JSON.stringify(bytes.toString('latin1').slice(0, 100));
      const odd = lines.filter((line) => hasUnseen(line) || !/^(# (HELP|TYPE) [\w:]+ .*|[a-zA-Z_:][\w:]*(\{.*\})? \S+)$/.test(line));
      expect({ text, odd, raw: journal.split('\n').filter(hasUnseen) }).toEqual({ text, odd: [], raw: [] });
      expect(lines).toContain('z 1');
      expect(seconds).toBeLessThan(5);
    }
  });

  test('a file cannot describe metrics of the endpoint', () => {
    const { body } = scraped((folder) =>
      writeFileSync(
        join(folder, 'a.prom'),
        '# HELP virtwork_unit_active forged\n# TYPE virtwork_unit_active histogram\n# TYPE a counter\n# TYPE a gauge\n# HELP a one\n# HELP a two\na 1\n',
      ),
    );
    expect(body).not.toContain('forged');
    expect(body).toContain('# TYPE virtwork_unit_active gauge\n');
    expect(body).toContain('# HELP a one\n# TYPE a counter\na 1\n');
  });

  test.each<[string, (folder: string) => void, RegExp]>([
    ['a large file', (folder) => bigFile(folder, 'a.prom', 200 << 20), /ignoring 'a\.prom': it must have at most 1048576 bytes$/m],
    ['a large file of zeros', (folder) => sparse(join(folder, 'a.prom'), 200 << 20), /ignoring 'a\.prom': it must have at most/],
    ['a pipe', (folder) => outputOf('mkfifo', [join(folder, 'a.prom')]), /ignoring 'a\.prom': it is not a regular file/],
    ['a link', (folder) => symlinkSync('/etc/passwd', join(folder, 'a.prom')), /ignoring 'a\.prom': it is not a regular file/],
    ['a folder', (folder) => mkdirSync(join(folder, 'a.prom')), /ignoring 'a\.prom': it is not a regular file/],
    [
      'a name with a line break',
      (folder) => writeFileSync(join(folder, 'a\n<0>forged\u001b[31m.prom'), 'x 1\n'),
      /^<4>\S+ ignoring \$'a\\n<0>forged\\E\[31m\.prom': its name must have only/,
    ],
  ])('%s is ignored and reported, and other files are read', (_, fill, said) => {
    const { body, journal, seconds } = scraped((folder) => {
      fill(folder);
      writeFileSync(join(folder, 'z.prom'), 'z 1\n');
    });
    expect(body).toContain('\nz 1\n');
    expect(body).not.toContain('x 1');
    expect(journal).toMatch(said);
    expect(journal.trimEnd().split('\n').length).toBe(1);
    expect(seconds).toBeLessThan(20);
  });

  test('very many files', () => {
    const { body, journal } = scraped((folder) => {
      for (let index = 0; index < 500; index++) writeFileSync(join(folder, `a b ${index}.prom`), 'x 1\n');
      for (let index = 0; index < 150; index++) writeFileSync(join(folder, `f${index}.prom`), `f${index} 1\n`);
    });
    expect(body.match(/^f\d+ 1$/gm)?.length).toBe(100);
    expect(journal.split('\n').length).toBeLessThan(30);
  });

  test('a file with too many samples does not affect other files', () => {
    const { body, journal } = scraped((folder) => {
      writeFileSync(join(folder, 'a.prom'), Array.from({ length: 12_000 }, (_, index) => `a{b="${index}"} 1\n`).join(''));
      writeFileSync(join(folder, 'z.prom'), 'z 1\n');
    });
    expect(body.match(/^a\{/gm)?.length).toBe(10_000);
    expect(body).toContain('\nz 1\n');
    expect(journal).toMatch(/a\.prom: ignoring the lines after the first 10000/);
  });

  test('only files of root and of the users of the units count', () => {
    if (process.getuid?.() !== 0) return;
    const { body, journal } = scraped((folder) => {
      for (const [name, uid] of [
        ['root', 0],
        ['daemon', 1],
        ['nobody', 65534],
        ['dynamic', 64000],
        ['login', 1000],
      ] as const) {
        writeFileSync(join(folder, `${name}.prom`), `${name} 1\n`);
        chownSync(join(folder, `${name}.prom`), uid, uid);
      }
    });
    expect(body.match(/^(root|daemon|nobody|dynamic|login) 1$/gm)?.sort()).toEqual(['daemon 1', 'root 1']);
    expect(journal.match(/ignoring \S+: its owner \(user \d+\) must be root or the user of a unit/g)?.length).toBe(3);
  });

  needs('promtool')('promtool reads the result', () => {
    const { body } = scraped((folder) => {
      const texts = [
        'h_total 1',
        '# TYPE h_total counter',
        'h_total{a="b",} 1e999',
        '# TYPE s summary',
        's 1',
        's{quantile="0.5"} NaN',
        's_count 1',
        's_sum NaN',
        'a_count 1',
      ];
      writeFileSync(join(folder, 'a.prom'), texts.join('\n'));
      writeFileSync(
        join(folder, 'b.prom'),
        '# TYPE a histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count{b="c"} 1\na 1\n# TYPE s gauge\ns 4\nh_total NaN\n',
      );
    });
    const { stdout, stderr } = run('promtool', ['check', 'metrics'], { input: body });
    // promtool may complain about help texts and names, but must read all lines.
    expect(`${stdout}${stderr}`).not.toMatch(/error|unexpected|second|invalid|duplicate/i);
  });

  function bigFile(folder: string, name: string, size: number): void {
    outputOf('bash', ['-c', 'yes "x 1" | head -c "$1" >"$2"', 'sh', String(size), join(folder, name)]);
  }

  function sparse(path: string, size: number): void {
    writeFileSync(path, '');
    truncateSync(path, size);
  }
});
