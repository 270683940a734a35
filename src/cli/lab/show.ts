import { EXIT } from '../../errors';
import type { Standing } from '../../lab/lab';
import type { Log } from '../context';
import { table } from '../table';
import type { Flag } from '../verb';

export const OUTPUT: Flag = { alias: 'o', metavar: 'FORMAT', choices: ['table', 'json'], describe: 'table or json' };

export const EMPTY = 'the lab is empty\n';

export function isGood({ state }: Standing): boolean {
  return state === 'healthy' || state === 'running';
}

/** @returns the exit code; what is wrong goes to stderr */
export function verdict(standings: readonly Standing[], log: Log): number {
  for (const { vm, state, health } of standings.filter((standing) => !isGood(standing))) {
    log.error(`${vm.name} is ${state}${health.text ? `:\n${health.text.trimEnd()}` : ''}\n  try: virtwork lab logs ${vm.name}`);
  }
  if (standings.every(isGood)) return EXIT.done;
  return standings.some(({ state }) => state === 'stopped') ? EXIT.no : EXIT.timeout;
}

export function listed(standings: readonly Standing[]): string {
  return table(
    ['VM', 'STATE', 'ADDRESS', 'HEALTH', 'SSH'],
    standings.map(({ vm, state }) => [
      vm.name,
      state,
      vm.address,
      vm.healthPort === 0 ? '-' : `http://127.0.0.1:${vm.healthPort}/healthz`,
      `virtwork lab ssh ${vm.name}`,
    ]),
  );
}

/** A line for each change of state. */
export function progress(log: Log): (standings: readonly Standing[]) => void {
  const last = new Map<string, string>();
  const start = Date.now();
  return (standings) => {
    for (const { vm, state } of standings) {
      if (last.get(vm.name) === state) continue;
      last.set(vm.name, state);
      log.info(`${String(Math.round((Date.now() - start) / 1000)).padStart(4)} s  ${vm.name} is ${state}`);
    }
  };
}
