import { type LabVm, runs } from './folder';
import { askHealth, type Health, NO_ANSWER } from './health';
import { pause } from './process';

export type State = 'stopped' | 'booting' | 'unhealthy' | 'healthy' | 'running';

/** A VM and its state. */
export interface Standing {
  readonly vm: LabVm;
  readonly state: State;
  /** The answer of its health endpoint. */
  readonly health: Health;
}

/** Healthy, or running without a health endpoint. */
export function isGood({ state }: Standing): boolean {
  return state === 'healthy' || state === 'running';
}

/** A VM that was just started. */
export function booting(vm: LabVm): Standing {
  return { vm, state: 'booting', health: NO_ANSWER };
}

export async function standingOf(vm: LabVm): Promise<Standing> {
  if (!runs(vm)) return { vm, state: 'stopped', health: NO_ANSWER };
  if (vm.healthPort === 0) return { vm, state: 'running', health: NO_ANSWER };
  const health = await askHealth(vm.healthPort);
  return { vm, state: stateOf(health), health };
}

function stateOf({ status, wrong }: Health): State {
  if (wrong) return 'unhealthy';
  return status === 200 ? 'healthy' : status === 0 ? 'booting' : 'unhealthy';
}

export interface Patience {
  /** Milliseconds until it gives up. */
  readonly timeout: number;
  /** Milliseconds for which all VMs must stay healthy, to detect a unit that fails repeatedly. */
  readonly settle: number;
  /** Called with the states after each round. */
  readonly report: (standings: readonly Standing[]) => void;
  /** Ends the wait at once. */
  readonly signal: AbortSignal;
}

/**
 * Waits until all VMs are healthy and stay so for a while, or the time is over, or a VM has stopped.
 * @returns their states; nothing after an abort
 */
export async function waitHealthy(vms: readonly LabVm[], { timeout, settle, report, signal }: Patience): Promise<Standing[]> {
  const deadline = Date.now() + timeout;
  let since: number | undefined;
  const aborted = whenAborted(signal);
  report(vms.map(booting));
  for (;;) {
    const standings = await Promise.race([Promise.all(vms.map(standingOf)), aborted]);
    if (standings === undefined) return [];
    report(standings);
    since = standings.every(isGood) ? (since ?? Date.now()) : undefined;
    const settled = since !== undefined && Date.now() - since >= settle;
    if (settled || Date.now() >= deadline || standings.some(({ state }) => state === 'stopped')) return standings;
    await pause(1000);
  }
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
