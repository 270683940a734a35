/**
 * Jain's index of fairness: 1 if all got the same, 1/n if one of n got everything.
 * @returns undefined for fewer than two values, or if all are 0
 */
export function fairnessOf(values: readonly number[]): number | undefined {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value ** 2, 0);
  return values.length < 2 || squares === 0 ? undefined : sum ** 2 / (values.length * squares);
}
