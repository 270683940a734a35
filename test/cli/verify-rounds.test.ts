import { join } from 'node:path';
import { Audit } from '../../src/audit/audit';
import { AuditReader } from '../../src/audit/history';
import { repeated } from '../../src/cli/verify/rounds';
import { Interrupted } from '../../src/companion/client';
import { UserError } from '../../src/errors';
import type { Verification } from '../../src/verify/verification';
import { verify } from '../../src/verify/verification';
import { tempDir } from '../support/render';
import { truthOf } from '../support/truths';

/** Each VM shows so many CPUs; it uses one. */
function round(seen: number): Verification {
  const truth = truthOf();
  const windows = [{ from: truth.from, to: truth.to, value: seen }];
  return verify(
    { ...truth, vms: truth.vms.slice(0, 1) },
    { kind: 'prometheus', place: 'P', of: () => ({ windows }) },
    { signal: ({ name }) => name === 'cpu' },
  );
}

const exitOf = ({ good }: Verification) => (good ? 0 : 1);
const down = new UserError([{ where: 'P', message: 'does not answer' }]);

async function run(rounds: readonly (Verification | Error)[]) {
  const file = join(tempDir(), 'a.db');
  const audit = new Audit({ file, warn: () => {} });
  audit.begin({ log: { command: 'verify', namespace: 'ns' }, workloads: [] });
  const left = [...rounds, new Interrupted()];
  const said: string[] = [];
  const say = (message: string) => said.push(message.replace(/^.* UTC: /, ''));
  const log = { info: say, warn: say, error: say, debug: say };
  const next = async () => {
    const each = left.shift();
    if (each instanceof Error) throw each;
    return each as Verification;
  };
  const { code, ending } = await repeated({ round: next, exitOf, pause: async () => {}, audit, log });
  audit.end(ending);
  const reader = new AuditReader(file);
  const [execution] = reader.find('1').executions;
  reader.close();
  return { code, said, status: execution?.status, events: execution?.events.map(({ event_type }: { event_type: string }) => event_type) };
}

const GOOD = '1 of 1 signals of 1 VM are as expected.';
const BAD = '0 of 1 signals of 1 VM are as expected; see what is not.';

test('rounds that are all as expected', async () => {
  expect(await run([round(1), round(1.01)])).toEqual({
    code: 0,
    said: [GOOD, GOOD, 'all of 2 rounds as expected'],
    status: 'success',
    events: ['verify_round', 'verify_round'],
  });
});

test('a report that cannot be written does not end it', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', path: '/x/r.html' });
  const { code, said } = await run([round(1), full, round(1)]);
  expect({ code, said }).toEqual({ code: 2, said: [GOOD, expect.stringContaining('/x/r.html: '), GOOD, '1 of 3 rounds not as expected'] });
});

test('the worst round decides, and what changes is said once', async () => {
  expect(await run([round(1), round(0.5), round(0.5), round(1)])).toEqual({
    code: 1,
    said: [
      GOOD,
      BAD,
      '  cpu-0 cpu: deviates (before: seen): 50 % too little: 0.850 s/s to 1.15 s/s expected',
      BAD,
      GOOD,
      '  cpu-0 cpu: seen (before: deviates)',
      '2 of 4 rounds not as expected',
    ],
    status: 'failed',
    events: ['verify_round', 'verify_round', 'verify_verdict', 'verify_round', 'verify_round', 'verify_verdict'],
  });
});

test('a round that cannot be done is one of them', async () => {
  expect(await run([round(1), down, round(1)])).toEqual({
    code: 2,
    said: [GOOD, 'P: does not answer', GOOD, '1 of 3 rounds not as expected'],
    status: 'failed',
    events: ['verify_round', 'verify_failed', 'verify_round'],
  });
});

test('an error of the first round ends it', async () => {
  await expect(run([down])).rejects.toThrow('P: does not answer');
  await expect(run([])).rejects.toThrow(Interrupted);
});
