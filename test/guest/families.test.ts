import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/render';
import { StubRoot } from '../support/stub-root';
import { needs } from '../support/tools';

/** The scripts on Fedora and on Debian, with stubs for the tools of each family: no test boots a Fedora guest. */
const CATALOG = join(ROOT, 'catalog');
const SCRIPTS = {
  packages: join(CATALOG, '_shared/base/files/usr/local/bin/virtwork-packages'),
  agent: join(CATALOG, '_shared/base/files/usr/local/bin/virtwork-guest-agent'),
  owners: join(CATALOG, '_shared/owners/files/usr/local/bin/virtwork-owners'),
  setup: join(CATALOG, '_shared/base/files/usr/local/bin/virtwork-setup'),
  netem: join(CATALOG, 'chaos-network/files/usr/local/bin/virtwork-chaos-network'),
  space: join(CATALOG, 'database/files/usr/local/bin/virtwork-database-space'),
  server: join(CATALOG, 'database/files/usr/local/bin/virtwork-database-server'),
};

const RPM = ['rpm', '[[ $4 == present ]]'] as const;
const DPKG = ['dpkg-query', '[[ $5 != present ]] || echo installed'] as const;
/** dnf and apt-get fail as a whole when one name is unknown. */
const UNLESS_UNKNOWN = '[[ " $* " != *" unknown "* ]]';

describe('packages', () => {
  const fedora = () => new StubRoot().stub(...RPM).stub('dnf', UNLESS_UNKNOWN);
  const debian = () =>
    new StubRoot()
      .stub(...DPKG)
      .stub('dpkg')
      .stub('apt-get', UNLESS_UNKNOWN);
  const installs = (calls: readonly string[]) =>
    calls.filter((call) => /\binstall\b/.test(call)).map((call) => call.replace(/-o \S+ /g, ''));

  test.each([
    ['fedora', fedora, 'dnf -qy install'],
    ['debian', debian, 'apt-get -qy install'],
  ])('%s installs missing packages in one call', (_, root, install) => {
    const { status, calls } = root().file('etc/packages', 'present\nfio\nxfsprogs\n').run(SCRIPTS.packages, []);
    expect({ status, installs: installs(calls) }).toEqual({ status: 0, installs: [`${install} fio xfsprogs`] });
  });

  test.each([
    ['fedora', fedora, 'dnf -qy install'],
    ['debian', debian, 'apt-get -qy install'],
  ])('%s installs the others one by one when a name is unknown, and reports the name', (_, root, install) => {
    const { status, calls, output } = root().file('etc/packages', 'unknown\nfio\n').run(SCRIPTS.packages, []);
    expect({ status, installs: installs(calls) }).toEqual({
      status: 1,
      installs: [`${install} unknown fio`, `${install} unknown`, `${install} fio`],
    });
    expect(output).toContain('cannot install unknown\n');
  });

  test.each([
    ['fedora', fedora],
    ['debian', debian],
  ])('%s installs nothing when no package is missing', (_, root) => {
    const { status, calls } = root().file('etc/packages', 'present\n').run(SCRIPTS.packages, []);
    expect({ status, installs: installs(calls) }).toEqual({ status: 0, installs: [] });
  });
});

