import type { Entry } from '../catalog/entry';
import type { Problem } from '../errors';
import { UNIT_FOLDER } from './guest-names';
import { samePath } from './messages';
import type { RolePlan } from './plan';

/** No two files of a guest may have the same path: an entry must not contain a file that virtwork adds, even as a unit of that name. */
export function pathProblems(entry: Entry, roles: readonly RolePlan[]): Problem[] {
  return roles.flatMap(({ guest, guestDisk }) => {
    const units = [...guest.units, ...(guest.trialUnits ?? [])].map(({ name, source }) => ({ path: `${UNIT_FOLDER}/${name}`, source }));
    const first = new Map<string, string>();
    return [...guestDisk.files, ...guest.files, ...units].flatMap(({ path, source }) => {
      const other = first.get(path);
      if (other === undefined) first.set(path, source);
      return other === undefined ? [] : [{ where: `workload ${entry.name}`, ...samePath(path, other, source) }];
    });
  });
}
