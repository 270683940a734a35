import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasUnseen } from '../../src/text/show';
import { hostileBytes } from '../support/hostile';
import { ROOT, tempDir } from '../support/places';
import { run } from '../support/run';
import { StubRoot } from '../support/stub-root';

const HEALTH = join(ROOT, 'catalog/_shared/health/files');
const SCRIPT = join(HEALTH, 'usr/local/bin/virtwork-health');
const ID = '5fcb3c1f6c9b4d0f8e5d3a0c1b7a2e94';

interface Guest {
  /** What journalctl prints. */
  readonly journal?: string | Buffer;
  /** Runs in place of printing it. */
  readonly script?: string;
  /** The request. */
  readonly method?: string;
}

/** The answer of a guest with two units, one of which runs as a user of its own. */
function answer({ journal = '', script = '', method = 'GET' }: Guest): { status: string; type: string; body: string; asked: string[] } {
  const dir = tempDir();
  const shown = ['Id=a.service', 'ActiveState=active', 'User=nobody', `UID=65534`, '', 'Id=b.timer', 'ActiveState=active', ''];
  writeFileSync(join(dir, 'shown'), `${shown.join('\n')}\n`);
  writeFileSync(join(dir, 'systemctl'), `#!/bin/bash\nexec cat ${join(dir, 'shown')}\n`, { mode: 0o755 });
  writeFileSync(join(dir, 'journal'), journal);
  const program = `#!/bin/bash\nprintf '%s\\n' "$@" >${join(dir, 'asked')}\n${script}\nexec cat ${join(dir, 'journal')}\n`;
  writeFileSync(join(dir, 'journalctl'), program, { mode: 0o755 });
  writeFileSync(join(dir, 'units'), 'a.service\nb.timer\n');
  const { stdout } = run('bash', [SCRIPT], {
    input: `${method} /events HTTP/1.1\r\n\r\n`,
    seconds: 30,
    env: {
      ...process.env,
      PATH: `${dir}:${process.env.PATH}`,
      VIRTWORK_ETC_DIR: dir,
      VIRTWORK_LIB_DIR: join(HEALTH, 'usr/local/lib/virtwork'),
    },
  });
  const asked = existsSync(join(dir, 'asked')) ? readFileSync(join(dir, 'asked'), 'utf8').trim().split('\n') : [];
  return {
    status: stdout.split('\r\n')[0] ?? '',
    type: /^Content-Type: (.*)\r$/m.exec(stdout)?.[1] ?? '',
    body: stdout.slice(stdout.indexOf('\r\n\r\n') + 4),
    asked,
  };
}

