import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostileBytes } from '../support/hostile';
import { ROOT } from '../support/places';
import { StubRoot } from '../support/stub-root';

const NOW = Math.floor(Date.now() / 1000);
const STOP = 'virtwork-chaos-stop.ns.svc.cluster.local.';
const CLUSTER = 'kubernetes.default.svc.cluster.local.';

/** A guest of a chaos workload. Its sleep ends the script, so that a test sees what it waits for. */
class Guest extends StubRoot {
  constructor() {
    super();
    this.tools('timeout').stub('sleep', 'kill -KILL $PPID').stub('logger', 'cat >/dev/null').names();
    this.file('resolv.conf', 'nameserver 10.96.0.10\n').file('metrics/none', '');
  }

  /** Makes these names resolve, and no others. */
  names(...names: readonly string[]): this {
    return this.stub('getent', `[[ " ${names.join(' ')} " == *" $2 "* ]]`);
  }

  /** The output of a script that does harm, which the params and further commands describe. */
  chaos(params: string, commands: string): string[] {
    const script = `set -uo pipefail
. "$VIRTWORK_LIB_DIR/common.sh" && . "$VIRTWORK_LIB_DIR/chaos.sh" || exit
restore() { log restored; }
[[ '${params}' == none ]] || chaos_begin ${params}
${commands}`;
    const { output } = this.file('example', script).run(join(this.dir, 'example'), [], {
      STATE_DIRECTORY: this.dir,
      VIRTWORK_METRICS_DIR: join(this.dir, 'metrics'),
      VIRTWORK_RESOLV_CONF: join(this.dir, 'resolv.conf'),
      VIRTWORK_NAMESPACE: 'ns',
    });
    return output.split('\n').flatMap((line) => (line === '' ? [] : line.replace(/^example: /, '')));
  }

  /** What is kept of earlier starts. */
  before(first: number, phase: string, ...more: readonly string[]): this {
    return this.file('state', [`first ${first}`, `phase ${phase}`, ...more, ''].join('\n'));
  }

  get active(): string | undefined {
    return /^virtwork_chaos_active (.*)$/m.exec(this.metrics)?.[1];
  }

  get metrics(): string {
    return readFileSync(join(this.dir, 'metrics/chaos.prom'), 'utf8');
  }
}

const ONCE = 'chaos_turn; echo harm';

describe('when chaos acts', () => {
  test('at once and without end by default', () => {
    const guest = new Guest();
    expect(guest.chaos('0 0', ONCE)).toEqual(['chaos begins', 'harm']);
    expect(guest.active).toBe('1');
    // A restart does not begin again.
    expect(guest.chaos('0 0', ONCE)).toEqual(['harm']);
  });

  test.each<[string, string, number, string, string[], string, string]>([
    ['not before start-after', '1000 0', NOW, 'waiting', [], '0', 'sleep 10'],
    ['not after duration', '10 100', NOW - 200, 'active', ['restored', 'chaos has ended after 100 s'], '0', 'sleep 10'],
    ['not after duration, which a restart does not report again', '10 100', NOW - 200, 'ended', [], '0', 'sleep 10'],
    ['again when duration is longer than before', '10 1000', NOW - 200, 'ended', ['chaos begins and ends in 800 s', 'harm'], '1', ''],
    ['a clock that was ahead at the first start', '0 100', NOW + 99999, 'waiting', ['chaos begins and ends in 100 s', 'harm'], '1', ''],
  ])('%s', (_, params, first, phase, said, active, slept) => {
    const guest = new Guest().before(first, phase);
    const output = guest
      .chaos(params, ONCE)
      .map((line) => line.replace(/\d+ s$/, (found) => `${Math.round(Number.parseInt(found, 10) / 100) * 100} s`));
    expect({ output, active: guest.active }).toEqual({ output: said, active });
    const calls = readFileSync(join(guest.dir, 'calls'), 'utf8');
    if (slept !== '') expect(calls).toContain(slept);
  });

  test('a pause ends with the duration, and the harm with it', () => {
    const guest = new Guest().stub('sleep', 'exec /bin/sleep "$1"');
    expect(guest.chaos('0 2', `${ONCE}; chaos_pause 60 || echo over`)).toEqual([
      'chaos begins and ends in 2 s',
      'harm',
      'restored',
      'chaos has ended after 2 s',
      'over',
    ]);
  });

  test('max-per-hour holds also after a restart', () => {
    const guest = new Guest();
    const twice = `${ONCE}; chaos_did kill one; chaos_turn; chaos_did kill two; chaos_turn; echo three`;
    expect(guest.chaos('0 0 2', twice)).toEqual(['chaos begins', 'harm', 'one', 'two', 'max-per-hour is 2: waiting']);
    expect(guest.chaos('0 0 2', ONCE)).toEqual(['max-per-hour is 2: waiting']);
    expect(guest.chaos('0 0 3', ONCE)).toEqual(['harm']);
    expect(guest.before(NOW - 9000, 'active', `time ${NOW - 3700}`, `time ${NOW - 3700}`).chaos('0 0 2', ONCE)).toEqual(['harm']);
  });
});

