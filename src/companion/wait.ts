import type { Client } from './client';
import type { Report } from './event';
import { look, lookCloser, userData } from './observe';
import { type Snapshot, type VmState, vmStates } from './readiness';

export interface WaitProps {
  readonly client: Client;
  readonly selector: string;
  /** Seconds. */
  readonly timeout: number;
  /** VMs that have to be there; others of the selection count too. @default none */
  readonly expected?: readonly string[];
  readonly report: Report;
  /** Called after each look. */
  readonly progress: (states: readonly VmState[]) => void;
}

/** Between two looks; more when a look itself takes long. */
const INTERVAL = 2000;
/** Looks between two closer ones, which say why. */
const CLOSER = 5;

/**
 * Looks until every VM is ready or halted, or the time is over.
 * @returns how they stand; none when there are none
 * @throws UserError, Interrupted
 */
export async function waitReady({ client, selector, timeout, expected = [], report, progress }: WaitProps): Promise<VmState[]> {
  const deadline = Date.now() + timeout * 1000;
  const told = new Map<string, string>();
  for (let count = 1; ; count += 1) {
    const began = Date.now();
    const last = began >= deadline;
    const seen = last || count % CLOSER === 0 ? await lookCloser(client, selector) : await look(client, selector);
    const states = statesOf(seen, expected);
    tell(states, told, report);
    progress(states);
    if (last || states.every(isSettled)) {
      for (const { name, why = '' } of states.filter((state) => !isSettled(state))) report({ type: 'not-ready', vm: name, why });
      return statesOf({ ...seen, ...(await userData(client, selector)) }, expected);
    }
    const spent = Date.now() - began;
    await client.pause(Math.min(Math.max(INTERVAL, 2 * spent), Math.max(deadline - Date.now(), 0)));
  }
}

/** How the VMs stand, with those that should be there and are not. */
function statesOf(seen: Snapshot, expected: readonly string[]): VmState[] {
  const states = vmStates(seen);
  const there = new Set(states.map(({ name }) => name));
  return [...states, ...expected.filter((name) => !there.has(name)).map(missing)];
}

export function isSettled({ ready, halted }: VmState): boolean {
  return ready || halted;
}

/** A VM that should be there and is not. */
function missing(name: string): VmState {
  return {
    name,
    component: '',
    role: '',
    status: '',
    phase: '',
    node: '',
    ready: false,
    halted: false,
    restartRequired: false,
    why: 'it is not there',
  };
}

/** Each change of a VM once. */
function tell(states: readonly VmState[], told: Map<string, string>, report: Report): void {
  for (const { name, phase, ready } of states) {
    const now = ready ? 'ready' : phase;
    if (told.get(name) === now) continue;
    told.set(name, now);
    report(ready ? { type: 'ready', vm: name } : { type: 'phase', vm: name, phase });
  }
}