describe('the guest agent', () => {
  const guest = (packages = '') => {
    const root = new StubRoot().stub('udevadm').stub('systemctl').stub('sleep').stub('virtwork-packages', packages);
    return { root, env: { VIRTWORK_AGENT_CHANNEL: join(root.dir, 'channel'), VIRTWORK_PACKAGES: join(root.dir, 'bin/virtwork-packages') } };
  };

  test('is installed and started where the VM has a channel for it', () => {
    const { root, env } = guest();
    expect(root.file('channel', '').run(SCRIPTS.agent, [], env)).toMatchObject({
      status: 0,
      calls: ['udevadm settle --timeout=30', 'virtwork-packages qemu-guest-agent', 'systemctl start qemu-guest-agent.service'],
    });
  });

  test('is not started, without an error, in a VM without the channel', () => {
    const { root, env } = guest();
    const { status, calls, output } = root.run(SCRIPTS.agent, [], env);
    expect({ status, started: calls.filter((call) => !call.startsWith('udevadm')) }).toEqual({ status: 0, started: [] });
    expect(output).toContain('no channel for the guest agent');
  });

  test('is given up after three attempts without a mirror, and the unit does not fail', () => {
    const { root, env } = guest('exit 1');
    const { status, calls, output } = root.file('channel', '').run(SCRIPTS.agent, [], env);
    expect({ status, attempts: calls.filter((call) => call.startsWith('virtwork-packages')).length }).toEqual({ status: 0, attempts: 3 });
    expect(calls.filter((call) => call.startsWith('systemctl'))).toEqual([]);
    expect(output).toContain('cannot install qemu-guest-agent: the workload runs without it');
  });

  test('that does not start is reported in the journal', () => {
    const { root, env } = guest();
    const { status, output } = root.stub('systemctl', 'exit 1').file('channel', '').run(SCRIPTS.agent, [], env);
    expect(status).toBe(0);
    expect(output).toContain('cannot start qemu-guest-agent.service');
  });

  test.each([
    ['fedora', [...RPM], 'dnf', 'dnf -qy install qemu-guest-agent'],
    ['debian', [...DPKG], 'apt-get', 'apt-get -qy install qemu-guest-agent'],
  ])('%s installs a named package, and no package of the list', (_, [query = '', script = ''], installer, expected) => {
    const root = new StubRoot().stub(query, script).stub('dpkg').stub(installer);
    const { status, calls } = root.file('etc/packages', 'fio\n').run(SCRIPTS.packages, ['qemu-guest-agent']);
    const installs = calls.filter((call) => /\binstall\b/.test(call)).map((call) => call.replace(/-o \S+ /g, ''));
    expect({ status, installs }).toEqual({ status: 0, installs: [expected] });
  });
});

describe('netem', () => {
  const root = () =>
    new StubRoot().stub('ip', '[[ $1 == -6 ]] || echo "default via 10.0.2.2 dev eth0"').stub('tc').stub('uname', 'echo 6.1.0');
  const apply = (guest: StubRoot, params: NodeJS.ProcessEnv = {}) =>
    guest.file('meminfo', 'MemTotal:        2097152 kB\n').run(SCRIPTS.netem, ['apply'], {
      PARAM_LATENCY_MS: '50',
      PARAM_PACKET_LOSS_PERCENT: '1',
      PARAM_LIMIT: '0',
      VIRTWORK_METRICS_DIR: guest.dir,
      VIRTWORK_MEMINFO: join(guest.dir, 'meminfo'),
      ...params,
    });

  test.each([
    ['fedora', 'dnf', ['dnf -qy install kernel-modules-extra-6.1.0', 'dnf -qy install kernel-modules-core-6.1.0']],
    ['debian', 'apt-get', ['apt-get -qy -o DPkg::Lock::Timeout=600 install linux-modules-extra-6.1.0']],
  ])('%s looks for the module of the running kernel, and reports when no package has it', (_, installer, expected) => {
    const { status, calls, output } = apply(root().stub('modprobe', 'exit 1').stub(installer, 'exit 1'));
    expect({ status, calls: calls.filter((call) => call.startsWith(installer)) }).toEqual({ status: 1, calls: expected });
    expect(output).toContain('this kernel has no module sch_netem, and no package provides it');
  });

  test('a module from a package is enough', () => {
    const guest = root();
    const brought = join(guest.dir, 'brought');
    const { status, calls } = apply(guest.stub('modprobe', `[[ -e ${brought} ]]`).stub('dnf', `>${brought}`));
    expect(status).toBe(0);
    expect(calls.at(-1)).toBe('tc qdisc replace dev eth0 root netem limit 41700 delay 50ms loss 1%');
  });

  // 834 for each millisecond; a quarter of 2 GiB holds 233016.
  test.each([
    ['100', '0', 83400],
    ['0', '0', 1000],
    ['1', '0', 1000],
    ['60000', '0', 233016],
    ['100', '1000', 1000],
    ['100', '10000000', 10000000],
  ])('a delay of %s ms with limit %s lets %d packets wait', (PARAM_LATENCY_MS, PARAM_LIMIT, limit) => {
    const guest = root().stub('modprobe');
    const { status, calls } = apply(guest, { PARAM_LATENCY_MS, PARAM_LIMIT });
    expect({ status, applied: calls.at(-1) }).toEqual({
      status: 0,
      applied: `tc qdisc replace dev eth0 root netem limit ${limit} delay ${PARAM_LATENCY_MS}ms loss 1%`,
    });
    expect(readFileSync(join(guest.dir, 'chaos-network.prom'), 'utf8')).toContain(`_queue_limit_packets ${limit}\n`);
  });
});

