import { get } from '../http/get';
import { ANSWER_BOUNDS, type Ask, asked, pathOf, trouble } from '../results/ask';
import { type LabVm, runs } from './folder';
import { NO_ENDPOINT, STOPPED } from './messages';

/**
 * Asks a guest of the lab for its results, through the forwarded port of its health endpoint.
 * @param vm undefined: it does not exist
 */
export function resultsOf(vm: LabVm | undefined, signal: AbortSignal): Ask {
  if (vm === undefined || !runs(vm)) return async () => trouble('halted', STOPPED);
  const { healthPort: port } = vm;
  if (port === 0) return async () => trouble('unmeasured', NO_ENDPOINT);
  return async (from) => asked(await get({ port }, pathOf(from), { ...ANSWER_BOUNDS, signal }));
}