/** Of each line. */
function bodyOf(journal: string | Buffer): unknown[] {
  const { status, body } = answer({ journal });
  expect(status).toBe('HTTP/1.1 200 OK');
  return body
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

describe('GET /events', () => {
  test('asks for events of root and of the users of units, and for what systemd did with the units', () => {
    const { status, type, body, asked } = answer({});
    expect({ status, type, body }).toEqual({ status: 'HTTP/1.1 200 OK', type: 'application/x-ndjson', body: '' });
    expect(asked).toContain('--lines=1000');
    const matches = asked.filter((word) => /^([A-Z_]+=|\+$)/.test(word));
    const [own, systemd] = [matches.slice(0, matches.indexOf('+')), matches.slice(matches.indexOf('+') + 1)];
    expect(own.sort()).toEqual([`MESSAGE_ID=${ID}`, '_UID=0', '_UID=65534']);
    expect(systemd.filter((match) => !match.startsWith('MESSAGE_ID='))).toEqual(['_PID=1', 'UNIT=a.service', 'UNIT=b.timer']);
    expect(systemd.filter((match) => match.startsWith('MESSAGE_ID='))).toHaveLength(5);
  });

  test.each<[string, string, unknown[]]>([
    [
      'fields of versions that write blanks',
      '{ "__CURSOR" : "s=1", "__REALTIME_TIMESTAMP" : "17", "_BOOT_ID" : "b", "MESSAGE" : "a \\"b\\" \\\\ , } c", "VIRTWORK_EVENT" : "kill" }\n',
      [{ __REALTIME_TIMESTAMP: '17', _BOOT_ID: 'b', MESSAGE: 'a "b" \\ , } c', VIRTWORK_EVENT: 'kill' }],
    ],
    ['fields of versions that write none', '{"UNIT":"a.service","MESSAGE":"Started"}\n', [{ UNIT: 'a.service', MESSAGE: 'Started' }]],
    ['other fields', '{"_CMDLINE":"secret","MESSAGE":"a","_HOSTNAME":"h","JOB_RESULT":"done"}\n', [{ MESSAGE: 'a', JOB_RESULT: 'done' }]],
    [
      'binary and long values',
      '{"MESSAGE":[104,105],"VIRTWORK_EVENT":"fill"}\n{"MESSAGE":null,"UNIT":"u"}\n',
      [{ VIRTWORK_EVENT: 'fill' }, { UNIT: 'u' }],
    ],
    ['a field twice', '{"MESSAGE":["a","b"],"UNIT":"u"}\n{"UNIT":"v"}\n', [{ UNIT: 'v' }]],
    ['half a line', '{"UNIT":"u"}\n{"UNIT":"v"', [{ UNIT: 'u' }]],
    ['what is not JSON', 'Hint: you are not root\n\n{}\n[]\n{"UNIT":"u"}x\n', []],
  ])('%s', (_, journal, expected) => {
    expect(bodyOf(journal)).toEqual(expected);
  });

  test('the answer has the newest lines that fit into one MiB', () => {
    const lines = Array.from({ length: 1000 }, (_, index) => JSON.stringify({ MESSAGE: 'x'.repeat(2000), UNIT: String(index) }));
    const found = bodyOf(`${lines.join('\n')}\n`) as { UNIT: string }[];
    expect(found.at(-1)?.UNIT).toBe('999');
    expect(found.length).toBe(Math.floor(1048576 / (2000 + '{"MESSAGE":"","UNIT":"999"}\n'.length)));
  });

  test.each([
    ['never ends', 'exec sleep 60'],
    ['may not be read', 'echo "No journal files were opened due to insufficient permissions." >&2; exit 1'],
  ])('a journal that %s is an error, not an empty answer', (_, script) => {
    expect(answer({ script })).toMatchObject({ status: 'HTTP/1.1 503 Service Unavailable', body: 'Service Unavailable\n' });
  });

  test('HEAD has no body, another method is not allowed', () => {
    expect(answer({ journal: '{"UNIT":"u"}\n', method: 'HEAD' })).toMatchObject({ status: 'HTTP/1.1 200 OK', body: '' });
    expect(answer({ method: 'POST' })).toMatchObject({ status: 'HTTP/1.1 405 Method Not Allowed', asked: [] });
  });

  test('hostile bytes in the journal give only JSON with the known fields', () => {
    const known = /^(MESSAGE|VIRTWORK_EVENT|VIRTWORK_UNIT|UNIT|MESSAGE_ID|JOB_RESULT|__REALTIME_TIMESTAMP|_BOOT_ID)$/;
    for (const bytes of hostileBytes(30, 7)) {
      const around = ['{"MESSAGE":"', '","UNIT":"u"}\n{"', '":"x"}\n', '\n{"UNIT":"v"}\n'].map((text) => Buffer.from(text));
      const { status, body } = answer({ journal: Buffer.concat(around.flatMap((text) => [text, bytes])) });
      expect(status).toBe('HTTP/1.1 200 OK');
      for (const line of body.split('\n').slice(0, -1)) {
        expect(line).toMatch(/^\{"[A-Z_]+":".*"\}$/);
        for (const name of line.matchAll(/(?:^\{|",)"([A-Z_]+)":/g)) expect(name[1]).toMatch(known);
      }
    }
  });
});

describe('event', () => {
  const sourced = (root: StubRoot, script: string) =>
    root
      .file('virtwork-example', `set -uo pipefail\n. "\${VIRTWORK_LIB_DIR}/common.sh" || exit\n${script}\n`)
      .run(join(root.dir, 'virtwork-example'), [], { VIRTWORK_CGROUP_FILE: join(root.dir, 'cgroup') });
  const logger = (root: StubRoot) => root.stub('logger', `[[ $1 == --journald ]] && cat >${join(root.dir, 'entry')}`);

  test.each([
    ['0::/system.slice/virtwork-a.service\n', 'virtwork-a.service'],
    ['0::/system.slice/system-virtwork\\x2da.slice/virtwork-a@1.service/sub\n', 'virtwork-a@1.service'],
    ['2:cpu:/\n1:name=systemd:/system.slice/virtwork-a.service\n0::/\n', 'virtwork-a.service'],
    ['0::/user.slice/user-0.slice/session-1.scope\n', undefined],
    [undefined, undefined],
  ])('is a line of output and an entry of the journal: %j', (cgroup, unit) => {
    const root = logger(new StubRoot());
    if (cgroup !== undefined) root.file('cgroup', cgroup);
    const { status, output } = sourced(root, "event kill $'sent\\nVIRTWORK_UNIT=forged\\e[31m to 3'");
    expect({ status, output }).toEqual({ status: 0, output: 'virtwork-example: sent\nVIRTWORK_UNIT=forged\u001b[31m to 3\n' });
    const entry = readFileSync(join(root.dir, 'entry'), 'utf8');
    const lines = ['MESSAGE=sent?VIRTWORK_UNIT=forged?[31m to 3', `MESSAGE_ID=${ID}`, 'VIRTWORK_EVENT=kill'];
    expect(entry.trimEnd().split('\n')).toEqual([...lines, ...(unit === undefined ? [] : [`VIRTWORK_UNIT=${unit}`])]);
    expect(entry.split('\n').filter(hasUnseen)).toEqual([]);
  });

  test('the script goes on without a journal, and reports it once', () => {
    const { status, output } = sourced(new StubRoot().stub('logger', 'echo broken >&2; exit 1'), 'event fill a; event fill b; echo end');
    const warning = 'virtwork-example: cannot add an event to the journal\n';
    expect({ status, output }).toEqual({ status: 0, output: `virtwork-example: a\nvirtwork-example: b\nend\n${warning}` });
  });
});
