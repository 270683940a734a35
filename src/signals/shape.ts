/** How the load of a workload changes over time: its params, as numbers. */
export interface Shape {
  readonly kind: 'constant' | 'duty' | 'ramp' | 'steps' | 'day';
  /** Seconds of one repetition. */
  readonly period: number;
  /** Lowest level in percent of the full load. */
  readonly low: number;
  /** Percent of the period at full load. */
  readonly duty: number;
  /** Number of levels. */
  readonly steps: number;
  /** Random part in percent of the full load. */
  readonly noise: number;
  readonly seed: number;
}

/** A part of the period with one level. */
interface Slot {
  readonly level: number;
  /** Seconds since 1970 at which the slot ends. */
  readonly end: number;
}

/** Levels are hundredths of a percent here, because the guest computes the same with integers: see shape.sh of the catalog. */
const FULL = 10_000;

/** @param params of a workload, in the form that the guest gets. @returns undefined if the entry has no load shapes */
export function shapeOf(params: { readonly [key: string]: string }): Shape | undefined {
  const { shape: kind } = params;
  if (kind === undefined || params['shape-period'] === undefined) return undefined;
  const number = (key: string) => Number(params[`shape-${key}`]);
  return {
    kind: kind as Shape['kind'],
    period: number('period'),
    low: number('low'),
    duty: number('duty'),
    steps: number('steps'),
    noise: number('noise'),
    seed: number('seed'),
  };
}

/** @param time in seconds since 1970. @returns the level at that time, as a share of the full load from 0 to 1 */
export function level(shape: Shape, time: number): number {
  return shape.kind === 'constant' ? 1 : slotAt(shape, Math.floor(time)).level / FULL;
}

/** @param from, to in seconds since 1970. @returns the mean of the level between them; the level itself if they are equal */
export function meanLevel(shape: Shape, from: number, to: number): number {
  if (shape.kind === 'constant' || to <= from) return level(shape, from);
  let sum = 0;
  for (let at = from; at < to; ) {
    const slot = slotAt(shape, Math.floor(at));
    const end = Math.min(slot.end, to);
    sum += slot.level * (end - at);
    at = end;
  }
  return sum / (to - from) / FULL;
}

function slotAt(shape: Shape, time: number): Slot {
  const { period, noise } = shape;
  const low = shape.low * 100;
  const length = Math.max(Math.floor(period / 60), 5);
  const slots = Math.ceil(period / length);
  const start = time - (time % period);
  const index = Math.floor((time - start) / length);
  const even = low + Math.floor(((FULL - low) * shareOf(shape, index, slots)) / FULL);
  const moved = noise === 0 ? even : even + noiseOf(shape, Math.floor(time / period) * slots + index);
  return { level: Math.min(Math.max(moved, 0), FULL), end: index + 1 < slots ? start + (index + 1) * length : start + period };
}

/** The place of a level between the lowest and the full load. */
function shareOf({ kind, duty, steps }: Shape, index: number, slots: number): number {
  switch (kind) {
    case 'duty':
      return (2 * index + 1) * 50 < duty * slots ? FULL : 0;
    case 'ramp':
      return Math.floor((index * FULL) / (slots - 1));
    case 'steps':
      return Math.floor((Math.floor((index * steps) / slots) * FULL) / (steps - 1));
    case 'day': {
      const position = Math.floor(((2 * index + 1) * (FULL / 2)) / slots);
      const x = position < FULL / 2 ? 2 * position : 2 * (FULL - position);
      return Math.floor((x * x * (3 * FULL - 2 * x)) / FULL ** 2);
    }
    default:
      return FULL;
  }
}

/** No product reaches 2^53, so the numbers are exact. */
function noiseOf({ seed, noise }: Shape, slot: number): number {
  const prime = 2 ** 31 - 1;
  const first = (((seed * 1_000_003 + slot) % prime) * 48_271) % prime;
  const second = ((first ^ (first >> 15)) * 16_807) % prime;
  const third = ((second ^ (second >> 13)) * 48_271) % prime;
  return (third % (noise * 200 + 1)) - noise * 100;
}
