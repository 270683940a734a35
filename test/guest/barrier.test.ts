import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Barrier } from '../../src/results/result';
import { hostileBytes } from '../support/hostile';
import { ended, run, start } from '../support/run';
import { needs } from '../support/tools';
import { HEALTH, TOKEN, TrialGuest, type TrialGuestProps } from '../support/trial-guest';

const BOOT = '6f1c2a34-5b6d-4e7f-8a9b-0c1d2e3f4a5b';
const OTHER_BOOT = '00000000-5b6d-4e7f-8a9b-0c1d2e3f4a5b';

/** The leader of a group, with a clock that the test sets. */
class Leader extends TrialGuest {
  constructor(expected: number, props: TrialGuestProps = {}) {
    super({ expected, trials: ['a', 'b', 'c'], ...props });
    this.clock(100);
  }

  clock(seconds: number): this {
    this.write('uptime', `${seconds.toFixed(2)} 0.00\n`);
    return this;
  }

  override get env(): NodeJS.ProcessEnv {
    return { ...super.env, VIRTWORK_UPTIME_FILE: join(this.dir, 'uptime') };
  }

  /** The answer to a VM that arrives at a trial. */
  arrive(index: number, trial = '001', boot = BOOT): string {
    return this.ask(`/barrier/${TOKEN}/${trial}/${index}/${boot}`);
  }

  ask(target: string, method = 'GET'): string {
    const [head = '', body = ''] = this.get(target, method).toString('latin1').split('\r\n\r\n');
    return head.startsWith('HTTP/1.1 200 ') ? body.trimEnd() : (head.split('\r\n')[0] ?? '').slice('HTTP/1.1 '.length);
  }

  get files(): string[] {
    return readdirSync(join(this.dir, 'run/barrier')).sort();
  }

  /** What a restart does to the leader: the folder is not on a disk. */
  forget(): void {
    rmSync(join(this.dir, 'run/barrier'), { recursive: true });
    mkdirSync(join(this.dir, 'run/barrier'));
  }
}

