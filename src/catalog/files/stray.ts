import type { Problem } from '../../errors';
import { nearest } from '../../text/suggest';
import { SINGLE_ROLE } from '../entry';
import { hint } from '../problems';
import { isBackup } from './leftovers';

/** What repositories have beside the files of an entry. */
const DOCUMENTATION =
  /^(readme|licen[cs]e|notice|copying|authors|change(log|s)|contributing|codeowners|owners|maintainers|security|todo|docs?|images)([-._].*)?$|\.(md|rst|adoc|txt|png|svg|jpe?g)$/i;
/** Units of types that an entry brings as files. */
const OTHER_UNIT = /\.(target|mount|automount|swap|slice)$/;
/** Folders at the root of a guest. */
const GUEST_FOLDER = /^(etc|usr|opt|var|root|home|srv|bin|sbin|lib|lib64|run|tmp|mnt)$/;

/**
 * Files and folders of an entry that are not read, so that a typing error in a name is seen.
 * @param listed everything in the entry's folder
 * @param read what of it is read
 * @param roles names of the roles
 */
export function strayFiles(shown: string, listed: readonly string[], read: readonly string[], roles: readonly string[]): Problem[] {
  const misspelt = roles.includes(SINGLE_ROLE)
    ? read.filter((name) => /^workload(-.+)?\.(service|timer|socket|path)$/i.test(name) && !/^workload/.test(name))
    : [];
  const known = ['workload.yaml', 'files', ...roles.flatMap((role) => [`files.${role}`, `${role}.service`])];
  const stray = listed.filter((name) => !read.includes(name) && !name.startsWith('.') && !DOCUMENTATION.test(name));
  return [
    ...stray.map((name) => ({
      where: `${shown}/${name}`,
      message: 'is not read: an entry has workload.yaml, units (*.service, *.timer, *.socket, *.path), files/ and files.ROLE/',
      ...hint(meant(name, known, roles)),
    })),
    ...misspelt.map((name) => ({
      where: `${shown}/${name}`,
      message: `is a unit of its own, called ${name} in the guest`,
      hint: name.replace(/^workload/i, 'workload'),
    })),
  ];
}

function meant(name: string, known: readonly string[], roles: readonly string[]): string | undefined {
  if (isBackup(name)) return undefined;
  if (GUEST_FOLDER.test(name)) return `files/${name}`;
  if (OTHER_UNIT.test(name)) return `files/etc/systemd/system/${name}`;
  return roles.includes(name) ? `files.${name}` : nearest(name, known);
}
