import type { Signal } from './signal';

/** By name of a signal, in its unit. */
export interface FullLoad {
  readonly [signal: string]: number;
}

/**
 * The full load that the params of a workload state.
 * @param params in the form that the guest gets
 * @returns undefined if they state none
 */
export function fullLoadOf(
  signals: readonly Pick<Signal, 'name' | 'full'>[],
  role: string | undefined,
  params: { readonly [key: string]: string },
): FullLoad | undefined {
  const stated = signals.flatMap(({ name, full }): [string, number][] => {
    if (full === undefined || (full.role !== undefined && full.role !== role)) return [];
    const value = Number(params[full.param]) / (full.divide ?? 1);
    return value > 0 ? [[name, value]] : [];
  });
  return stated.length > 0 ? Object.fromEntries(stated) : undefined;
}
