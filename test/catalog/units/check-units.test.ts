import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestFile } from '../../../src/catalog/entry';
import { checkUnits } from '../../../src/catalog/units/check-units';
import type { WorkloadFile } from '../../../src/catalog/workload-file';
import { formatProblem } from '../../../src/errors';
import { run } from '../../support/run';
import { scratchSystem } from '../../support/scratch-root';
import { needs } from '../../support/tools';

/** The verdict of systemd on a unit: it starts the unit, starts it without a line, or rejects it. */
type Verdict = 'good' | 'ignores' | 'refuses';

const SHELL = "run it in a shell: /bin/bash -c '…', or in a script in files/usr/local/bin";
const service = (lines: string) => `[Service]\nExecStart=/bin/true\n${lines}\n`;
const start = (lines: string) => `[Service]\n${lines}\n`;
const unit = (lines: string) => `[Unit]\n${lines}\n[Service]\nExecStart=/bin/true\n`;

/** Each case is also verified with systemd itself. */
const CASES: readonly (readonly [verdict: Verdict, text: string, type?: string])[] = [
  // Lines
  ['good', '# a comment\n; another\n\n[Service]\n  ExecStart = /bin/true\n'],
  ['good', '[Service]\nExecStart=/bin/sh \\\n# a comment between\n  -c true\n'],
  ['good', '[Service]\r\nExecStart=/bin/true\r\n'],
  ['good', '[X-Mine]\nAny=thing\n[Service]\nExecStart=/bin/true\nX-Other=1\n'],
  ['ignores', 'Description=a\n[Service]\nExecStart=/bin/true\n'],
  ['ignores', service('Environment')],
  ['refuses', '[Service\nExecStart=/bin/true\n'],
  ['ignores', '[Services]\nRestart=no\n[Service]\nExecStart=/bin/true\n'],
  ['ignores', '[Timer]\nOnCalendar=daily\n[Service]\nExecStart=/bin/true\n'],
  // Directives
  ['ignores', service('Enviroment=A=b')],
  ['ignores', service('restart=always')],
  ['ignores', service('WantedBy=multi-user.target')],
  ['ignores', service('After=network.target')],
  ['ignores', unit('Restart=always')],
  ['good', service('StartLimitInterval=10')],
  // Values
  ...['Restart=yes', 'Restart=Always', 'Type=notifyy', 'KillMode=controlgroup', 'KillSignal=SIGFOO', 'KillSignal=sigterm'].map(ignores),
  ...['RestartSec=5 secs', 'RestartSec=soon', 'RestartSec=-1', 'TimeoutStopSec=10minute s', 'RuntimeMaxSec=1.5.2'].map(ignores),
  ...['RemainAfterExit=maybe', 'NoNewPrivileges=enabled', 'PrivateTmp=ja', 'ProtectSystem=all', 'ProtectHome=readonly'].map(ignores),
  ...['MemoryMax=512m', 'MemoryMax=512MB', 'MemoryMax=512Mi', 'TasksMax=many', 'CPUQuota=0.5', 'CPUQuota=50', 'CPUWeight=0'].map(ignores),
  ...['LimitNOFILE=unlimited', 'UMask=9', 'UMask=u=rwx', 'Nice=20', 'OOMScoreAdjust=1001', 'StartLimitBurst=x'].map(ignores),
  ...['StandardOutput=/var/log/x', 'StandardOutput=append:x', 'SyslogLevel=loud', 'OOMPolicy=die'].map(ignores),
  ...['EnvironmentFile=relative', 'Environment=no-assignment', 'Environment="A=b', 'Environment=MSG=a b', 'ReadWritePaths=tmp'].map(
    ignores,
  ),
  ...['RuntimeDirectory=/run/x', 'StateDirectory=../x', 'Slice=x', 'IOSchedulingClass=fast', 'Sockets=x.service'].map(ignores),
  ...['Restart=on-failure', 'Type=oneshot', 'Type=exec', 'KillSignal=SIGRTMIN+3', 'KillSignal=15', 'KillSignal=TERM'].map(good),
  ...['RestartSec=5', 'RestartSec=1min 30s', 'RestartSec=1.5h', 'TimeoutStartSec=infinity', 'RuntimeMaxSec=500ms', 'TimeoutSec=2 min'].map(
    good,
  ),
  ...['PrivateTmp=1', 'NoNewPrivileges=On', 'ProtectSystem=strict', 'ProtectHome=tmpfs', 'MemoryMax=1.5G', 'MemoryMax=50%'].map(good),
  ...['MemoryMax=infinity', 'TasksMax=10%', 'CPUQuota=150%', 'CPUQuota=0.5%', 'CPUWeight=idle', 'LimitNOFILE=1024:4096'].map(good),
  ...['LimitCORE=infinity', 'LimitCPU=10min', 'LimitAS=1G', 'UMask=0077', 'Nice=-5', 'IOSchedulingClass=best-effort'].map(good),
  ...['StandardOutput=append:/var/log/x', 'StandardError=journal+console', 'StandardOutput=null', 'StandardInput=file:/dev/null'].map(good),
  ...['EnvironmentFile=-/etc/x', 'Environment="MSG=a b" B=c', "Environment='A=b c'", 'ReadWritePaths=-/x +/y', 'StateDirectory=a b/c'].map(
    good,
  ),
  ...['SystemCallFilter=@systm-service'].map(ignores),
  ...['CapabilityBoundingSet=~CAP_SYS_ADMIN cap_kill', 'SystemCallFilter=@system-service', 'SystemCallFilter=~@mount @clock:EPERM'].map(
    good,
  ),
  ...['User=daemon', 'User=65534', 'SupplementaryGroups=tty disk', 'WorkingDirectory=~', 'WorkingDirectory=-/nowhere'].map(good),
  ...['CapabilityBoundingSet=', 'ExecStartPre=', 'Environment='].map(good),
  ...['User=a/b', 'Group=a:b', 'WorkingDirectory=relative', 'DynamicUser=ja', 'RootDirectory=relative'].map(refuses),
  ['ignores', service('WorkingDirectory=-relative')],
  // References
  ['ignores', unit('After=network')],
  ['ignores', unit('Wants=network-online')],
  ['ignores', unit('ConditionPathExists=etc/x')],
  ['ignores', unit('Documentation=see the wiki')],
  ['good', unit('ConditionPathExists=|!/etc/x\nDocumentation=man:true(1) https://example.com')],
  // Exec lines
  ['refuses', start('ExecStart=bin/true')],
  ['refuses', start('ExecStart=./true')],
  ['refuses', start('ExecStart=/bin/')],
  ['refuses', start('ExecStart=/bin/sh -c "true')],
  ['refuses', start('ExecStart="/bin/true')],
  ['refuses', start('ExecStart=')],
  ['refuses', start('Restart=no')],
  ['refuses', start('ExecStart=/bin/true\nExecStart=/bin/true')],
  ['refuses', start('ExecStart=/bin/true ; /bin/true')],
  ['refuses', start('ExecStart=/bin/true\nType=oneshot\nRestart=always')],
  ['refuses', start('ExecStart=/bin/true\nType=oneshot\nRestart=on-success')],
  ['refuses', start('ExecStart=/bin/true\nType=dbus')],
  ['refuses', start('ExecStop=/bin/true\nType=oneshot')],
  ['ignores', start('ExecStart=/bin/true\nExecStartPre=-bin/x')],
  ['ignores', start('ExecStart=/bin/true\nExecStartPre="/bin/true')],
  ['refuses', start('ExecStart=/bin/true\nExecStartPre=bin/x')],
  ['good', start('ExecStart=/bin/true\nType=oneshot\nRestart=on-failure')],
  ['good', start('ExecStart=/bin/false\nExecStart=\nExecStart=/bin/true')],
  ['good', start('ExecStart=/bin/true\nExecStart=/bin/true\nType=oneshot')],
  ['good', start('ExecStop=/bin/true\nType=oneshot\nRemainAfterExit=yes')],
  ['good', start('ExecStop=/bin/true\nRemainAfterExit=yes')],
  ['refuses', start('ExecStop=/bin/true\nType=simple\nRemainAfterExit=yes')],
  ['good', '[Unit]\nSuccessAction=reboot\n'],
  ['good', start('ExecStart=-/bin/true\nExecStartPre=+/bin/true\nExecStartPre=!/bin/true\nExecStop=@/bin/true argv0')],
  ['good', start('ExecStart=:/bin/true $A %% "a b" \'c d\' \\; e')],
  ['refuses', start('ExecStart=/bin/true %Q')],
  ['ignores', service('Environment=A=%Q')],
  ['good', service('Environment=A=%%Q B=%m C=5%')],
  ['good', start('ExecStart=true')],
  ['good', start('ExecStart=/bin/sh -c \'a="$$(date)"; echo $${a} > /dev/null 2>&1 && true\'')],
  // Other types
  ['good', '[Timer]\nOnCalendar=hourly\n', 'timer'],
  ['good', '[Timer]\nOnBootSec=1min\nOnUnitActiveSec=5min\n', 'timer'],
  ['refuses', '[Timer]\nPersistent=yes\n', 'timer'],
  ['refuses', '[Timer]\nOnCalendar=every hour\n', 'timer'],
  ['ignores', '[Timer]\nOnCalendar=hourly\nOnBootSec=soon\n', 'timer'],
  ['ignores', '[Timer]\nOnCalendar=hourly\nOnCalender=daily\n', 'timer'],
  ['refuses', '[Unit]\nDescription=a\n', 'path'],
  ['good', '[Path]\nPathExists=/etc/hostname\n', 'path'],
  ['refuses', '[Path]\nPathExists=etc/hostname\n', 'path'],
  ['good', '[Socket]\nListenStream=8080\n', 'socket'],
  ['good', '[Socket]\nListenStream=/run/x.sock\nSocketMode=0600\n', 'socket'],
  ['refuses', '[Socket]\nSocketMode=0600\n', 'socket'],
  ['refuses', '[Socket]\nListenStream=localhost:80:80\n', 'socket'],
  ['refuses', '[Socket]\nListenStream=99999\n', 'socket'],
  ['refuses', '[Socket]\nListenStream=65536\n', 'socket'],
  ['refuses', '[Socket]\nListenStream=0\n', 'socket'],
  ['refuses', '[Socket]\nListenStream=127.0.0.1:70000\n', 'socket'],
  ['refuses', '[Socket]\nListenStream=300.0.0.1:80\n', 'socket'],
  ['refuses', '[Socket]\nListenStream=[::1]:70000\n', 'socket'],
  ['good', '[Socket]\nListenStream=65535\nListenStream=127.0.0.1:80\nListenStream=[::1]:80\n', 'socket'],
  ['ignores', '[Socket]\nListenStream=8080\nSocketMode=rw\n', 'socket'],
  ['good', '[Unit]\nDescription=a\n', 'target'],
  ['ignores', '[Service]\nExecStart=/bin/true\n', 'target'],
  ['refuses', '[Mount]\nWhat=/dev/x\nWhere=/mnt/elsewhere\n', 'mount'],
];

