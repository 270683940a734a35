import { show, showScalar } from '../text/show';

/** What is wrong with a recorded truth. Each begins with its place in the file. */
export const TRUTH = {
  schema: (must: string, got: unknown) => `schema must be ${must}, got ${got === undefined ? 'none' : showScalar(got)}`,
  after: (path: string, other: string, got: number, before: number) => `${path} must be after ${other}, ${before}, got ${got}`,
  tooLong: (days: number, got: number) => `to must be at most ${days} days after from, got ${Math.ceil(got / 86_400)} days`,
  repeated: (path: string, other: string) => `${path} is the same as ${other}: each must be there once`,
  noWorkload: (path: string, workload: string, role: string | undefined) =>
    `${path} has the workload ${show(workload)}${role === undefined ? '' : ` with the role ${show(role)}`}, which workloads does not have`,
  noSignal: (path: string, known: readonly string[]) =>
    `${path} must be a signal of the workload of the VM; ${known.length === 0 ? 'it has none' : `known: ${known.join(', ')}`}`,
  oneSeries: (path: string, got: number) => `${path} must have one series, as its signal is no rate, got ${got}`,
  notRising: (path: string, got: number, before: number) => `${path} must be after the time before it, ${before}, got ${got}`,
} as const;