describe('the database server', () => {
  const root = () =>
    new StubRoot()
      .stub('mountpoint')
      .stub('systemctl')
      .stub('install', 'for last; do :; done; mkdir -p "$last"')
      .stub('find')
      .stub('restorecon');
  const env = (guest: StubRoot) => ({
    VIRTWORK_PG_DISK: join(guest.dir, 'disk'),
    VIRTWORK_PG_USR: join(guest.dir, 'usr'),
    PARAM_SCALE_FACTOR: '10',
  });
  /** stat -f of a disk of 2000 MiB. */
  const free = (mebibytes: number) => ['stat', `echo 2000 ${mebibytes} ${1 << 20}`] as const;
  const versions = 'case $1 in --version) echo "postgres (PostgreSQL) 16.4" ;; esac';
  const initdb = 'data=$(printf "%s\\n" "$@" | sed -n s/^--pgdata=//p); mkdir -p "$data"; echo 16 >"$data/PG_VERSION"';

  test.each([
    ['fedora', 'usr/bin'],
    ['debian', 'usr/lib/postgresql/16/bin'],
  ])('%s finds the server, labels the disk, and makes the data directory once', (_, bin) => {
    const guest = root().stub(`${bin}/postgres`, versions).stub(`${bin}/initdb`, initdb);
    expect(guest.run(SCRIPTS.server, ['prepare'], env(guest))).toMatchObject({ status: 0 });
    expect(guest.run(SCRIPTS.server, ['init'], env(guest))).toMatchObject({ status: 0 });
    const { status, calls } = guest.run(SCRIPTS.server, ['init'], env(guest));
    expect({ status, version: readFileSync(join(guest.dir, 'disk/data/16/PG_VERSION'), 'utf8') }).toEqual({ status: 0, version: '16\n' });
    expect(calls).toContain(`restorecon -RF ${guest.dir}/disk/data`);
    expect(calls.filter((call) => call.startsWith('initdb'))).toHaveLength(1);
  });

  describe('of another major than the data', () => {
    const found = (mebibytes: number) =>
      root()
        .stub(...free(mebibytes))
        .stub('usr/bin/postgres', versions)
        .stub('usr/bin/initdb', initdb)
        .file('disk/data/15/PG_VERSION', '15\n')
        .file('disk/data/15/base', 'x'.repeat(3 << 20))
        .file('disk/data/16.new/PG_VERSION', '16\n')
        .file('disk/data/14.unusable.1700000000/base', '');

    test('reports what uses the space instead of filling the disk, and keeps it', () => {
      const guest = found(327);
      const { status, output, calls } = guest.run(SCRIPTS.server, ['init'], env(guest));
      const data = join(guest.dir, 'disk/data');
      expect({ status, initdb: calls.some((call) => call.startsWith('initdb')) }).toEqual({ status: 1, initdb: false });
      expect(output.replaceAll(guest.dir, '').replaceAll(/\d MiB are in/g, 'N MiB are in')).toBe(
        [
          'virtwork-database-space: an empty server needs 328 MiB, but /disk has 327 MiB free',
          'virtwork-database-space: N MiB are in /disk/data/14.unusable.1700000000: an unusable data directory',
          'virtwork-database-space: N MiB are in /disk/data/15: data of PostgreSQL 15, which PostgreSQL 16 cannot use',
          'virtwork-database-space: if this data is no longer needed, run: rm -rf /disk/data/14.unusable.1700000000 /disk/data/15; otherwise give the VM a larger disk or a lower scale-factor; the unit tries again automatically',
          'virtwork-database-server: cannot create the data directory of PostgreSQL 16: not enough space',
          '',
        ].join('\n'),
      );
      expect(['15/PG_VERSION', '14.unusable.1700000000', '16.new'].map((name) => existsSync(join(data, name)))).toEqual([
        true,
        true,
        false,
      ]);
    });

    test('starts when there is space, and keeps the old data', () => {
      const guest = found(328);
      const { status, output } = guest.run(SCRIPTS.server, ['init'], env(guest));
      expect({ status, made: existsSync(join(guest.dir, 'disk/data/16/PG_VERSION')) }).toEqual({ status: 0, made: true });
      expect(output).toContain(`PostgreSQL 16 cannot use ${guest.dir}/disk/data/15; keeping it`);
    });
  });

  // 10 x 24 MiB of tables, and 200 MiB of log on a disk of 2000 MiB.
  test.each([
    ['all of it is free', 440, 0, 0],
    ['a part is free, and tables that are filled again hold the rest', 140, 300, 0],
    ['the held space is too small by less than a MiB', 140, 299.999, 1],
    ['the disk is large and full', 439, 0, 1],
  ])('the load checks the free space: %s', (_, mebibytes, held, expected) => {
    const guest = root().stub(...free(mebibytes));
    const bytes = String(Math.floor(held * (1 << 20)));
    const { status, output } = guest.run(SCRIPTS.space, ['load', join(guest.dir, 'disk/data/16'), bytes], env(guest));
    expect(status).toBe(expected);
    if (expected) expect(output).toMatch(/scale-factor 10 needs 440 MiB, but \S+\/disk has \d+ MiB free/);
  });

  test.each([
    [300, '64'],
    [2000, '200'],
    [100_000, '1024'],
  ])('on a disk of %d MiB the log may grow to %s MiB', (size, log) => {
    const guest = root().stub('stat', `echo ${size} ${size} ${1 << 20}`);
    expect(guest.run(SCRIPTS.space, ['log'], env(guest))).toMatchObject({ status: 0, output: `${log}\n` });
  });

  test('reports a missing installation', () => {
    const guest = root();
    expect(guest.run(SCRIPTS.server, ['prepare'], env(guest))).toMatchObject({
      status: 1,
      output: 'virtwork-database-server: PostgreSQL is not installed\n',
    });
  });
});

