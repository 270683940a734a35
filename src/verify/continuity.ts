import type { Signal } from '../signals/signal';
import type { GuestEvent } from './events';
import { CONTINUITY } from './messages';
import type { Pair } from './verdict';

/**
 * What the series from outside shows around an event.
 * - steady: it goes on
 * - gap: readings are missing
 * - twice: the readings are twice what the guest did, as when two series of a VM are added
 * - jump: the readings are much higher than what the guest did
 */
export interface Continuity {
  readonly time: number;
  readonly kind: string;
  readonly finding: 'steady' | 'gap' | 'twice' | 'jump';
  readonly text: string;
}

type Point = Pair & { readonly from: number; readonly to: number };

/** Seconds around an event: a scrape may be a minute late, and a rate looks back for a minute. */
const AROUND = 180;
/** Ratios to what the guest did. */
const JUMP = 1.5;
const TWICE = [1.8, 2.2] as const;

/** @returns nothing for events without readings before and after them */
export function continuityOf(points: readonly Point[], events: readonly GuestEvent[], { floor }: Pick<Signal, 'floor'>): Continuity[] {
  return events.flatMap(({ time, kind }) => {
    const before = points.filter(({ to }) => to >= time - AROUND && to < time);
    const after = points.filter(({ to }) => to >= time && to <= time + AROUND);
    if (after.length === 0 || !before.some(({ outside }) => outside !== undefined)) return [];
    return [{ time, kind, ...findingOf(after, floor) }];
  });
}

function findingOf(after: readonly Point[], floor: number): Pick<Continuity, 'finding' | 'text'> {
  const missing = after.filter(({ outside }) => outside === undefined);
  if (missing.length > 0) return { finding: 'gap', text: CONTINUITY.gap(missing.length, after.length) };
  const ratios = after.flatMap(({ guest, outside }) =>
    guest === undefined || outside === undefined || guest < floor ? [] : [outside / guest],
  );
  const most = ratios.reduce((largest, ratio) => Math.max(largest, ratio), 0);
  if (most >= TWICE[0] && most <= TWICE[1]) return { finding: 'twice', text: CONTINUITY.twice(most) };
  return most > JUMP ? { finding: 'jump', text: CONTINUITY.jump(most) } : { finding: 'steady', text: CONTINUITY.steady };
}
