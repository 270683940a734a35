import { readyCounter } from '../../src/cli/companion/progress';
import { verdict, vmReport } from '../../src/cli/companion/summary';
import type { VmState } from '../../src/companion/readiness';

const VM: VmState = {
  name: 'a',
  component: 'cpu',
  role: '',
  status: '',
  phase: '',
  node: '',
  ready: false,
  halted: false,
  restartRequired: false,
};
const READY = { ...VM, name: 'b', ready: true };
const HALTED = { ...VM, name: 'c', halted: true };

function log() {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  return { said, info: say, warn: say, error: say, debug: say };
}

test('does not wait for a halted VM, and does not count it as ready', () => {
  const heard = log();
  readyCounter(heard)([READY, HALTED]);
  expect(heard.said).toEqual(['1 of 1 VMs ready']);
  expect(vmReport('table', { command: 'wait', namespace: 'ns', states: [READY, HALTED] })).toContain('1 of 2 VMs ready, 1 halted\n');
  expect(verdict([READY, HALTED], 5, heard)).toBe(0);
});

test('reports VMs that were not ready in time', () => {
  const heard = log();
  expect(verdict([READY, VM], 5, heard)).toBe(3);
  expect(heard.said).toEqual(['1 of 2 VMs were not ready in 5 s']);
});
