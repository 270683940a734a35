import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tempDir } from '../../support/render';
import { booted, eventually } from '../guest';

const PROGRAM = join(ROOT, 'lib/virtwork.cjs');
const ENTRY = join(ROOT, 'test/fixtures/lab/broken');
const VM = 'virtwork-broken-0';

function lab(dir: string, ...args: string[]) {
  return spawnSync(process.execPath, [PROGRAM, 'lab', ...args, '--lab-dir', dir], { encoding: 'utf8' });
}

/** A `lab test` whose VM runs. */
async function underway(dir: string): Promise<{ readonly child: ChildProcess; readonly pid: number }> {
  const child = spawn(process.execPath, [PROGRAM, 'lab', 'test', ENTRY, '--lab-dir', dir], { stdio: 'ignore' });
  const record = join(dir, 'vms', VM, 'vm.json');
  const read = () => (JSON.parse(readFileSync(record, 'utf8')) as { pid?: number }).pid;
  await eventually(() => expect(read()).toBeGreaterThan(0), 60);
  return { child, pid: read() as number };
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}

test('a workload that does nothing is told apart, and why', () => {
  const { status, stdout } = lab(join(tempDir(), 'lab'), 'test', ENTRY, '--memory', '512Mi', '--timeout', '4m', '-o', 'json');
  const { result, vms } = JSON.parse(stdout) as { result: string; vms: { state: string; why: string; health: object }[] };
  expect({ status, result, state: vms[0]?.state }).toEqual({ status: 3, result: 'timeout', state: 'unhealthy' });
  expect(vms[0]?.health).toMatchObject({ status: 503, units: [expect.stringContaining('virtwork-broken.service')] });
  expect(vms[0]?.why).toContain('here is why');
});

test('interrupted, it leaves nothing', async () => {
  const dir = join(tempDir(), 'lab');
  const { child, pid } = await underway(dir);
  child.kill('SIGINT');
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
  expect([isRunning(pid), existsSync(dir)]).toEqual([false, false]);
});

test('killed, it takes its VM along, and the next command removes its disks', async () => {
  const dir = join(tempDir(), 'lab');
  const { child, pid } = await underway(dir);
  child.kill('SIGKILL');
  await eventually(() => expect(isRunning(pid)).toBe(false), 10);
  expect(lab(dir, 'status').stdout).toBe('the lab is empty\n');
  expect(existsSync(dir)).toBe(false);
});

describe('inside of a VM', () => {
  const here = booted('cpu', { params: { 'cpu-load-percent': 10 } });

  test.each([
    ['exit 7', 7],
    ['no-such-command', 127],
    ['kill -9 $$', 137],
  ])('%s ends lab exec with %d', (script, code) => {
    expect(() => here.exec('cpu-0', script)).toThrow(`: exit ${code}\n`);
  });
});
