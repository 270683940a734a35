/** A point of a curve of load, such as one queue depth. */
export interface LoadPoint {
  readonly throughput: number;
  readonly latency: number;
}

/**
 * The knee of a curve: the point of the largest power in Kleinrock's sense, throughput divided by latency. More load raises the latency by a
 * larger factor than the throughput.
 * @returns its index; the first one of several; undefined without points
 */
export function kneeOf(points: readonly LoadPoint[]): number | undefined {
  const powers = points.map(({ throughput, latency }) => (latency > 0 ? throughput / latency : Number.NEGATIVE_INFINITY));
  const most = Math.max(...powers);
  return Number.isFinite(most) ? powers.indexOf(most) : undefined;
}
