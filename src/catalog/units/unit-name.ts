import { SINGLE_ROLE } from '../entry';
import { ownName } from '../entry-name';

/** Types of units that an entry has next to its workload.yaml. Units of other types are in files/etc/systemd/system/. */
export const UNIT_TYPE = /\.(service|timer|socket|path)$/;

/**
 * Name of a unit in the guest. `workload` and the names of roles are words of the format and become names of the
 * entry's own, as do their further parts (`server-http.service`, `workload-clean.timer`). Every other unit of an entry
 * with a single role keeps its name.
 * @param isPart the whole name of the file is a part of the name in the guest: the entry has roles, or it is a unit of a trial
 */
export function unitName(entry: string, file: string, isPart: boolean): string {
  if (isPart) return `${ownName(entry)}-${file}`;
  const rest = /^workload(-.+)?(\.[a-z]+)$/.exec(file) && file.slice(SINGLE_ROLE.length);
  return rest ? ownName(entry) + rest : file;
}

/** The role that a unit file of an entry with roles belongs to; the longest name wins. */
export function unitRole(file: string, roles: readonly string[]): string | undefined {
  if (roles.length === 1 && roles[0] === SINGLE_ROLE) return SINGLE_ROLE;
  const stem = file.replace(UNIT_TYPE, '');
  return [...roles].sort((a, b) => b.length - a.length).find((role) => stem === role || stem.startsWith(`${role}-`));
}