describe('the leader', () => {
  test('lets all VMs start when the last one arrives', () => {
    const leader = new Leader(3);
    expect(leader.arrive(2)).toBe('wait 1/3 again 2');
    expect(leader.arrive(0)).toBe('wait 2/3 again 2');
    expect(leader.clock(101).arrive(1)).toBe('go 4000 arrived 3 ahead 0 past 0');
    expect(leader.clock(102.5).arrive(0)).toBe('go 2500 arrived 3 ahead 0 past 0');
    expect(leader.clock(105).arrive(2)).toBe('go 0 arrived 3 ahead 0 past 0');
  });

  test('starts each trial anew', () => {
    const leader = new Leader(2);
    leader.arrive(0);
    leader.arrive(1);
    expect(leader.arrive(0, '002')).toBe('wait 1/2 again 2');
    expect(leader.arrive(1, '002')).toBe('go 4000 arrived 2 ahead 0 past 0');
  });

  test.each([
    [2, 2],
    [16, 2],
    [64, 4],
    [256, 16],
    [1000, 62],
  ])('a group of %d VMs asks every %d s', (expected, again) => {
    expect(new Leader(expected).arrive(0)).toBe(`wait 1/${expected} again ${again}`);
  });

  test('counts a VM once that arrives twice', () => {
    const leader = new Leader(3);
    leader.arrive(1);
    expect(leader.arrive(1)).toBe('wait 1/3 again 2');
    // After a restart of that VM.
    expect(leader.arrive(1, '001', OTHER_BOOT)).toBe('wait 1/3 again 2');
    expect(leader.files.filter((name) => name.startsWith('1-'))).toEqual([`1-001-${OTHER_BOOT}`]);
  });

  test('lets a late VM start at once, and reports how late it is', () => {
    const leader = new Leader(2, { barrierTimeout: 60 });
    leader.arrive(0);
    expect(leader.clock(160).arrive(0)).toBe('go 0 arrived 1 ahead 0 past 0');
    expect(leader.clock(190).arrive(1)).toBe('go 0 arrived 1 ahead 0 past 30000');
  });

  test('does not wait for a VM that has gone on', () => {
    const leader = new Leader(3);
    expect(leader.arrive(2, '002')).toBe('wait 1/3 again 2');
    expect(leader.arrive(0)).toBe('wait 2/3 again 2');
    expect(leader.arrive(1)).toBe('go 4000 arrived 2 ahead 1 past 0');
  });

  test('does not count a VM at a trial from which it has gone back after a restart', () => {
    const leader = new Leader(3);
    leader.arrive(2, '002');
    leader.arrive(2, '001', OTHER_BOOT);
    leader.arrive(0, '002');
    expect(leader.arrive(1, '002')).toBe('wait 2/3 again 2');
  });

  test('counts a VM where it was last if an older request comes later', () => {
    const leader = new Leader(3);
    leader.arrive(2, '002');
    leader.arrive(2, '001');
    expect(leader.arrive(0, '001')).toBe('wait 2/3 again 2');
    leader.arrive(1, '002');
    expect(leader.arrive(0, '002')).toBe('go 4000 arrived 3 ahead 0 past 0');
  });

  test('lets those who are there start when no other VM comes for the timeout', () => {
    const leader = new Leader(4, { barrierTimeout: 60 });
    leader.arrive(0);
    expect(leader.clock(150).arrive(1)).toBe('wait 2/4 again 2');
    // 59 s after the last arrival: asking again does not prolong the wait.
    expect(leader.clock(209).arrive(0)).toBe('wait 2/4 again 2');
    expect(leader.clock(210).arrive(1)).toBe('go 4000 arrived 2 ahead 0 past 0');
    expect(leader.clock(211).arrive(0)).toBe('go 3000 arrived 2 ahead 0 past 0');
  });

  test('that restarts while VMs wait counts them again', () => {
    const leader = new Leader(3);
    leader.arrive(1);
    leader.arrive(2);
    leader.forget();
    leader.clock(10);
    expect(leader.arrive(2)).toBe('wait 1/3 again 2');
    expect(leader.arrive(1)).toBe('wait 2/3 again 2');
    expect(leader.arrive(0)).toBe('go 4000 arrived 3 ahead 0 past 0');
  });

  test('that restarts during a trial runs it again when the others have gone on', () => {
    const leader = new Leader(3);
    for (const index of [0, 1, 2]) leader.arrive(index);
    leader.forget();
    expect(leader.arrive(1, '002')).toBe('wait 1/3 again 2');
    expect(leader.arrive(0)).toBe('wait 2/3 again 2');
    expect(leader.arrive(2, '002')).toBe('wait 2/3 again 2');
    expect(leader.arrive(0)).toBe('go 0 arrived 1 ahead 2 past 0');
    expect(leader.arrive(0, '002')).toBe('go 4000 arrived 3 ahead 0 past 0');
  });

  test('ignores damaged files of its own', () => {
    const leader = new Leader(2);
    for (const text of ['', 'x', '1 2', 'a[$(touch gone)] 1 1']) {
      leader.write('run/barrier/start-001', text);
      leader.write('run/barrier/seen-001', text);
      expect(leader.arrive(0)).toBe('wait 1/2 again 2');
    }
  });

  test('does not answer without its folder', () => {
    const leader = new Leader(2);
    rmSync(join(leader.dir, 'run/barrier'), { recursive: true });
    expect(leader.arrive(0)).toBe('503 Service Unavailable');
  });

  test('fixes the start once when VMs arrive at the same time', async () => {
    const leader = new Leader(6);
    // Slow enough that several requests fix the start of the same trial.
    leader.write('bin/ln', '#!/bin/bash\nsleep 0.3\nexec /bin/ln "$@"\n', 0o755);
    for (let round = 1; round <= 3; round++) {
      for (let index = 1; index < 6; index++) leader.arrive(index, `00${round}`);
      const request = (index: number) => `GET /barrier/${TOKEN}/00${round}/${index}/${BOOT} HTTP/1.1\r\n\r\n`;
      const answers = await Promise.all(
        Array.from({ length: 6 }, async (_, index) => {
          // The clock differs for each: a second start would show.
          const uptime = join(leader.dir, `uptime-${index}`);
          writeFileSync(uptime, `${100 + index}.00 0.00\n`);
          const child = start('bash', [HEALTH], { env: { ...leader.env, VIRTWORK_UPTIME_FILE: uptime } });
          child.stdin.end(request(index));
          return (await ended(child, 60)).stdout.split('\r\n\r\n')[1] ?? '';
        }),
      );
      const [at, arrived] = readFileSync(join(leader.dir, `run/barrier/start-00${round}`), 'utf8')
        .split(' ')
        .map(Number) as [number, number];
      expect(arrived).toBe(6);
      for (const [index, answer] of answers.entries()) {
        const now = (100 + index) * 1000;
        const go = /^go (\d+) arrived 6 ahead 0 past (\d+)$/.exec(answer.trimEnd());
        if (go) expect(now + Number(go[1]) - Number(go[2])).toBe(at);
        else expect(answer).toMatch(/^wait \d+\/6 again 2$/m);
      }
      expect(answers.some((answer) => answer.startsWith('go '))).toBe(true);
    }
    expect(leader.files.filter((name) => name.startsWith('.'))).toEqual([]);
  }, 60_000);
});

