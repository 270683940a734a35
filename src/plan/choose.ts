import type { Setting } from '../options/options';

/** What the user states > the entry > the default. */
export function choose<T>({ stated, fallback }: Setting<T>, ofEntry?: T): T {
  return stated ?? ofEntry ?? fallback;
}
