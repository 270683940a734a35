/** Messages about the files of an entry, and about the files that they become in the guest. */
import { SECRET_BYTES, TOO_LARGE } from '../../kubernetes/secret-size';
import { show } from '../../text/show';
import type { Text } from './wording';

// Files of the entry.

export const NOT_A_FILE: Text = { message: 'must be a regular file, or a link to one in the entry' };
export const NOT_A_FOLDER: Text = { message: 'must be a folder, with files at the paths that they have in the guest' };
export const HAS_NUL: Text = { message: 'must have no NUL byte', hint: 'remove it with an editor that shows control characters' };
export const NO_UTF8_TEMPLATE: Text = { message: 'must be UTF-8 text, as every .hbs file' };
export const NO_NAME_BEFORE_HBS: Text = { message: 'needs a name before .hbs' };
export const CONTROL_IN_NAME: Text = { message: 'must have no line break or other control character in its name' };
export const BACKUP: Text = { message: 'reaches no guest: by its name it is a backup', hint: 'rename it if it is not a backup' };

export function linkOutOfEntry(target: string): Text {
  return { message: `must not be a link that leaves the entry, got ${show(target)}`, hint: 'copy the file into the entry' };
}

export function tooLarge(bytes: number): Text {
  return { message: `must have at most ${SECRET_BYTES} bytes, which is all that a Secret holds, got ${bytes}`, hint: TOO_LARGE };
}

/** @param path of the folder in the guest; empty for the root */
export function emptyFolder(path: string): Text {
  return {
    message: 'is an empty folder, which no guest gets',
    hint: `to create it, put a line into files/etc/tmpfiles.d/NAME.conf: d ${path || '/PATH'} 0755 root root`,
  };
}

export function binaryFile(bytes: number): Text {
  return { message: `is a binary file of ${bytes} bytes: the Secret holds it as base64, which reviewers cannot read` };
}

// Files that are copied with an entry.

export function tooLargeToCopy(most: number, got: number): Text {
  return { message: `must have at most ${most} bytes to be copied, got ${got}` };
}

export const NOT_COPIED: Text = { message: 'must be a regular file or a folder to be copied' };

// Paths in the guest.

/** @param other the file that has the path as well */
export function sameGuestPath(path: string, other: string): Text {
  return { message: `is ${path} in the guest, and so is ${other}` };
}

export function pathOfVirtwork(path: string): Text {
  return { message: `must not be ${path}, which virtwork writes itself` };
}

/** @param folder below the root, such as `run` */
export function temporaryPath(path: string, folder: string): Text {
  return {
    message: `must not be ${path}: the guest creates /${folder} again at each boot`,
    hint: 'choose a path below /etc or /usr/local, or create the file at boot with a line in files/etc/tmpfiles.d/NAME.conf',
  };
}

export function accountsPath(path: string): Text {
  return {
    message: `must not be ${path}: it would replace the accounts of the guest`,
    hint: 'to create users and groups, put a line such as "u NAME -" into files/etc/sysusers.d/NAME.conf',
  };
}

export function packagePath(path: string): Text {
  return {
    message: `replaces ${path} of the guest system, or a package may replace it`,
    hint: 'choose a path below /usr/local, such as /usr/local/bin',
  };
}

export function decidesLogin(path: string): Text {
  return { message: `decides who may log in to the guests (${path})`, hint: 'omit it: the user of the entry decides with --ssh-key' };
}

export function decidesRoot(path: string): Text {
  return {
    message: `decides who may become root in the guests (${path})`,
    hint: 'omit it: set User= in the units that need another account',
  };
}

export function decidesAuthentication(path: string): Text {
  return { message: `decides how accounts log in to the guests (${path})`, hint: 'omit it unless the entry is about that' };
}

export function inHome(path: string): Text {
  return {
    message: `is written before cloud-init creates the account, which then does not own its home (${path})`,
    hint: 'choose a path outside of /home, and copy the file with a unit',
  };
}

// Modes and owners, in `files` of workload.yaml.

export const WRONG_MODE: readonly [must: string, hint: string] = ['be three octal digits, or four that begin with 0', 'for example: 0600'];
export const WRONG_OWNER: readonly [must: string, hint: string] = ['be a user, or a user and a group', 'for example: postgres:postgres'];

export function folderInsteadOfFile(path: string): readonly [must: string, hint: string] {
  return ['be a file, not a folder', `to create the folder, put a line into files/etc/tmpfiles.d/NAME.conf: d ${path} 0700 USER GROUP`];
}

/** @param role of the files; undefined for those of all roles */
export function noSuchFile(role: string | undefined): string {
  return `be the path of a file in the guest that ${role === undefined ? 'files/' : `files/ or files.${role}/`} has`;
}
