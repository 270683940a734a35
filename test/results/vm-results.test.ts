import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Ask } from '../../src/results/ask';
import { ResultsFolder } from '../../src/results/folder';
import type { Result, TrialsState } from '../../src/results/result';
import { VmResults } from '../../src/results/vm-results';
import { tempDir } from '../support/render';
import { member, record, state } from '../support/trial-records';

const VM = 'virtwork-fio-bench-0';
const GROUP = 'fio-bench';
const OTHER_BOOT = '00000000-5b6d-4e7f-8a9b-0c1d2e3f4a5b';

/** A guest that answers as virtwork-health does. */
class Guest {
  readonly asked: number[] = [];
  records: Result[] = [];
  /** Bytes of an answer that come. @default all */
  cut: number | undefined;

  constructor(
    readonly planned: number,
    public more: Partial<TrialsState> = {},
  ) {}

  run(...trials: readonly string[]): this {
    for (const trial of trials) this.records.push(record({ trial, guest: { boot: this.more.boot ?? state().boot } }));
    return this;
  }

  ask: Ask = async (from) => {
    this.asked.push(from);
    const records = this.records.map(({ trial }) => trial);
    const parts = [state({ records, planned: this.planned, ...this.more }), ...this.records.filter(({ trial }) => Number(trial) >= from)];
    const body = Buffer.concat(parts.map(member));
    return { body: body.subarray(0, this.cut), isCut: this.cut !== undefined && this.cut < body.length };
  };
}

function trials(vm: VmResults): string[] {
  return vm.records.map(({ trial }) => trial);
}

test('all records in one question', async () => {
  const guest = new Guest(2).run('001', '002');
  const vm = new VmResults({ name: VM, group: GROUP });
  await vm.update(guest.ask);
  expect({ asked: guest.asked, trials: trials(vm), good: vm.isGood, settled: vm.isSettled }).toEqual({
    asked: [1],
    trials: ['001', '002'],
    good: true,
    settled: true,
  });
});

test('later rounds ask from the first record that is missing', async () => {
  const guest = new Guest(3).run('001');
  const vm = new VmResults({ name: VM, group: GROUP });
  await vm.update(guest.ask);
  expect([vm.isComplete, vm.isSettled]).toEqual([false, false]);
  guest.run('002');
  await vm.update(guest.ask);
  await vm.update(guest.ask);
  expect(guest.asked).toEqual([1, 2, 3]);
  expect(trials(vm)).toEqual(['001', '002']);
});

test('another run of the program starts where the folder ends', async () => {
  const folder = new ResultsFolder(tempDir());
  const guest = new Guest(3).run('001', '002');
  await new VmResults({ name: VM, group: GROUP, folder }).update(guest.ask);
  guest.run('003');
  const vm = new VmResults({ name: VM, group: GROUP, folder });
  await vm.update(guest.ask);
  expect(guest.asked).toEqual([1, 3]);
  expect(vm.isGood).toBe(true);
});

test('an answer that is cut is continued', async () => {
  const guest = new Guest(5).run('001', '002', '003', '004', '005');
  guest.cut = 1900;
  const vm = new VmResults({ name: VM, group: GROUP });
  await vm.update(guest.ask);
  expect(guest.asked.length).toBeGreaterThan(1);
  expect({ trials: trials(vm), faults: vm.faults }).toEqual({ trials: ['001', '002', '003', '004', '005'], faults: [] });
});

test('an answer that is always cut within the same record is not continued forever', async () => {
  const guest = new Guest(2).run('001', '002');
  guest.cut = 500;
  const vm = new VmResults({ name: VM, group: GROUP });
  await vm.update(guest.ask);
  expect(guest.asked).toEqual([1]);
  expect(vm.isGood).toBe(false);
  expect(vm.faults.map(({ message }) => message)).toContain('record 001 is listed by the guest, but is not in its answer');
});

