/** Values of bins and their numbers of samples, by increasing value. */
export interface Bins {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/** Samples that must lie beyond a percentile. With fewer, the next run may show a very different value. */
export const SAMPLES_BEYOND = 10;

/** Adds up histograms. Bins of equal value are added, so histograms of one grid of bins lose nothing. */
export function merged(histograms: readonly Bins[]): Bins {
  const [first] = histograms;
  if (first && histograms.length === 1) return first;
  const sums = new Map<number, number>();
  for (const { values, counts } of histograms) {
    values.forEach((value, index) => {
      sums.set(value, (sums.get(value) ?? 0) + (counts[index] as number));
    });
  }
  const values = Float64Array.from(sums.keys()).sort();
  return { values, counts: values.map((value) => sums.get(value) as number) };
}

export function countOf({ counts }: Bins): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * The value that a share of the samples does not exceed.
 * @param percent as a decimal number, such as `99.9`
 * @returns undefined if fewer than {@link SAMPLES_BEYOND} samples lie beyond it
 */
export function percentileOf(bins: Bins, percent: string): number | undefined {
  const total = countOf(bins);
  const { beyond, scale } = fraction(percent);
  // In integers: 10,000 × (1 − 0.999) is less than 10 in binary fractions.
  if (total * beyond < SAMPLES_BEYOND * scale) return undefined;
  const rank = Math.ceil((total * (scale - beyond)) / scale);
  let passed = 0;
  const index = bins.counts.findIndex((count) => {
    passed += count;
    return passed >= rank;
  });
  return bins.values[index];
}

/** `99.9` is 999 of 1000, so 1 of 1000 lies beyond. */
function fraction(percent: string): { readonly beyond: number; readonly scale: number } {
  const digits = (percent.split('.')[1] ?? '').length;
  const scale = 100 * 10 ** digits;
  return { beyond: scale - Math.round(Number(percent) * 10 ** digits), scale };
}