const CALENDAR: readonly (readonly [verdict: Verdict, value: string])[] = [
  ...[
    'minutely',
    'Mon..Fri 10:00',
    'Mon,Tue *-*-01..04 12:00:00',
    '*:0/15',
    '*-*-* 03:00:00',
    '2026-11-25',
    'Sat 00:00 UTC',
    '12-25',
    '@1395716396',
  ].map((value) => ['good', value] as const),
  ...['*-*~1', '*-*-* *:*:00/10', '03:00 Europe/Berlin', 'weekly UTC', 'Fri'].map((value) => ['good', value] as const),
  ...['10..12/2:00', '*-*-1/7', '*-*~3', '*:0/59', '23:59:59.5', '70-1-1'].map((value) => ['good', value] as const),
  ...['*-*-* 25:00:00', 'Mon *-13-01', '*:*/90', '10:61', 'Mon..Fri 24:00', '10:00 Europe/Nowhere', '*-*-32'].map(
    (value) => ['ignores', value] as const,
  ),
  ...['10:00:60', '*:0/60', '12..10:00', '*-00-01', '*-*~29', '1969-01-01', '*:0/0', '10:00:00/0'].map(
    (value) => ['ignores', value] as const,
  ),
  ...['every hour', '5min', '0 3 * * *', '25', '10:00pm', 'Montag 10:00', '@reboot', '* * * * *'].map(
    (value) => ['ignores', value] as const,
  ),
];

