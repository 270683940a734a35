import type { GuestEvent } from './events';
import { migrated } from './messages';
import type { PromSeries } from './prometheus';

/** The time of a VM on a node. */
interface Stay {
  readonly node: string;
  readonly from: number;
}

/**
 * The moves of VMs from node to node.
 * @param series that have the labels `name` and `node`, one for each VM and node
 * @param step seconds between two samples
 */
export function movesIn(series: readonly PromSeries[], step: number): ReadonlyMap<string, readonly GuestEvent[]> {
  const stays = new Map<string, Stay[]>();
  for (const { labels, samples } of series) {
    const { name = '', node = '' } = labels;
    // A VM may come back to a node.
    const starts = samples.filter(([time], index) => index === 0 || time - (samples[index - 1]?.[0] ?? 0) > 2 * step);
    stays.set(name, [...(stays.get(name) ?? []), ...starts.map(([from]) => ({ node, from }))]);
  }
  return new Map([...stays].map(([name, all]) => [name, movesOf(all)]));
}

function movesOf(stays: readonly Stay[]): GuestEvent[] {
  const sorted = stays.toSorted((a, b) => a.from - b.from);
  return sorted.flatMap(({ node, from }, index) => {
    const before = sorted[index - 1]?.node ?? node;
    return before === node ? [] : [{ time: from, kind: 'migration', text: migrated(before, node) }];
  });
}
