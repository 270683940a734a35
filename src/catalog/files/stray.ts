import type { Problem } from '../../errors';
import { nearest } from '../../text/suggest';
import { SINGLE_ROLE } from '../entry';
import { type EntryFolder, EXPERIMENTS, ROLE_FOLDER } from '../entry-folder';
import { moveTo, notRead, unitOfItsOwn } from '../messages/entry';
import { nearHint } from '../messages/wording';
import { WORKLOAD_FILE } from '../workload-file';
import { isBackup } from './leftovers';

/** What repositories have in addition to the files of an entry. */
const DOCUMENTATION =
  /^(readme|licen[cs]e|notice|copying|authors|change(log|s)|contributing|codeowners|owners|maintainers|security|todo|docs?|images)([-._].*)?$|\.(md|rst|adoc|txt|png|svg|jpe?g)$/i;
/** Units of types that an entry has as files of the guest. */
const OTHER_UNIT = /\.(target|mount|automount|swap|slice)$/;
/** Folders at the root of a guest. */
const GUEST_FOLDER = /^(etc|usr|opt|var|root|home|srv|bin|sbin|lib|lib64|run|tmp|mnt)$/;

/**
 * Files and folders of an entry that are not read, so that a typing error in a name is seen.
 * @param roles names of the roles
 */
export function strayFiles({ shown, listed, unitFiles, roleFolders }: EntryFolder, roles: readonly string[]): Problem[] {
  const read = [WORKLOAD_FILE, 'files', EXPERIMENTS, ...unitFiles, ...roleFolders];
  const stray = listed.filter((name) => !read.includes(name) && !name.startsWith('.') && !DOCUMENTATION.test(name));
  const misspelled = roles.includes(SINGLE_ROLE)
    ? unitFiles.filter((name) => /^workload(-.+)?\.[a-z]+$/i.test(name) && !name.startsWith('workload'))
    : [];
  return [
    ...stray.map((name) => ({ where: `${shown}/${name}`, ...notRead(hintFor(name, roles)) })),
    ...misspelled.map((name) => ({ where: `${shown}/${name}`, ...unitOfItsOwn(name, name.replace(/^workload/i, 'workload')) })),
  ];
}

function hintFor(name: string, roles: readonly string[]): string | undefined {
  if (isBackup(name)) return undefined;
  if (GUEST_FOLDER.test(name)) return moveTo(`files/${name}`);
  if (OTHER_UNIT.test(name)) return moveTo(`files/etc/systemd/system/${name}`);
  if (roles.includes(name)) return moveTo(ROLE_FOLDER + name);
  const known = [WORKLOAD_FILE, 'files', EXPERIMENTS, ...roles.flatMap((role) => [ROLE_FOLDER + role, `${role}.service`])];
  return nearHint(nearest(name, known)).hint;
}
