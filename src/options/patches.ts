import type { Folded } from './fold';
import type { Given } from './origin';
import type { Patch } from './patch-kinds';

/** A patch, and where it was given. */
export interface PlacedPatch extends Patch {
  readonly place: () => string;
}

/**
 * The patches of all workloads, and after them those of one workload.
 * @param general the values of all workloads
 */
export function patchesOf({ given }: Folded, general: Folded): PlacedPatch[] {
  const ofAll = general.given.patches;
  const own = given.patches.filter((each) => !ofAll.includes(each));
  return [...placed(ofAll[0]), ...placed(own[0])];
}

function placed(given: Given | undefined): PlacedPatch[] {
  if (given === undefined) return [];
  const { value, where } = given;
  return (value as readonly Patch[]).map((patch, index) => ({ ...patch, place: () => placeOf(where, index) }));
}

/** The position in a file, or the number in a value that is written as a string. */
function placeOf(where: Given['where'], index: number): string {
  const place = where([index]);
  return place === where() ? `${place}[${index}]` : place;
}
