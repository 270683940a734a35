/** The params that cap the load of built-in entries, and what a VM with this role does at most, by name of the signal. */
const CAPS: { readonly [entry: string]: { readonly role?: string; readonly param: string; readonly of: (cap: number) => FullLoad } } = {
  // In bits per second, in each direction. A server may have several clients.
  network: { role: 'client', param: 'bandwidth', of: (bits) => ({ 'network-receive': bits / 8, 'network-transmit': bits / 8 }) },
  database: { param: 'tps', of: (tps) => ({ flushes: tps }) },
};

/** By name of a signal, in its unit. */
export interface FullLoad {
  readonly [signal: string]: number;
}

/**
 * The full load that the params of a workload state.
 * @param params in the form that the guest gets
 * @returns undefined if it is not known
 */
export function fullLoadOf(entry: string, role: string | undefined, params: { readonly [key: string]: string }): FullLoad | undefined {
  const cap = Object.hasOwn(CAPS, entry) ? CAPS[entry] : undefined;
  const value = Number(params[cap?.param ?? ''] ?? 0);
  return cap !== undefined && cap.role === role && value > 0 ? cap.of(value) : undefined;
}