test('a guest that was restarted and keeps its records: nothing is stored twice', async () => {
  const path = tempDir();
  const vm = new VmResults({ name: VM, group: GROUP, folder: new ResultsFolder(path) });
  const guest = new Guest(3).run('001', '002');
  await vm.update(guest.ask);
  guest.more = { boot: OTHER_BOOT };
  guest.run('003');
  await vm.update(guest.ask);
  expect(guest.asked).toEqual([1, 3, 1]);
  expect(readdirSync(join(path, GROUP, VM))).toHaveLength(3);
});

test('a guest with a fresh root disk runs its trials again: both records are stored, the last one counts', async () => {
  const path = tempDir();
  const vm = new VmResults({ name: VM, group: GROUP, folder: new ResultsFolder(path) });
  const guest = new Guest(3);
  guest.records = [record({ outcome: 'failed', why: 'the first time' }), record({ trial: '002' })];
  guest.more = { failed: 1 };
  await vm.update(guest.ask);
  guest.more = { boot: OTHER_BOOT };
  guest.records = [];
  await vm.update(guest.ask);
  expect(trials(vm)).toEqual(['001', '002']);
  for (const trial of ['001', '002', '003']) {
    guest.run(trial);
    await vm.update(guest.ask);
  }
  expect(readdirSync(join(path, GROUP, VM)).sort()).toEqual([
    '001-random-4k-r1.2.json.gz',
    '001-random-4k-r1.json.gz',
    '002-random-4k-r1.2.json.gz',
    '002-random-4k-r1.json.gz',
    '003-random-4k-r1.json.gz',
  ]);
  expect(vm.isGood).toBe(true);
});

test('another plan: records of the former one do not count', async () => {
  const plan = `sha256:${'cd'.repeat(32)}`;
  const vm = new VmResults({ name: VM, group: GROUP });
  const guest = new Guest(2).run('001', '002');
  await vm.update(guest.ask);
  guest.more = { plan };
  guest.records = [record({ plan })];
  await vm.update(guest.ask);
  expect({ trials: trials(vm), complete: vm.isComplete }).toEqual({ trials: ['001'], complete: false });
});

test('a failed trial: complete, and not good', async () => {
  const vm = new VmResults({ name: VM, group: GROUP });
  const guest = new Guest(1, { failed: 1 });
  guest.records = [record({ outcome: 'timeout', why: 'stopped after 440 s' })];
  await vm.update(guest.ask);
  expect({ complete: vm.isComplete, good: vm.isGood, settled: vm.isSettled }).toEqual({ complete: true, good: false, settled: true });
});

test('a record that the guest lists and does not send', async () => {
  const vm = new VmResults({ name: VM, group: GROUP });
  await vm.update(new Guest(2, { records: ['001', '002'] }).run('001').ask);
  expect(vm.faults.map(({ message }) => message)).toEqual(['record 002 is listed by the guest, but is not in its answer']);
});

test('finished without all records, such as with a full disk: there is nothing to wait for', async () => {
  const vm = new VmResults({ name: VM, group: GROUP });
  await vm.update(new Guest(2, { phase: 'finished', running: null, why: 'cannot write record 002' }).run('001').ask);
  expect({ settled: vm.isSettled, good: vm.isGood }).toEqual({ settled: true, good: false });
});

test('a guest that invents a boot in each answer is not asked forever', async () => {
  const guest = new Guest(999);
  guest.run('001');
  let boot = 0;
  const vm = new VmResults({ name: VM, group: GROUP });
  await vm.update(async (from) => {
    boot += 1;
    guest.more = { boot: `${String(boot).padStart(8, '0')}${state().boot.slice(8)}`, records: ['001', '002'] };
    return guest.ask(from);
  });
  expect(guest.asked.length).toBeLessThan(6);
});

test.each([
  ['unmeasured', true],
  ['halted', true],
  ['stopped', false],
  ['silent', false],
  ['unreachable', false],
  ['other', false],
] as const)('no answer, %s: nothing to wait for is %s', async (kind, settled) => {
  const vm = new VmResults({ name: VM, group: GROUP });
  await vm.update(async () => ({ trouble: { kind, message: 'x' } }));
  expect({ settled: vm.isSettled, good: vm.isGood }).toEqual({ settled, good: false });
});
