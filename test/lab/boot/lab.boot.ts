import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tempDir } from '../../support/places';
import { type Ended, ended, run, start } from '../../support/run';
import { eventually } from '../guest';

const PROGRAM = join(ROOT, 'lib/virtwork.cjs');
const ENTRY = join(ROOT, 'test/fixtures/lab/broken');
const VM = 'virtwork-broken-0';
/**
 * Minutes until `lab test` gives up, which it always does. The first time is enough for a boot while other emulated guests run; if it is not,
 * there is a second attempt.
 */
const TIMEOUTS = [5, 9];

function lab(dir: string, verb: string, ...words: string[]): Ended {
  return run(process.execPath, [PROGRAM, 'lab', verb, '--lab-dir', dir, ...words]);
}

/** A `lab test` with a running VM. */
async function underway(dir: string): Promise<{ readonly child: ChildProcess; readonly pid: number }> {
  const child = start(process.execPath, [PROGRAM, 'lab', 'test', ENTRY, '--lab-dir', dir], { stdio: 'ignore' });
  const record = join(dir, 'vms', VM, 'vm.json');
  const read = () => (JSON.parse(readFileSync(record, 'utf8')) as { pid?: number }).pid;
  await eventually(() => expect(read()).toBeGreaterThan(0), 60);
  return { child, pid: read() as number };
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}

const broken = join(tempDir(), 'lab');
let tested: Promise<Ended>;

interface Report {
  readonly result: string;
  readonly vms: readonly { readonly state: string; readonly why: string; readonly health: object }[];
}

async function testBroken(): Promise<Ended> {
  let came: Ended = { status: null, stdout: '', stderr: '' };
  for (const minutes of TIMEOUTS) {
    const words = `--lab-dir ${broken} --memory 512Mi --timeout ${minutes}m -o json`.split(' ');
    came = await ended(start(process.execPath, [PROGRAM, 'lab', 'test', ENTRY, ...words]), (minutes + 2) * 60);
    if ((JSON.parse(came.stdout) as Report).vms[0]?.state !== 'booting') break;
  }
  return came;
}

// The VM boots during the other tests.
beforeAll(() => {
  tested = testBroken();
});

test('an interrupt leaves nothing', async () => {
  const dir = join(tempDir(), 'lab');
  const { child, pid } = await underway(dir);
  child.kill('SIGINT');
  expect(await ended(child)).toMatchObject({ status: 130 });
  expect([isRunning(pid), existsSync(dir)]).toEqual([false, false]);
});

test('after a kill the VM ends too, and the next command removes its disks', async () => {
  const dir = join(tempDir(), 'lab');
  const { child, pid } = await underway(dir);
  child.kill('SIGKILL');
  // Until it is reaped, it counts as a process.
  await ended(child);
  await eventually(() => expect(isRunning(pid)).toBe(false), 10);
  expect(lab(dir, 'status').stdout).toBe('the lab is empty\n');
  expect(existsSync(dir)).toBe(false);
});

describe('a workload that does nothing', () => {
  test.each([
    ['exit 7', 7],
    ['no-such-command', 127],
    ['kill -9 $$', 137],
  ])('lab exec runs a command in its guest: %s exits with %d', async (script, code) => {
    await eventually(() => expect(lab(broken, 'status').stdout).toMatch(/ unhealthy /), 14 * 60);
    // A guest that has just booted may close a connection.
    await eventually(() => expect(lab(broken, 'exec', VM, '--', 'bash', '-c', script)).toMatchObject({ status: code }), 120);
  });

  test('is reported with the reason', async () => {
    const { status, stdout } = await tested;
    const { result, vms } = JSON.parse(stdout) as Report;
    expect({ status, result, state: vms[0]?.state }).toEqual({ status: 3, result: 'timeout', state: 'unhealthy' });
    expect(vms[0]?.health).toMatchObject({ status: 503, units: [expect.stringContaining('virtwork-broken.service')] });
    expect(vms[0]?.why).toContain('here is why');
  });
});
