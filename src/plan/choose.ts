import type { Setting } from '../options/options';

/** Flags and environment > the file for this workload > the top level of the file > the entry > the default. */
export function choose<T>(setting: Setting<T>, ofWorkload: T | undefined, ofEntry: T | undefined): T {
  return setting.forAll ?? ofWorkload ?? setting.general ?? ofEntry ?? setting.fallback;
}
