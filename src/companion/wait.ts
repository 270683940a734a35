import type { Client } from './client';
import type { Report } from './event';
import { VM_MISSING } from './messages';
import { look, lookCloser, userData } from './observe';
import { absent, type Snapshot, type VmState, vmStates } from './readiness';

export interface WaitProps {
  readonly client: Client;
  readonly selector: string;
  /** Seconds. */
  readonly timeout: number;
  /** Names of VMs that must exist; the other VMs of the selection count too. @default none */
  readonly expected?: readonly string[];
  readonly report: Report;
  /** Called after each observation. */
  readonly progress: (states: readonly VmState[]) => void;
}

/** Milliseconds between two observations; more when an observation itself takes long. */
const INTERVAL = 2000;
/** Each time after so many observations, the reasons are looked up too. */
const CLOSER = 5;

/**
 * Waits until every VM is ready or halted, or the time is over.
 * @returns their last state; empty when there are no VMs
 * @throws UserError, Interrupted
 */
export async function waitReady({ client, selector, timeout, expected = [], report, progress }: WaitProps): Promise<VmState[]> {
  const deadline = Date.now() + timeout * 1000;
  const reported = new Map<string, string>();
  for (let count = 1; ; count += 1) {
    const began = Date.now();
    const last = began >= deadline;
    const seen = last || count % CLOSER === 0 ? await lookCloser(client, selector) : await look(client, selector);
    const states = statesOf(seen, expected);
    reportChanges(states, reported, report);
    progress(states);
    if (last || states.every(isSettled)) {
      for (const { name, why = '' } of states.filter((state) => !isSettled(state))) report({ type: 'not-ready', vm: name, why });
      return statesOf({ ...seen, ...(await userData(client, selector)) }, expected);
    }
    const spent = Date.now() - began;
    await client.pause(Math.min(Math.max(INTERVAL, 2 * spent), Math.max(deadline - Date.now(), 0)));
  }
}

/** The state of the VMs, including those that are missing. */
function statesOf(seen: Snapshot, expected: readonly string[]): VmState[] {
  const states = vmStates(seen);
  const there = new Set(states.map(({ name }) => name));
  return [...states, ...expected.filter((name) => !there.has(name)).map((name) => absent(name, VM_MISSING))];
}

export function isSettled({ ready, halted }: VmState): boolean {
  return ready || halted;
}

/** Reports each change of a VM once. */
function reportChanges(states: readonly VmState[], reported: Map<string, string>, report: Report): void {
  for (const { name, phase, ready } of states) {
    const now = ready ? 'ready' : phase;
    if (reported.get(name) === now) continue;
    reported.set(name, now);
    report(ready ? { type: 'ready', vm: name } : { type: 'phase', vm: name, phase });
  }
}
