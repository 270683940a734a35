import { get } from '../http/get';
import { ANSWER_BOUNDS, type Ask, asked, pathOf } from '../results/ask';
import type { LabVm } from './folder';

/** Asks a guest of the lab for its results, through the forwarded port of its health endpoint. */
export function resultsOf({ healthPort: port }: LabVm, signal: AbortSignal): Ask {
  return async (from) => asked(await get({ port }, pathOf(from), { ...ANSWER_BOUNDS, signal }));
}