describe('requests that are not found, and leave no file', () => {
  const path = (parts: { token?: string; id?: string; index?: string; boot?: string; rest?: string }) =>
    `/barrier/${parts.token ?? TOKEN}/${parts.id ?? '001'}/${parts.index ?? '1'}/${parts.boot ?? BOOT}${parts.rest ?? ''}`;

  test.each([
    ['another token', path({ token: 'f'.repeat(32) })],
    ['no token', path({ token: '' })],
    ['a token in upper case', path({ token: TOKEN.toUpperCase() })],
    ['a pattern as a token', path({ token: '*' })],
    ['a trial that is not in the plan', path({ id: '004' })],
    ['trial 000', path({ id: '000' })],
    ['a trial without its zeros', path({ id: '1' })],
    ['a pattern as a trial', path({ id: '00*' })],
    ['the index after the last', path({ index: '3' })],
    ['a huge index', path({ index: '9'.repeat(40) })],
    ['an index with a zero', path({ index: '01' })],
    ['a negative index', path({ index: '-1' })],
    ['an index that is a path', path({ index: '..' })],
    ['an index that is an expression', path({ index: 'a[$x]' })],
    ['another boot ID', path({ boot: 'x' })],
    ['a boot ID that is a path', path({ boot: '../../x' })],
    ['a boot ID in upper case', path({ boot: BOOT.toUpperCase() })],
    ['more than that', path({ rest: '/x' })],
    ['a path to a file', `/barrier/../../../etc/passwd`],
    ['an encoded path', `/barrier/${TOKEN}/001/1/..%2f..%2fx`],
  ])('%s', (_, target) => {
    const leader = new Leader(3);
    expect(leader.ask(target)).toBe('404 Not Found');
    expect(leader.files).toEqual([]);
  });

  test('arrivals at a VM that does not lead', () => {
    const other = new Leader(3, { index: 1 });
    expect(other.arrive(1)).toBe('404 Not Found');
    expect(other.files).toEqual([]);
  });

  test.each(['HEAD', 'POST', 'PUT', 'DELETE'])('%s', (method) => {
    const leader = new Leader(3);
    expect(leader.ask(path({}), method)).toBe('405 Method Not Allowed');
    expect(leader.files).toEqual([]);
  });

  test('hostile bytes', () => {
    const leader = new Leader(3);
    for (const bytes of hostileBytes(20, 7)) {
      const { stdout } = run('bash', [HEALTH], {
        env: leader.env,
        input: `GET /barrier/${bytes.toString('latin1')} HTTP/1.1\r\n\r\n`,
        seconds: 30,
      });
      expect(stdout).toMatch(/^HTTP\/1\.1 4\d\d /);
    }
    expect(leader.files).toEqual([]);
  });

  test('a flood of arrivals leaves few files', () => {
    const leader = new Leader(4);
    for (let n = 0; n < 36; n++) {
      leader.arrive(n % 4, `00${(n % 3) + 1}`, `${String(n).padStart(8, '0')}-5b6d-4e7f-8a9b-0c1d2e3f4a5b`);
    }
    // One per VM, and two per trial.
    expect(leader.files.length).toBeLessThanOrEqual(4 + 2 * 3);
  });
});