function good(line: string) {
  return ['good', service(line)] as const;
}
function ignores(line: string) {
  return ['ignores', service(line)] as const;
}
function refuses(line: string) {
  return ['refuses', service(line)] as const;
}

const ALL = [...CASES, ...CALENDAR.map(([verdict, value]) => [verdict, `[Timer]\nOnBootSec=1\nOnCalendar=${value}\n`, 'timer'] as const)];

describe('the verdict on a unit', () => {
  test.each(ALL)('%s %j (%s)', (verdict, text = '', type = 'service') => {
    const { problems, warnings } = found({ [`case.${type}`]: text, ...triggered(`case.${type}`) });
    const all = [...problems, ...warnings];
    if (verdict === 'good') expect(all).toEqual([]);
    else expect({ all, verdict: problems.length > 0 ? 'refuses' : all.length > 0 ? 'ignores' : 'good' }).toMatchObject({ verdict });
  });

  needs('systemd-analyze')('is that of systemd itself', () => {
    const root = scratchSystem();
    const names = ALL.map(([, , type = 'service'], index) => `case${index}.${type}`);
    mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
    ALL.forEach(([, text], index) => {
      const name = names[index] as string;
      for (const [file, content] of Object.entries({ [name]: text, ...triggered(name) }))
        writeFileSync(join(root, 'etc/systemd/system', file), content);
    });
    const { stderr } = run('systemd-analyze', ['verify', `--root=${root}`, '--man=no', ...names]);
    const lines = stderr.split('\n');
    const verdicts = names.map((name): Verdict => {
      const about = lines.filter((line) => new RegExp(`\\b${name}(?!\\w)`).test(line));
      if (about.some((line) => /bad unit file setting|failed to load properly|Refusing/.test(line))) return 'refuses';
      return about.length > 0 ? 'ignores' : 'good';
    });
    expect(ALL.map(([, text], index) => [verdicts[index], text])).toEqual(ALL.map(([verdict, text]) => [verdict, text]));
  });
});

