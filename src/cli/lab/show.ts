import { EXIT, formatProblem } from '../../errors';
import type { Standing } from '../../lab/lab';
import type { Log } from '../context';
import { table } from '../table';
import type { Flag } from '../verb';

export const OUTPUT: Flag = { alias: 'o', metavar: 'FORMAT', choices: ['table', 'json'], describe: 'table or json' };

export const EMPTY = 'the lab is empty\n';

export function isGood({ state }: Standing): boolean {
  return state === 'healthy' || state === 'running';
}

/**
 * @param next what to do about a VM that is no good
 * @returns the exit code; what is wrong goes to stderr
 */
export function verdict(standings: readonly Standing[], log: Log, next: (vm: string) => string): number {
  for (const { vm, state, health } of standings.filter((standing) => !isGood(standing))) {
    const said = health.text.trimEnd() && `:\n${health.text.trimEnd()}`;
    log.error(formatProblem({ where: '', message: `${vm.name} is ${state}${said}`, hint: next(vm.name) }));
  }
  if (standings.every(isGood)) return EXIT.done;
  return standings.some(({ state }) => state === 'stopped') ? EXIT.no : EXIT.timeout;
}

/** @param where flag that leads to the lab. Empty: it is where labs are looked for */
export function listed(standings: readonly Standing[], where: string): string {
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

/** Milliseconds after which a state is told again. */
const REMINDER = 60_000;

/** A line for each change of state, and from time to time one that it still is so. */
export function progress(log: Log): (standings: readonly Standing[]) => void {
  const told = new Map<string, { readonly state: string; readonly at: number }>();
  const start = Date.now();
  return (standings) => {
    const now = Date.now();
    for (const { vm, state } of standings) {
      const last = told.get(vm.name);
      const isSame = last?.state === state;
      if (isSame && now - last.at < REMINDER) continue;
      told.set(vm.name, { state, at: now });
      log.info(`${String(Math.round((now - start) / 1000)).padStart(4)} s  ${vm.name} is ${isSame ? 'still ' : ''}${state}`);
    }
  };
}
