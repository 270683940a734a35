import { EXIT, formatProblem } from '../../errors';
import { isGood, type Standing } from '../../lab/standing';
import type { Log } from '../context';
import { outputFlag } from '../options-of';
import { table } from '../table';
import { EMPTY, notHealthy, stateLine } from './messages';

export const OUTPUT = outputFlag('table', 'json');

/**
 * Reports the VMs that are not healthy on stderr.
 * @param next hint for a VM
 * @returns the exit code
 */
export function verdict(standings: readonly Standing[], log: Log, next: (vm: string) => string): number {
  for (const { vm, state, health } of standings.filter((standing) => !isGood(standing))) {
    log.error(formatProblem(notHealthy(vm.name, state, health.text.trimEnd(), next(vm.name))));
  }
  if (standings.every(isGood)) return EXIT.done;
  return standings.some(({ state }) => state === 'stopped') ? EXIT.no : EXIT.timeout;
}

/** @param where flag for the lab's folder. Empty: the default folder */
export function listed(standings: readonly Standing[], where: string): string {
  if (standings.length === 0) return `${EMPTY}\n`;
  return table(
    ['VM', 'STATE', 'ADDRESS', 'HEALTH', 'SSH'],
    standings.map(({ vm, state }) => [
      vm.name,
      state,
      vm.address,
      vm.healthPort === 0 ? '-' : `http://127.0.0.1:${vm.healthPort}/healthz`,
      `virtwork lab ssh ${vm.name}${where}`,
    ]),
  );
}

/** Milliseconds after which an unchanged state is printed again. */
const REMINDER = 60_000;

/** @returns a function that logs each change of state, and from time to time an unchanged state */
export function progress(log: Log): (standings: readonly Standing[]) => void {
  const reported = new Map<string, { readonly state: string; readonly at: number }>();
  const start = Date.now();
  return (standings) => {
    const now = Date.now();
    for (const { vm, state } of standings) {
      const last = reported.get(vm.name);
      const isSame = last?.state === state;
      if (isSame && now - last.at < REMINDER) continue;
      reported.set(vm.name, { state, at: now });
      log.info(stateLine(Math.round((now - start) / 1000), vm.name, state, isSame));
    }
  };
}