/** Shell syntax in lines where systemd starts the program itself. systemd reads it as arguments. */
describe('an Exec line', () => {
  test.each([
    ['> /var/log/x 2>&1', 'put StandardOutput=truncate:/var/log/x on a separate line; errors follow it'],
    ['a >>/var/log/x', 'put StandardOutput=append:/var/log/x on a separate line; errors follow it'],
    ['a > /dev/null 2>&1', 'put StandardOutput=null on a separate line; errors follow it'],
    ['a 2>/dev/null', SHELL],
    ['a < /etc/hosts', SHELL],
    ['a | tee b', SHELL],
    ['a && /bin/b', SHELL],
    ['a || true', SHELL],
    ['a &', SHELL],
    ['a; /bin/b', SHELL],
    ['$(hostname)', SHELL],
    ['"$(hostname)"', SHELL],
    ['`hostname`', SHELL],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the unit
    ['${A:-b}', SHELL],
    ['~/x', 'write the absolute path'],
  ])('must not have %s without a shell', (args, hint) => {
    const { problems } = found({ 'case.service': start(`ExecStart=/usr/bin/x ${args}`) });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^case\.service:2: ExecStart= has .* only a shell (understands|expands)/);
    expect(problems[0]).toContain(`\n  hint: ${hint}`);
  });

  test.each([
    "/bin/sh -c 'a > b 2>&1 | c; d && e $$(f) ~/g /h/*'",
    '/bin/bash -o pipefail -ec "a | b"',
    "/usr/bin/env A=b bash -c 'a > b'",
    "/usr/bin/nice -n 5 sh -c 'a > b'",
    "/sbin/runuser -u postgres -- sh -c 'a > b'",
    "/bin/su - daemon -c 'a > b'",
    "/usr/bin/awk '{print $(NF)}' /etc/hosts",
    '/usr/bin/x "a > b" \'c | d\' "e;" http://h/?a=1&b=2 --filter=x>5 a|b -- -> =>',
    '/usr/bin/systemctl stop redis*.service',
    '/usr/bin/find / -name *.log -exec rm {} \\;',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the unit
    '/usr/bin/x $A ${B} $MAINPID',
    '/usr/bin/date +%%Y-%%m',
  ])('may be %s', (line) => {
    expect(found({ 'case.service': start(`ExecStart=${line}`) })).toEqual({ problems: [], warnings: [] });
  });

  test.each([
    ['/bin/sh -c a > /x', 'put the whole script into one pair of quotes after -c'],
    ['/bin/rm /tmp/*.log', SHELL],
    ['FOO=bar', 'put Environment=FOO=bar on a separate line'],
    ['FOO=/bar /usr/bin/x', 'put Environment=FOO=/bar on a separate line'],
    ['$BIN a', 'write the path of the program'],
    ['~/bin/x', 'write the path without ~'],
    ['cd /srv', 'put WorkingDirectory=/srv on a separate line'],
  ])('must not be %s', (line, hint) => {
    expect(found({ 'case.service': start(`ExecStart=${line}`) }).problems).toEqual([expect.stringContaining(`\n  hint: ${hint}`)]);
  });

  test.each(['/usr/bin/x /tmp/*.log', '/usr/bin/x /srv/{a,b}', '/usr/bin/date +%Y-%m'])('is a warning for %s', (line) => {
    const { problems, warnings } = found({ 'case.service': start(`ExecStart=${line}`) });
    expect({ problems, warnings: warnings.length }).toEqual({ problems: [], warnings: 1 });
  });

  test('runs a program of the entry', () => {
    const file = (path: string, executable: boolean): GuestFile => ({
      path,
      content: '',
      mode: executable ? '0755' : '0644',
      source: path,
    });
    const files = [file('/usr/local/bin/my-tool', true), file('/opt/tool', false)];
    expect(found({ 'case.service': start('ExecStart=/usr/local/bin/my-tool') }, { files })).toEqual({ problems: [], warnings: [] });
    expect(found({ 'case.service': start('ExecStart=/usr/local/bin/my-tol') }, { files })).toEqual({
      problems: [],
      warnings: [
        'case.service:2: ExecStart= begins with /usr/local/bin/my-tol, which the entry does not have\n  hint: did you mean "/usr/local/bin/my-tool"?',
      ],
    });
    expect(found({ 'case.service': start('ExecStart=/opt/tool') }, { files }).problems).toEqual([
      expect.stringContaining('begins with /opt/tool, which is not executable in the guest'),
    ]);
  });
});

