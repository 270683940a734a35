import { type Applied, apply } from '../../companion/apply';
import type { Client } from '../../companion/client';
import type { Report } from '../../companion/event';
import type { KubeObject } from '../../companion/objects';
import type { VmState } from '../../companion/readiness';
import type { Log } from '../context';
import { sayAgain } from '../output';
import { namespaceKept } from './messages';

/** Shows progress on stderr: on a terminal one line that is overwritten, otherwise a line for about each tenth. */
export function counter(log: Log, what: string): (done: number, of: number) => void {
  let last = '';
  let tenth = -1;
  return (done, of) => {
    const text = `${done} of ${of} ${what}`;
    if (text === last) return;
    last = text;
    if (process.stderr.isTTY) {
      sayAgain('stderr', `${text}${done === of ? '\n' : ''}`);
      return;
    }
    const now = Math.floor((10 * done) / of);
    if (now === tenth) return;
    tenth = now;
    log.info(text);
  };
}

/** Shows how many VMs are ready. */
export function readyCounter(log: Log): (states: readonly VmState[]) => void {
  const count = counter(log, 'VMs ready');
  return (states) => {
    const awaited = states.filter(({ halted }) => !halted);
    count(awaited.filter(({ ready }) => ready).length, awaited.length);
  };
}

/** Applies objects and shows how many of them are applied. */
export function applyCounted(client: Client, objects: readonly KubeObject[], report: Report, log: Log): Promise<Applied> {
  const count = counter(log, 'objects applied');
  let done = 0;
  return apply(client, objects, (event) => {
    if (event.type === 'kept') log.info(namespaceKept(event.name));
    if (event.type === 'applied' || event.type === 'kept') {
      done += 1;
      count(done, objects.length);
    }
    report(event);
  });
}
