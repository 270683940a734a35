import type { TrialsState } from '../results/result';
import { type LabVm, runs } from './folder';
import { askHealth, type Health, NO_ANSWER } from './health';
import { pause } from './process';
import { stateOfTrials, trialsOf } from './trials';

/**
 * - measuring: trials run, which is why it is not healthy
 * - measured: all trials have ended, and not all are done
 * - running: without a health endpoint
 */
export type State = 'stopped' | 'booting' | 'unhealthy' | 'measuring' | 'measured' | 'healthy' | 'running';

/** A VM and its state. */
export interface Standing {
  readonly vm: LabVm;
  readonly state: State;
  /** The answer of its health endpoint. */
  readonly health: Health;
  /** How far its trials are. Absent: it is not measured, or has not answered yet. */
  readonly trials?: TrialsState;
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
  const trials = await trialsOf(vm, health);
  return { vm, state: stateOf(health, trials), health, ...(trials ? { trials } : {}) };
}

function stateOf(health: Health, trials: TrialsState | undefined): State {
  if (health.wrong) return 'unhealthy';
  if (health.status === 200) return 'healthy';
  return health.status === 0 ? 'booting' : ((trials && stateOfTrials(trials, health)) ?? 'unhealthy');
}

/** The VM will not become healthy: it has stopped, or its trials have ended and not all are done. */
export function hasFailed({ state }: Standing): boolean {
  return state === 'stopped' || state === 'measured';
}

/** Milliseconds between two rounds. Each request takes time of a guest, which changes what it measures. */
const INTERVAL = 1000;
const MEASURING_INTERVAL = 5000;

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
 * Waits until all VMs are healthy and stay so for a while, or the time is over, or a VM has stopped. Waits no longer than until all trials
 * have ended, if some have failed.
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
    const isOver = standings.some(({ state }) => state === 'stopped') || standings.every((each) => isGood(each) || hasFailed(each));
    if (settled || Date.now() >= deadline || (since === undefined && isOver)) return standings;
    await pause(standings.some(({ state }) => state === 'measuring') ? MEASURING_INTERVAL : INTERVAL);
  }
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