describe('a hint', () => {
  test.each([
    ['[Service]\nExecStart=/bin/true\nEnviroment=A=b', 'did you mean "Environment="?'],
    ['[Service]\nExecStart=/bin/true\nrestart=always', 'did you mean "Restart="?'],
    ['[Service]\nExecStart=/bin/true\nWantedBy=multi-user.target', 'put it into [Install]'],
    ['[Unit]\nRestart=always\n[Service]\nExecStart=/bin/true', 'put it into [Service]'],
    ['[Service]\nExecStart=/bin/true\nType=notifyy', 'did you mean "Type=notify"?'],
    ['[Service]\nExecStart=/bin/true\nRestart=onfailure', 'did you mean "Restart=on-failure"?'],
    ['[Service]\nExecStart=/bin/true\nRestart=yes', 'did you mean "Restart=always"?'],
    ['[Service]\nExecStart=/bin/true\nMemoryMax=512Mi', 'did you mean "MemoryMax=512M"?'],
    ['[Service]\nExecStart=/bin/true\nLimitNOFILE=unlimited', 'did you mean "LimitNOFILE=infinity"?'],
    ['[Service]\nExecStart=/bin/true\nKillSignal=sigterm', 'did you mean "KillSignal=SIGTERM"?'],
    ['[Service]\nExecStart=/bin/true\nRestartSec=5 secs', 'did you mean "RestartSec=5 s"?'],
    ['[Service]\nExecStart=/bin/true\nAmbientCapabilities=CAP_NET_ADMN', 'did you mean "AmbientCapabilities=CAP_NET_ADMIN"?'],
    ['[Service]\nExecStart=/bin/true\nSystemCallFilter=~@monut', 'did you mean "SystemCallFilter=~@mount"?'],
    ['[Servce]\nExecStart=/bin/true\n[Service]\nExecStart=/bin/true', 'did you mean "[Service]"?'],
  ])('for %j is %s', (text, hint) => {
    expect(found({ 'case.service': text }).warnings).toEqual([
      expect.stringMatching(new RegExp(`\n  hint: ${hint.replace(/[[\]?]/g, '\\$&')}$`)),
    ]);
  });
});