const check = needs('systemd-socket-activate');

describe('a guest', () => {
  const servers: ChildProcess[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) server.kill();
  });

  /** Serves the health endpoint of a leader. */
  async function serve(leader: TrialGuest, port: number, address = '127.0.0.1'): Promise<ChildProcess> {
    const server = leader.serve(port, [address]);
    servers.push(server);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return server;
  }

  async function freePort(): Promise<number> {
    return new Promise((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
    });
  }

  interface Passed extends Barrier {
    /** Milliseconds since 1970 at which the guest went on. */
    readonly end: number;
    readonly start?: number;
  }

  /** Waits at the barrier in a guest of its own. */
  async function pass(props: TrialGuestProps, command: readonly string[] = []): Promise<Passed> {
    const guest = new TrialGuest({ trials: ['a'], ...props });
    const [program = 'bash', ...args] = [
      ...command,
      'bash',
      '-c',
      '"$@" && echo "$EPOCHREALTIME"',
      'sh',
      guest.program('virtwork-barrier'),
      '001',
    ];
    const { status, stdout, stderr } = await ended(start(program, args, { env: guest.env }), 60);
    if (status !== 0) throw new Error(`exit ${status}: ${stdout}${stderr}`);
    const [json = '', time] = stdout.trimEnd().split('\n');
    return { ...(JSON.parse(json) as Passed), end: Number(time) * 1000 };
  }

  async function group(expected: number, more: TrialGuestProps = {}) {
    const port = await freePort();
    return { port, expected, leader: 'localhost', ...more };
  }

  /** The leader of a group whose name is that of this machine. */
  function leaderOf(props: TrialGuestProps): TrialGuest {
    const leader = new TrialGuest({ trials: ['a'], ...props });
    Object.defineProperty(leader, 'vm', { value: 'localhost' });
    return leader;
  }

  check(
    '16 guests go on together, after the last one has arrived',
    async () => {
      const props = await group(16);
      await serve(leaderOf(props), props.port);
      const early = Array.from({ length: 15 }, (_, index) => pass({ ...props, index }));
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const before = Date.now();
      const passed = await Promise.all([...early, pass({ ...props, index: 15 })]);
      const ends = passed.map(({ end }) => end);
      const spread = Math.max(...ends) - Math.min(...ends);
      process.stderr.write(`16 guests start within ${spread.toFixed(0)} ms\n`);
      for (const each of passed) expect(each).toMatchObject({ expected: 16, arrived: 16, ahead: 0, outcome: 'together' });
      expect(Math.min(...ends)).toBeGreaterThan(before);
      // Without a barrier it would be three seconds; a busy machine may take long to wake all of them.
      expect(spread).toBeLessThan(2500);
      expect(passed[0]?.waited).toBeGreaterThan(2.5);
      expect(passed[0]?.asked).toBeGreaterThan(1);
    },
    60_000,
  );

  check(
    'goes on without a VM that never comes',
    async () => {
      const props = await group(3, { barrierTimeout: 3 });
      await serve(leaderOf(props), props.port);
      const passed = await Promise.all([pass({ ...props, index: 0 }), pass({ ...props, index: 2 })]);
      for (const each of passed) expect(each).toMatchObject({ expected: 3, arrived: 2, ahead: 0, outcome: 'partial' });
    },
    60_000,
  );

  check(
    'starts alone if the leader never answers',
    async () => {
      const props = await group(2, { barrierTimeout: 2 });
      const passed = await pass({ ...props, index: 1 });
      expect(passed).toMatchObject({ expected: 2, outcome: 'alone' });
      expect(passed).not.toHaveProperty('arrived');
      expect(passed).not.toHaveProperty('start');
      expect(passed.waited).toBeGreaterThanOrEqual(2);
    },
    60_000,
  );

  check(
    'starts alone if the leader answers, but forgets the arrivals again and again',
    async () => {
      const props = await group(2, { barrierTimeout: 3 });
      const leader = leaderOf(props);
      await serve(leader, props.port);
      const timer = setInterval(() => {
        for (const name of readdirSync(join(leader.dir, 'run/barrier'))) rmSync(join(leader.dir, 'run/barrier', name), { force: true });
      }, 500);
      try {
        expect(await pass({ ...props, index: 1 })).toMatchObject({ expected: 2, outcome: 'alone' });
      } finally {
        clearInterval(timer);
      }
    },
    60_000,
  );

  check(
    'that comes after the start goes on at once, and knows when the others started',
    async () => {
      const props = await group(2, { barrierTimeout: 3 });
      await serve(leaderOf(props), props.port);
      const first = await pass({ ...props, index: 0 });
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const late = await pass({ ...props, index: 1 });
      expect(first).toMatchObject({ arrived: 1, outcome: 'partial' });
      expect(late).toMatchObject({ arrived: 1, outcome: 'partial', asked: 1 });
      expect(Math.abs((late.start as number) - (first.start as number))).toBeLessThan(1);
    },
    60_000,
  );

  check(
    'that arrives again after a restart was not there together with the others',
    async () => {
      const props = await group(2);
      await serve(leaderOf(props), props.port);
      await Promise.all([pass({ ...props, index: 0 }), pass({ ...props, index: 1 })]);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await pass({ ...props, index: 1 })).toMatchObject({ arrived: 2, asked: 1, outcome: 'partial' });
    },
    60_000,
  );

  check(
    'waits for a leader that restarts',
    async () => {
      const props = await group(2);
      const leader = leaderOf(props);
      const first = await serve(leader, props.port);
      const waiting = pass({ ...props, index: 1 });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      first.kill();
      for (const name of readdirSync(join(leader.dir, 'run/barrier'))) rmSync(join(leader.dir, 'run/barrier', name));
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await serve(leader, props.port);
      const passed = await Promise.all([waiting, pass({ ...props, index: 0 })]);
      for (const each of passed) expect(each).toMatchObject({ arrived: 2, outcome: 'together' });
    },
    60_000,
  );

  const withNamespaces = process.getuid?.() === 0 ? needs('systemd-socket-activate', 'unshare') : test.skip;
  withNamespaces(
    'looks up the name of the leader each time: its address changes',
    async () => {
      const props = { ...(await group(2)), leader: 'virtwork-x-0' };
      const leader = new TrialGuest({ trials: ['a'], ...props });
      const hosts = join(leader.dir, 'hosts');
      writeFileSync(hosts, '127.0.0.2 virtwork-x-0\n');
      await serve(leader, props.port, '127.0.0.3');
      const waiting = pass({ ...props, index: 1 }, [
        'unshare',
        '-m',
        'bash',
        '-c',
        'mount --bind "$1" /etc/hosts && shift && exec "$@"',
        'sh',
        hosts,
      ]);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      writeFileSync(hosts, '127.0.0.3 virtwork-x-0\n');
      const other = pass({ ...props, index: 0 }, [
        'unshare',
        '-m',
        'bash',
        '-c',
        'mount --bind "$1" /etc/hosts && shift && exec "$@"',
        'sh',
        hosts,
      ]);
      await serve(leader, props.port, '127.0.0.1');
      for (const each of await Promise.all([waiting, other])) expect(each).toMatchObject({ arrived: 2, outcome: 'together' });
    },
    60_000,
  );

  test('of a group of one does not wait', async () => {
    const passed = await pass({ expected: 1 });
    expect(passed).toMatchObject({ expected: 1, outcome: 'none', asked: 0 });
    expect(passed.start).toBeGreaterThan(0);
  });
});
