import { SINGLE_ROLE } from '../entry';

/** Types of units that an entry has beside its workload.yaml; others go below files/etc/systemd/system/. */
export const UNIT_TYPE = /\.(service|timer|socket|path)$/;

/**
 * Name of a unit in the guest. `workload` and the name of a role are words of the format and get a name of the entry's
 * own, as do their further parts (`server-http.service`, `workload-clean.timer`); every other unit of an entry with a
 * single role keeps the name that its author gave it.
 */
export function unitName(entry: string, file: string, multiRole: boolean): string {
  if (multiRole) return `virtwork-${entry}-${file}`;
  const rest = /^workload(-.+)?(\.[a-z]+)$/.exec(file) && file.slice('workload'.length);
  return rest ? `virtwork-${entry}${rest}` : file;
}

/** The role that a unit file of an entry with roles belongs to; the longest name wins. */
export function unitRole(file: string, roles: readonly string[]): string | undefined {
  if (roles.length === 1 && roles[0] === SINGLE_ROLE) return SINGLE_ROLE;
  const stem = file.replace(UNIT_TYPE, '');
  return [...roles].sort((a, b) => b.length - a.length).find((role) => stem === role || stem.startsWith(`${role}-`));
}
