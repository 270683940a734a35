import type { CompanionEvent } from '../../src/companion/event';
import { waitReady } from '../../src/companion/wait';
import { fakeCluster, own, vm } from '../support/fake-cluster';
import type { Scenario } from '../support/fake-kubectl';

async function waited(scenario: Scenario, timeout: number, expected: readonly string[] = []) {
  const events: CompanionEvent[] = [];
  const progress: number[] = [];
  const states = await waitReady({
    client: (await fakeCluster(scenario)).client(),
    selector: 'virtwork/run-id',
    timeout,
    expected,
    report: (event) => events.push(event),
    progress: (seen) => progress.push(seen.filter(({ ready }) => ready).length),
  });
  return { events, progress, states };
}

test('ends at once when every VM is ready or halted', async () => {
  const halted = own('VirtualMachine', 'off', {}, { runStrategy: 'Halted' });
  const { events, progress, states } = await waited({ objects: [...vm('on'), halted] }, 60);
  expect(states).toMatchObject([
    { name: 'off', halted: true },
    { name: 'on', ready: true },
  ]);
  expect({ events, progress }).toEqual({
    events: [
      { type: 'phase', vm: 'off', phase: '' },
      { type: 'ready', vm: 'on' },
    ],
    progress: [1],
  });
});

test('reports each change once, and why a VM is not ready in the end', async () => {
  const { events, progress } = await waited({ objects: vm('a', { ready: false }) }, 1);
  const why = 'the guest is running, but its health endpoint does not report a healthy workload';
  expect({ events, progress }).toEqual({
    events: [
      { type: 'phase', vm: 'a', phase: 'Running' },
      { type: 'not-ready', vm: 'a', why },
    ],
    progress: [0, 0],
  });
});

test('a missing VM is not ready', async () => {
  const { states } = await waited({ objects: vm('a') }, 0, ['a', 'b']);
  expect(states).toMatchObject([
    { name: 'a', ready: true },
    { name: 'b', ready: false, why: 'not found on the cluster' },
  ]);
});

test('returns no states without VMs', async () => {
  expect((await waited({}, 60)).states).toEqual([]);
});
