import { SINGLE_ROLE } from './entry';

/**
 * Name of a unit in the guest. `workload.service` and `<role>.service` are words of the format and get a name of
 * the entry's own, as do their further parts (`server-http.service`); every other unit of an entry with a single
 * role keeps the name that its author gave it.
 */
export function unitName(entry: string, file: string, multiRole: boolean): string {
  if (multiRole) return `virtwork-${entry}-${file}`;
  const part = /^workload(?:-(.+))?\.service$/.exec(file);
  if (!part) return file;
  return part[1] ? `virtwork-${entry}-${part[1]}.service` : `virtwork-${entry}.service`;
}

/** The role that a unit file of an entry with roles belongs to; the longest name wins. */
export function unitRole(file: string, roles: readonly string[]): string | undefined {
  if (roles.length === 1 && roles[0] === SINGLE_ROLE) return SINGLE_ROLE;
  const stem = file.replace(/\.service$/, '');
  return [...roles].sort((a, b) => b.length - a.length).find((role) => stem === role || stem.startsWith(`${role}-`));
}