describe('the setup', () => {
  test('restores the SELinux label of a file with the name of the peer', () => {
    const guest = new StubRoot()
      .stub('systemctl')
      .stub('systemd-sysusers')
      .stub('systemd-tmpfiles')
      .stub('restorecon')
      .stub('uname', 'echo virtwork-tps-client-3');
    const file = join(guest.dir, 'etc/named');
    guest
      .file('etc/workload.env', 'VIRTWORK_PEER_PREFIX="virtwork-tps-server-"\n')
      .file('etc/peer-files', `${file}\n`)
      .file('etc/named', 'peer @VIRTWORK_PEER@\n');
    const { status, calls } = guest.run(SCRIPTS.setup, ['a.service']);
    expect({ status, text: readFileSync(file, 'utf8') }).toEqual({ status: 0, text: 'peer virtwork-tps-server-3\n' });
    expect(calls).toContain(`restorecon ${file}`);
    expect(calls.at(-1)).toBe('systemctl start --no-block -- a.service');
  });

  const apply = (lines: string) =>
    ['systemctl', 'systemd-tmpfiles', 'systemd-sysusers', 'udevadm', 'ldconfig', 'update-ca-trust', 'update-ca-certificates']
      .reduce((guest, tool) => guest.stub(tool), new StubRoot())
      .stub('lib/systemd-sysctl')
      .stub('lib/systemd-modules-load')
      .file('etc/apply', lines);
  const setup = (guest: StubRoot) => guest.run(SCRIPTS.setup, ['a.service'], { VIRTWORK_SYSTEMD_DIR: join(guest.dir, 'lib') });

  test('applies the files of an entry, users first, before systemd reads the units', () => {
    const lines = [
      'ca-trust /etc/pki/ca-trust/source/anchors/ca.pem',
      'ldconfig /etc/ld.so.conf.d/x.conf',
      'modules /etc/modules-load.d/x.conf',
      'restart sshd.service ssh.service',
      'sysctl /etc/sysctl.d/a.conf',
      'sysctl /etc/sysctl.d/b.conf',
      'sysusers /etc/sysusers.d/x.conf',
      'tmpfiles /etc/tmpfiles.d/x.conf',
      'udev /etc/udev/rules.d/x.rules',
    ];
    const { status, calls } = setup(apply(`${lines.join('\n')}\n`));
    expect(status).toBe(0);
    expect(calls).toEqual([
      'systemd-sysusers virtwork-metrics.conf',
      'systemd-sysusers /etc/sysusers.d/x.conf',
      'systemd-tmpfiles --create virtwork.conf',
      'systemd-tmpfiles --create /etc/tmpfiles.d/x.conf',
      'systemd-modules-load /etc/modules-load.d/x.conf',
      'systemd-sysctl /etc/sysctl.d/a.conf /etc/sysctl.d/b.conf',
      'udevadm control --reload',
      'udevadm trigger',
      'update-ca-trust ',
      'ldconfig ',
      'systemctl --quiet is-active sshd.service',
      'systemctl restart sshd.service',
      'systemctl --quiet is-active ssh.service',
      'systemctl restart ssh.service',
      'systemctl enable --no-reload -- a.service',
      'systemctl daemon-reload',
      'systemctl start --no-block -- a.service',
    ]);
  });

  test('applies nothing for an entry without such files', () => {
    const { calls } = setup(apply(''));
    expect(calls).toEqual([
      'systemd-sysusers virtwork-metrics.conf',
      'systemd-tmpfiles --create virtwork.conf',
      'systemctl enable --no-reload -- a.service',
      'systemctl daemon-reload',
      'systemctl start --no-block -- a.service',
    ]);
  });

  test('a failed step does not stop the other steps', () => {
    const guest = apply('ca-trust /a.pem\nreexec /etc/systemd/system.conf.d/x.conf\nsysctl /b.conf\nsysusers /c.conf\n');
    for (const tool of ['systemd-sysusers', 'update-ca-trust', 'lib/systemd-sysctl']) guest.stub(tool, 'exit 1');
    const { status, output, calls } = setup(guest);
    expect(status).toBe(1);
    expect(output).toBe(
      [
        'virtwork-setup: cannot create the group virtwork-metrics',
        'virtwork-setup: cannot apply all of /c.conf',
        'virtwork-setup: cannot apply all of /b.conf',
        'virtwork-setup: cannot apply /a.pem',
        '',
      ].join('\n'),
    );
    expect(calls.slice(-2)).toEqual(['systemctl daemon-reexec', 'systemctl start --no-block -- a.service']);
  });

  needs('systemd-sysusers', 'systemd-tmpfiles')('creates users and directories with the real tools', () => {
    const guest = new StubRoot().stub('systemctl');
    const root = join(guest.dir, 'root');
    mkdirSync(join(root, 'etc'), { recursive: true });
    guest.stub('systemd-sysusers', `[[ $1 != virtwork-metrics.conf ]] || exit 0; exec /usr/bin/systemd-sysusers --root=${root} "$@"`);
    guest.stub('systemd-tmpfiles', `[[ $2 != virtwork.conf ]] || exit 0; exec /usr/bin/systemd-tmpfiles --root=${root} "$@"`);
    const [users, directories] = [join(guest.dir, 'users.conf'), join(guest.dir, 'directories.conf')];
    guest
      .file('users.conf', 'u virtwork-test - "A test" /srv\n')
      .file('directories.conf', 'd /srv/made 0750 virtwork-test virtwork-test -\n')
      .file('etc/apply', `sysusers ${users}\ntmpfiles ${directories}\n`);
    expect(guest.run(SCRIPTS.setup, ['a.service'])).toMatchObject({ status: 0 });
    expect(readFileSync(join(root, 'etc/passwd'), 'utf8')).toMatch(/^virtwork-test:x:/m);
    expect(existsSync(join(root, 'srv/made'))).toBe(true);
  });
});