describe('a unit that another one names', () => {
  const names = (line: string, workloadFile: WorkloadFile = {}) =>
    found({ 'virtwork-my-entry.service': unit(line), 'virtwork-my-entry-server.service': service('') }, { workloadFile });

  test.each([
    ['Wants=virtwork-my-entry-server.service'],
    ['Requires=virtwork-packages.service'],
    ['Wants=network-online.target time-sync.target systemd-resolved.service'],
    ['Requires=dev-vda.device mnt-data.mount system.slice getty@tty1.service sshd.service'],
    ['After=whatever.service postgresql.service'],
    ['Requires=redis.service', { packages: { debian: ['redis-server'] } }],
    ['Requires=postgresql.service', { packages: ['postgresql-15'] }],
    ['Requires=virtwork-disk@data.service', { storage: [{ name: 'data', serial: 'a', mount: '/mnt/a' }] }],
  ] as [string, WorkloadFile?][])('may be %s', (...[line, workloadFile]) => {
    expect(names(line, workloadFile)).toEqual({ problems: [], warnings: [] });
  });

  test.each([
    ['Requires=virtwork-database-server.service', 'Requires=virtwork-my-entry-server.service'],
    ['BindsTo=virtwork-my-entry-sever.service', 'BindsTo=virtwork-my-entry-server.service'],
    ['Requires=virtwork-disk@data.service', undefined],
  ])('keeps it from starting in %s', (line, hint) => {
    const { problems, warnings } = names(line);
    expect(warnings).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('names a unit that the entry does not have; without it this unit does not start')]);
    if (hint) expect(problems[0]).toContain(`\n  hint: did you mean "${hint}"?`);
  });

  test.each([
    ['Wants=virtwork-database-server.service', 'Wants=virtwork-my-entry-server.service'],
    ['After=virtwork-database-server.service', 'After=virtwork-my-entry-server.service'],
    ['Wants=virtwork-database.service', 'systemd ignores it'],
    ['Wants=network-onlin.target', 'Wants=network-online.target'],
    ['Requires=redis.service', 'Requires=redis.service names a unit that neither the entry nor its packages seem to have'],
  ])('is missed in %s', (line, hint) => {
    const { problems, warnings } = names(line);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(hint)]);
  });

  test('is never the unit itself', () => {
    const said = (line: string) => {
      const { problems, warnings } = found({ 'virtwork-my-entry.service': unit(line) });
      return [...problems, ...warnings].join();
    };
    expect(said('Requires=virtwork-setup.service')).toMatch(/does not start$/);
    expect(said('After=virtwork-other.service')).toMatch(/no effect$/);
    expect(said('Wants=virtwork-my-entri.service')).toMatch(/ignores it$/);
  });

  test('is there for a drop-in', () => {
    const dropIn = (name: string): GuestFile[] => [
      { path: `/etc/systemd/system/${name}.d/x.conf`, content: '[Service]\nNice=1\n', mode: '0644', source: 'x.conf' },
    ];
    const warnings = (name: string) => found({ 'virtwork-my-entry.service': service('') }, { files: dropIn(name) }).warnings;
    expect(warnings('virtwork-my-entry.service')).toEqual([]);
    expect(warnings('redis.service')).toEqual([]);
    expect(warnings('virtwork-database.service')).toEqual([
      'x.conf: is a drop-in for virtwork-database.service, which the entry does not have\n  hint: rename its folder to virtwork-my-entry.service.d',
    ]);
  });

  test('must be there for a timer', () => {
    const timer = '[Timer]\nOnBootSec=1\n';
    expect(found({ 'virtwork-my-entry.timer': timer }).problems).toEqual([
      'virtwork-my-entry.timer: is for virtwork-my-entry.service, which the entry does not have, so systemd refuses it\n  hint: add the file workload.service',
    ]);
    expect(found({ 'virtwork-my-entry.timer': `${timer}Unit=apt-daily.service\n` }).problems).toEqual([]);
  });
});