describe('the Service that stops chaos', () => {
  test('stops it, and chaos goes on when it is gone', () => {
    const guest = new Guest().names(STOP, CLUSTER);
    expect(guest.chaos('0 0', ONCE)).toEqual(['restored', 'the Service virtwork-chaos-stop exists: chaos is stopped']);
    expect(guest.active).toBe('0');
    expect(guest.names(CLUSTER).chaos('0 0', ONCE)).toEqual(['the Service virtwork-chaos-stop is gone: chaos goes on', 'harm']);
    expect(guest.active).toBe('1');
  });

  test('a name server that does not answer neither stops chaos nor lets it go on', () => {
    const guest = new Guest();
    expect(guest.chaos('0 0', ONCE)).toEqual(['chaos begins', 'harm']);
    guest.names(STOP, CLUSTER).chaos('0 0', ONCE);
    expect(guest.names().chaos('0 0', ONCE)).toEqual([]);
  });

  test('is looked for during a pause, every 10 seconds', () => {
    const guest = new Guest().stub('sleep', 'exit 0').names(STOP);
    // The script sets the seconds that have passed.
    const output = guest.chaos(
      '0 0',
      'chaos_looked=0; chaos_phase=active; SECONDS=9; chaos_judge; echo 9; SECONDS=10; chaos_judge; echo 10',
    );
    expect(output).toEqual(['9', 'restored', 'the Service virtwork-chaos-stop exists: chaos is stopped', '10']);
  });

  test.each([
    ['search ns2.svc.example.org svc.example.org example.org\n', 'ns2.svc.example.org'],
    ['search peers.ns.svc.cluster.local ns.svc.cluster.local svc.cluster.local\n', 'ns.svc.cluster.local'],
    ['nameserver 1.1.1.1\nsearch example.org\n', 'ns.svc.cluster.local'],
    ['search a$(reboot).svc.x\n', 'ns.svc.cluster.local'],
    ['', 'ns.svc.cluster.local'],
  ])('is in the namespace of the pod: %j', (text, domain) => {
    const guest = new Guest().file('resolv.conf', text).names(`virtwork-chaos-stop.${domain}.`);
    expect(guest.chaos('0 0', ONCE)).toContain('the Service virtwork-chaos-stop exists: chaos is stopped');
  });
});

describe('what is kept and shown', () => {
  test('events are counted over restarts', () => {
    const guest = new Guest();
    guest.chaos('0 0', 'chaos_turn; chaos_did fill a; chaos_note release b');
    guest.chaos('0 0', 'chaos_turn; chaos_did fill a');
    const samples = guest.metrics.split('\n').filter((line) => line.startsWith('virtwork_chaos_events_total'));
    expect(samples.sort()).toEqual([
      'virtwork_chaos_events_total{kind="begin"} 1',
      'virtwork_chaos_events_total{kind="fill"} 2',
      'virtwork_chaos_events_total{kind="release"} 1',
    ]);
  });

  test('the end of the unit undoes the harm, and is not the end of chaos', () => {
    const guest = new Guest();
    guest.chaos('0 0', 'chaos_turn; chaos_did fill a');
    expect(guest.chaos('none', 'chaos_over')).toEqual(['restored']);
    expect(guest.active).toBe('0');
    expect(guest.metrics).toContain('virtwork_chaos_events_total{kind="fill"} 1');
    expect(guest.chaos('0 0', ONCE)).toEqual(['harm']);
  });

  test('nothing that is kept can be a command', () => {
    const guest = new Guest();
    for (const bytes of hostileBytes(20, 3)) {
      const texts = ['first ', '\nfirst a[$(touch ran)]', '\ntime 1+x', '\ncount-a$(touch ran) 3\ncount-b 1;touch ran\nphase ', '\n'];
      guest.file('state', texts.map((text) => `${text}${bytes.toString('latin1')}`).join(''));
      expect(guest.chaos('0 0 5', ONCE).at(-1)).toBe('harm');
    }
    expect(existsSync('ran') || existsSync(join(guest.dir, 'ran'))).toBe(false);
  });
});