describe('owners', () => {
  test('each file gets its owner, also with a blank in its name', () => {
    const { status, calls } = new StubRoot().stub('chown').file('etc/owners', 'a:b /x y\nc /z').run(SCRIPTS.owners, []);
    expect({ status, calls }).toEqual({ status: 0, calls: ['chown --no-dereference -- a:b /x y', 'chown --no-dereference -- c /z'] });
  });

  test('a missing user does not affect other files, and is tried again', () => {
    const root = new StubRoot().stub('chown', '[[ $* != *missing* ]]').file('etc/owners', 'missing /x\nc /z\n');
    const { status, calls, output } = root.run(SCRIPTS.owners, []);
    expect({ status, calls }).toEqual({ status: 1, calls: ['chown --no-dereference -- missing /x', 'chown --no-dereference -- c /z'] });
    expect(output).toContain('virtwork-owners: cannot set the owner of /x to missing\n');
  });
});

describe('packages: present', () => {
  const fedora = () => new StubRoot().stub(...RPM).stub('dnf');
  const debian = () => new StubRoot().stub(...DPKG).stub('apt-get');
  const script = join(CATALOG, '_shared/present/files/usr/local/bin/virtwork-packages-present');

  test.each([
    ['fedora', fedora],
    ['debian', debian],
  ])('on %s, missing packages are named and not installed', (_, root) => {
    const { status, calls, output } = root().file('etc/packages', 'present\nfio\nxfsprogs\n').run(script, []);
    expect({ status, output }).toEqual({
      status: 1,
      output: expect.stringContaining('missing packages: fio xfsprogs; nothing installs them'),
    });
    expect(calls.filter((call) => /^(dnf|apt-get) /.test(call))).toEqual([]);
  });

  test.each([
    ['fedora', fedora],
    ['debian', debian],
  ])('on %s, the check passes if all are installed', (_, root) => {
    expect(root().file('etc/packages', 'present\n').run(script, [])).toMatchObject({ status: 0 });
  });
});
