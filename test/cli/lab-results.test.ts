import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Guest, labOf } from '../support/fake-lab';
import { guestOf, record } from '../support/trial-records';

// Each test starts several processes.
jest.setTimeout(60_000);

const UNMEASURED: Guest = () => ({ status: 404, type: 'text/plain', body: 'Not Found\n' });
const TWO = { 'fio-0': guestOf('fio-0', [{}, {}]), 'fio-1': guestOf('fio-1', [{}, {}]) };

test('shows, prints and stores as virtwork results does', async () => {
  const { virtwork, home } = await labOf(TWO);
  expect(await virtwork('lab results')).toEqual({
    status: 0,
    stdout: `VM      GROUP       DONE   FAILED   STATE      WHY
fio-0   fio-bench   2/2    0        finished   -
fio-1   fio-bench   2/2    0        finished   -
2 of 2 VMs complete, 4 of 4 trials done
overlap of the VMs of group fio-bench: at least 100 % of each trial (lowest: 001, random-4k)
`,
    stderr: '',
  });
  const { stdout } = await virtwork('lab results fio-1 -o json');
  expect(JSON.parse(stdout)).toEqual(['001', '002'].map((trial) => record({ vm: 'fio-1', trial })));
  expect(await virtwork('lab results -o runs --follow')).toMatchObject({
    status: 0,
    stderr: 'fio-0: 2/2 done, finished\nfio-1: 2/2 done, finished\n',
  });
  expect(readdirSync(join(home, 'runs/fio-bench/fio-0'))).toEqual(['001-random-4k-r1.json.gz', '002-random-4k-r1.json.gz']);
});

test('VMs that are not measured are left out, unless they are named', async () => {
  const { virtwork } = await labOf({ ...TWO, 'cpu-0': UNMEASURED });
  expect(await virtwork('lab results')).toMatchObject({ status: 0, stdout: expect.not.stringContaining('cpu-0') });
  expect(await virtwork('lab results cpu-0')).toMatchObject({ status: 1, stdout: expect.stringMatching(/cpu-0 +- +0\/- +0 +no results/) });
});

test.each<[string, Guest | 'no port' | undefined, RegExp]>([
  ['a VM that does not run', undefined, /fio-0 +- +0\/- +0 +stopped +is stopped/],
  ['a VM without a health endpoint', 'no port', /fio-0 +- +0\/- +0 +no results +has no health endpoint/],
  ['garbage', () => ({ body: 'garbage' }), /fio-0 +- +0\/- +0 +wrong answer/],
  ['a failed trial', guestOf('fio-0', [{ outcome: 'failed', why: 'exit status 1' }]), /trial 001 \(random-4k\) failed: exit status 1/],
])('%s', async (_, guest, row) => {
  const { virtwork } = await labOf({ 'fio-0': guest });
  const { status, stdout } = await virtwork('lab results fio-0');
  expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(row) });
});

test.each<[string, { readonly [vm: string]: Guest }, string]>([
  ['an empty lab', {}, 'the lab is empty\n'],
  [
    'no measured VM',
    { 'cpu-0': UNMEASURED },
    'error: virtwork lab: no VM of the lab is measured\n  hint: boot a measured workload: virtwork lab up fio-bench\n',
  ],
])('%s', async (_, guests, stderr) => {
  expect(await (await labOf(guests)).virtwork('lab results')).toEqual({ status: 1, stdout: '', stderr });
});

test('an unknown VM and a wrong output', async () => {
  const { virtwork } = await labOf(TWO);
  expect(await virtwork('lab results fio-9')).toMatchObject({ status: 2, stderr: expect.stringContaining('no VM named "fio-9"') });
  expect(await virtwork('lab results -o yaml')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('must be table, json or a folder'),
  });
});
