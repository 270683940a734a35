/** A measured value, and when it was measured, in seconds since 1970. */
export type Sample = readonly [time: number, value: number];

/** Samples in the order of their times. */
export type Series = readonly Sample[];

/**
 * The increase of a counter, per second. A counter that decreases was reset: what it shows afterwards counts from 0. What it counted between
 * the last sample before a reset and the reset is lost.
 * @returns undefined without two samples
 */
export function rateOver(counter: Series, from: number, to: number): number | undefined {
  if (counter.length < 2 || to <= from) return undefined;
  const total = withoutResets(counter);
  return (valueAt(total, to) - valueAt(total, from)) / (to - from);
}

/** A counter as if it had never been reset. */
export function withoutResets(counter: Series): Series {
  let lost = 0;
  return counter.map(([time, value], index): Sample => {
    const before = counter[index - 1]?.[1] ?? 0;
    if (index > 0 && value < before) lost += before;
    return [time, value + lost];
  });
}

/** The times at which a counter was first seen after a reset. */
export function resetsOf(counter: Series): number[] {
  return counter.filter(([, value], index) => value < (counter[index - 1]?.[1] ?? 0)).map(([time]) => time);
}

/**
 * The mean of a gauge, weighted by time.
 * @returns undefined without a sample in that time
 */
export function meanOver(gauge: Series, from: number, to: number): number | undefined {
  const within = gauge.filter(([time]) => time >= from && time <= to);
  if (within.length === 0) return undefined;
  const points: Series = [[from, valueAt(gauge, from)], ...within.filter(([time]) => time > from && time < to), [to, valueAt(gauge, to)]];
  let area = 0;
  for (const [index, [time, value]] of points.entries()) {
    const next = points[index + 1];
    if (next) area += ((value + next[1]) / 2) * (next[0] - time);
  }
  return to > from ? area / (to - from) : within[0]?.[1];
}

/** @returns undefined without a sample in that time */
export function largestOver(gauge: Series, from: number, to: number): number | undefined {
  const values = gauge.filter(([time]) => time >= from && time <= to).map(([, value]) => value);
  return values.length === 0 ? undefined : values.reduce((most, value) => Math.max(most, value));
}

/** Between two samples, the line between them; before and after all of them, the nearest one. */
export function valueAt(series: Series, time: number): number {
  const next = series.findIndex(([at]) => at >= time);
  const [first, second] = [series[next < 0 ? series.length - 1 : Math.max(0, next - 1)], series[next < 0 ? series.length - 1 : next]];
  if (!first || !second) return Number.NaN;
  if (second[0] === first[0] || next === 0) return second[1];
  return first[1] + ((second[1] - first[1]) * (time - first[0])) / (second[0] - first[0]);
}

/** How much of a time the samples cover, from 0 to 1. A time without samples that is much longer than usual is not covered. */
export function coverage(times: readonly number[], from: number, to: number): number {
  const longest = Math.max(LONGEST_GAP, STEPS * medianStep(times));
  let covered = 0;
  for (const [index, time] of times.entries()) {
    const before = times[index - 1] ?? time;
    if (time - before <= longest) covered += Math.max(0, Math.min(time, to) - Math.max(before, from));
  }
  return to > from ? covered / (to - from) : 0;
}

/** Seconds, which a restart may take, and usual times between two samples. */
const LONGEST_GAP = 300;
const STEPS = 4;
const steps = new WeakMap<readonly number[], number>();

function medianStep(times: readonly number[]): number {
  const known = steps.get(times);
  if (known !== undefined) return known;
  const all = times.slice(1).map((time, index) => time - (times[index] as number));
  all.sort((a, b) => a - b);
  const median = all[Math.floor(all.length / 2)] ?? 0;
  steps.set(times, median);
  return median;
}
