import { EXIT, formatProblem } from '../../errors';
import { hasFailed, isGood, type Standing } from '../../lab/standing';
import { trialsLine } from '../../lab/trials';
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
export function verdict(standings: readonly Standing[], log: Log, next: (standing: Standing) => string): number {
  for (const standing of standings.filter((each) => !isGood(each))) {
    const said = isMeasured(standing) ? '' : standing.health.text.trimEnd();
    log.error(formatProblem(notHealthy(standing.vm.name, sentence(standing), said, next(standing))));
  }
  if (standings.every(isGood)) return EXIT.done;
  return standings.some(hasFailed) ? EXIT.no : EXIT.timeout;
}

/** @param where flag for the lab's folder. Empty: the default folder */
export function listed(standings: readonly Standing[], where: string): string {
  if (standings.length === 0) return `${EMPTY}\n`;
  return table(
    ['VM', 'STATE', 'ADDRESS', 'HEALTH', 'SSH'],
    standings.map(({ vm, ...standing }) => [
      vm.name,
      described({ vm, ...standing }),
      vm.address,
      vm.healthPort === 0 ? '-' : `http://127.0.0.1:${vm.healthPort}/healthz`,
      `virtwork lab ssh ${vm.name}${where}`,
    ]),
  );
}

/** Its trials explain its state. */
export function isMeasured({ state }: Standing): boolean {
  return state === 'measuring' || state === 'measured';
}

/** The state of a VM, and how far its trials are. */
export function described(standing: Standing): string {
  const { vm, state, trials } = standing;
  const line = trials && trialsLine(trials, vm.trialNames);
  return line === undefined ? state : isMeasured(standing) ? line : `${state}, ${line}`;
}

/** The same after `VM is`. */
function sentence(standing: Standing): string {
  return standing.state === 'measuring' ? `at ${described(standing)}` : described(standing);
}

/** Milliseconds after which an unchanged state is printed again. */
const REMINDER = 60_000;

/** @returns a function that logs each change of state, and from time to time an unchanged state */
export function progress(log: Log): (standings: readonly Standing[]) => void {
  const reported = new Map<string, { readonly state: string; readonly at: number }>();
  const start = Date.now();
  return (standings) => {
    const now = Date.now();
    for (const standing of standings) {
      const { vm, trials } = standing;
      // One line for each trial is enough.
      const state = `${standing.state} ${trials?.running ?? ''}`;
      const last = reported.get(vm.name);
      if (last && trials?.phase === 'settling') continue;
      const isSame = last?.state === state;
      if (isSame && now - last.at < REMINDER) continue;
      reported.set(vm.name, { state, at: now });
      log.info(stateLine(Math.round((now - start) / 1000), vm.name, sentence(standing), isSame));
    }
  };
}