test('a user that nothing creates is a warning', () => {
  const files = [{ path: '/etc/sysusers.d/x.conf', content: 'u mine -\n', mode: '0644', source: 'x' }];
  expect(found({ 'a.service': service('User=mine') }, { files }).warnings).toEqual([]);
  expect(found({ 'a.service': service('User=postgres') }, { workloadFile: { packages: ['postgresql'] } }).warnings).toEqual([]);
  expect(found({ 'a.service': service('User=mine') }).warnings).toEqual([expect.stringContaining('a.service:3: User=mine is a user that')]);
});

test.each([
  ['app', 'use DynamicUser=yes'],
  ['mial', 'use DynamicUser=yes'],
  ['gamess', 'did you mean "games"?'],
])('the hint for the unknown user %s begins with %s', (user, hint) => {
  expect(found({ 'a.service': service(`User=${user}`) }).warnings).toEqual([expect.stringContaining(`\n  hint: ${hint}`)]);
});

test.each([
  ['Environment=A=1 b', 'systemd ignores only "b"'],
  ['Environment=b', 'systemd ignores this line'],
  ['CapabilityBoundingSet=CAP_X CAP_KILL', 'systemd ignores only "CAP_X"'],
])('of %s, %s', (line, warning) => {
  expect(found({ 'a.service': service(line) }).warnings).toEqual([expect.stringContaining(warning)]);
});

test('a unit is judged with its drop-ins, and drop-ins line by line', () => {
  const dropIn = (content: string): GuestFile[] => [
    { path: '/etc/systemd/system/a.service.d/more.conf', content, mode: '0644', source: 'more.conf' },
  ];
  expect(found({ 'a.service': service('') }, { files: dropIn('[Service]\nExecStart=\nExecStart=/bin/false\n') })).toEqual({
    problems: [],
    warnings: [],
  });
  expect(found({ 'a.service': service('') }, { files: dropIn('[Service]\nExecStart=/bin/false\n') }).problems).toEqual([
    'more.conf:2: has 2 commands in ExecStart=, which systemd accepts only for Type=oneshot\n  hint: add an empty ExecStart= before it, which removes the commands of a.service',
  ]);
  expect(found({ 'a.service': service('') }, { files: dropIn('[Service]\nRestart=yes\n') }).warnings).toEqual([
    expect.stringMatching(/^more\.conf:2: /),
  ]);
});

test('values of placeholders are checked, and unknown ones are left alone', () => {
  const values = { mode: 'yes', none: '' };
  expect(found({ 'a.service': service('Restart={{mode}}') }, { values }).warnings).toHaveLength(1);
  expect(found({ 'a.service': service('Restart={{none}}\nRestartSec={{other}}s') }, { values })).toEqual({ problems: [], warnings: [] });
});

/** The service that a timer, socket or path needs. */
function triggered(name: string): Record<string, string> {
  return /\.(timer|socket|path)$/.test(name) ? { [name.replace(/\.\w+$/, '.service')]: service('') } : {};
}

/** The problems and warnings of an entry with one role and these units. */
function found(
  units: { readonly [name: string]: string },
  {
    files = [],
    values = {},
    workloadFile = {},
  }: { files?: GuestFile[]; values?: { [key: string]: string }; workloadFile?: WorkloadFile } = {},
): { problems: string[]; warnings: string[] } {
  const role = {
    name: 'workload',
    units: Object.entries(units).map(([name, text]) => ({ name, text, source: name, placeholders: [] })),
    files,
  };
  const file = { name: 'workload.yaml', data: workloadFile, written: () => undefined, locate: () => 'workload.yaml' };
  const findings = checkUnits(
    { name: 'my-entry', roles: [role], workloadFile: { file, data: workloadFile, incomplete: new Set() } },
    values,
  );
  return { problems: findings.problems.map(formatProblem), warnings: findings.warnings.map(formatProblem) };
}
