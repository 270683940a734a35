/**
 * Adjusts the p-values of a family of tests by Holm's method: rejecting what stays below 5 % finds a difference that does not exist in at most
 * 5 % of all families.
 * @returns the adjusted values, in the order of the given ones
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(values.length);
  let least = 0;
  for (const [rank, { p, index }] of order.entries()) {
    least = Math.max(least, Math.min(1, p * (values.length - rank)));
    adjusted[index] = least;
  }
  return adjusted;
}
