/** Every message and hint of the verbs that get results. Messages about what is wrong with results are in src/results/messages.ts. */

import { shellWord } from '../../text/shell-word';
import { show } from '../../text/show';

/** @param format of another program */
export function formatIsFolder(format: string) {
  return {
    where: 'flag --output',
    message: `must be table, json or a folder, got ${show(format)}`,
    hint: `for a folder of this name, use -o ${shellWord(`./${format}`)}`,
  };
}

// States of a VM, for the column STATE

/** By the kind of trouble. */
export const NO_ANSWER = {
  unmeasured: 'no results',
  halted: 'stopped',
  stopped: 'not running',
  unreachable: 'not reached',
  forbidden: 'not reached',
  silent: 'no answer',
  other: 'wrong answer',
} as const;

export const WRONG_ANSWER = 'wrong answer';

/** @param trial that is under way; empty: none */
export function phaseOf(phase: string, trial: string): string {
  return `${phase}${trial && ` ${trial}`}`;
}

export function progressLine(vm: string, done: string, failed: number, state: string, why: string): string {
  return `${vm}: ${done} done${failed > 0 ? `, ${failed} failed` : ''}, ${state}${why && `: ${why}`}`;
}

export function totals(good: number, vms: number, done: number, planned: number): string {
  return `${good} of ${vms} VMs complete, ${done} of ${planned} trials done`;
}