describe('the workloads', () => {
  const script = (name: string) => join(ROOT, `catalog/${name}/files/usr/local/bin/virtwork-${name}`);
  const env = (guest: Guest, params: NodeJS.ProcessEnv) => ({
    STATE_DIRECTORY: guest.dir,
    VIRTWORK_METRICS_DIR: join(guest.dir, 'metrics'),
    VIRTWORK_RESOLV_CONF: join(guest.dir, 'resolv.conf'),
    PARAM_START_AFTER: '0',
    PARAM_DURATION: '0',
    PARAM_MAX_PER_HOUR: '0',
    ...params,
  });

  test('chaos-disk releases what it has filled when the unit ends', () => {
    const guest = new Guest()
      .stub('mountpoint')
      .stub('stat', 'case $1 in -f) echo 100 100 100 4096 ;; *) echo "800 * 512" ;; esac')
      .tools('fallocate', 'head');
    const params = env(guest, { PARAM_MOUNT: guest.dir, PARAM_FILL_PERCENT: '50', PARAM_FILL_SLEEP: '60', PARAM_RELEASE_SLEEP: '60' });
    const fill = join(guest.dir, '.virtwork-fill');
    expect(guest.run(script('chaos-disk'), ['run'], params).output).toMatch(/chaos begins\n.*filled \S+ with 0 MiB\n/);
    expect(existsSync(fill)).toBe(true);
    expect(guest.run(script('chaos-disk'), ['release'], params).output).toMatch(/released/);
    expect({ left: existsSync(fill), active: guest.active }).toEqual({ left: false, active: '0' });
    expect(guest.metrics).toContain('virtwork_chaos_events_total{kind="fill"} 1\n');
    expect(guest.metrics).toContain('virtwork_chaos_events_total{kind="release"} 1\n');
  });

  test('chaos-network delays while chaos may act, and undoes it at the end', () => {
    const guest = new Guest()
      .stub('ip', '[[ $1 == -6 ]] || echo "default via 10.0.2.2 dev eth0"')
      .stub('modprobe')
      .stub('sort', 'cat')
      .file('meminfo', 'MemTotal:        2097152 kB\n');
    const state = join(guest.dir, 'netem');
    guest.stub(
      'tc',
      `case $2 in replace) >${state} ;; del) rm ${state} ;; show) [[ ! -e ${state} ]] || echo "qdisc netem 8001: dev eth0 root refcnt 2" ;; esac`,
    );
    const params = (more: NodeJS.ProcessEnv) =>
      env(guest, {
        PARAM_LATENCY_MS: '50',
        PARAM_PACKET_LOSS_PERCENT: '1',
        PARAM_LIMIT: '0',
        VIRTWORK_MEMINFO: join(guest.dir, 'meminfo'),
        ...more,
      });
    expect(guest.run(script('chaos-network'), ['run'], params({ PARAM_START_AFTER: '1000' })).output).toBe('');
    expect({ delayed: existsSync(state), active: guest.active }).toEqual({ delayed: false, active: '0' });
    expect(guest.run(script('chaos-network'), ['run'], params({})).output).toMatch(/eth0: delay 50 ms, loss 1 %\n$/);
    expect({ delayed: existsSync(state), active: guest.active }).toEqual({ delayed: true, active: '1' });
    expect(guest.run(script('chaos-network'), ['remove'], params({})).output).toMatch(/removed netem from eth0\n$/);
    expect({ delayed: existsSync(state), active: guest.active }).toEqual({ delayed: false, active: '0' });
    expect(guest.metrics).toContain('{kind="delay"} 1\n');
    expect(guest.metrics).toContain('{kind="restore"} 1\n');
  });
});
