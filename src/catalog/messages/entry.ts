/** Messages about the folder of an entry, and about what its workload.yaml declares. */
import { SERIAL_RULE } from '../../kubernetes/disk-serial';
import { MINIMUM_MEMORY } from '../../kubernetes/minimum-sizes';
import { show } from '../../text/show';
import { nearHint, optionalHint, type Text } from './wording';

// The folder.

export const NOT_AN_ENTRY = 'must be a folder with a catalog entry';

/** @param ownCatalog where links are allowed, such as `~/.virtwork/catalog` */
export function linkOutOfCatalog(target: string, ownCatalog: string): Text {
  return {
    message: `must not be a link that leaves its catalog, got ${show(target)}`,
    hint: `copy the folder into the catalog, or put the link into ${ownCatalog}`,
  };
}

export function cannotBeRead(code: string | undefined): string {
  return `cannot be read (${code})`;
}

export function catalogDirIsNoFolder(got: string): string {
  return `must be a folder, got ${show(got)}`;
}

export function catalogDirUnreadable(dir: string, code: string | undefined): string {
  return `${show(dir)} cannot be read (${code})`;
}

export function tooManyFiles(most: number): string {
  return `must have at most ${most} files and folders`;
}

/** @param what `its units and templates`, or `the files that are read` */
export function tooManyBytes(what: string, most: number, got: number): string {
  return `must have at most ${most} bytes in ${what}, got ${got}`;
}

// Names.

export const WRONG_ENTRY_NAME = 'be a DNS label of at most 40 characters';

export function nameForAll(all: string): string {
  return `not be ${all}, which means every built-in workload`;
}

export function nameOfBaseFile(files: readonly string[]): string {
  return `not be one of ${files.join(', ')}: these files of the base are not workloads`;
}

export const ENTRY_NAME = 'the name of an entry';

// Units and roles.

export const NO_SERVICE: Text = {
  message: 'an entry needs at least one *.service file',
  hint: 'run: virtwork new NAME, which creates an entry to start from',
};

export const CANNOT_BE_ENABLED: Text = {
  message: 'must be the name of a unit that can be enabled: letters, digits and : _ . - only',
  hint: 'put a template unit, with @ in its name, into files/etc/systemd/system/',
};

export const WRONG_UNIT_START: Text = {
  message: 'must be the name of a unit that begins with a letter, a digit or _: programs hide other names or read them as options',
};

/** @param roles of the entry */
export function undeclaredRole(roles: readonly string[]): string {
  return `be a declared role (${roles.join(', ') || 'the entry has none'})`;
}

/** @param near a name that the file or folder was probably meant to have */
export function ofNoRole(roles: readonly string[], near: string | undefined): Text {
  return { message: `belongs to no declared role (${roles.join(', ') || 'the entry has none'})`, ...nearHint(near) };
}

export function roleWithoutService(role: string): string {
  return `role ${role} needs the file ${role}.service`;
}

/** @param what the section of workload.yaml, such as `access` */
export function needsRole(what: string, key: string, roles: readonly string[]): string {
  return `${what} needs the key "${key}": one of ${roles.join(', ')}`;
}

export function needsOneKey(what: string, keys: readonly string[]): string {
  const quoted = keys.map((key) => `"${key}"`);
  return `${what} needs one of the keys ${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}

export const COUNT_WITH_ROLES: Text = { message: 'vm.count must not be set in an entry with roles', hint: 'set vm-count of each role' };

export const WRONG_MEMORY = `be a quantity of at least ${MINIMUM_MEMORY}`;

export function neverStarted(target: string): Text {
  return { message: 'has no [Install] section, so no boot starts it', hint: `add [Install] with WantedBy=${target}` };
}

// Packages.

export const NOT_A_PACKAGE = 'be the name of a package, without options, a removal (NAME-), a version, a file or a URL';
export const GROUP_WITHOUT_DNF = 'be a package: only dnf has groups';

// Disks.

export const NO_DISK_NAME = 'not be empty';
export const WRONG_SERIAL = `be ${SERIAL_RULE}`;
export const WRONG_SIZE = 'be a quantity such as 10Gi';
export const WRONG_MOUNT = 'be an absolute path other than /, of letters, digits and . _ + -, without . and ..';

export function wrongDiskName(most: number): string {
  return `be a DNS label of at most ${most} characters`;
}

export function reservedDiskName(reserved: readonly string[]): string {
  return `not be one of the reserved names ${reserved.join(', ')}`;
}

/** @param filesystem undefined: a raw disk */
export function diskTooSmall(least: string, filesystem: string | undefined): string {
  return `be at least ${least}${filesystem === undefined ? '' : ` for ${filesystem}`}`;
}

/** @param at the disk, such as `storage[0]` */
export function ofRawDisk(at: string, key: string): Text {
  return { message: `${at}.${key} must not be set: a raw disk has no file system`, hint: `remove ${key}, or remove raw` };
}

/** @param user of the folder, such as `the package manager` */
export function mountOfSystem(user: string): string {
  return `be a folder that the guest does not need, such as /mnt/data (${user} needs this folder)`;
}

// The Service.

export const NO_PORTS = 'service.ports must have at least one port';
export const WRONG_PORT = 'be from 1 to 65535';
export const WRONG_PROTOCOL = 'be TCP or UDP';
export const WRONG_SERVICE_NAME = 'be a DNS label that begins with virtwork-';
export const CHOOSE_ANOTHER_NAME = 'choose another name';

/** @param first the port that has the name */
export function generatedNameTaken(at: string, name: string, first: string): string {
  return `${at} has no name and would be ${name}, the name of ${first}`;
}

/** @param isGenerated the earlier port gets its name because it has none */
export function portNameTaken(at: string, name: string, first: string, isGenerated: boolean): string {
  const whose = isGenerated ? `the name that ${first} gets because it has none` : `the name of ${first}`;
  return `${at}.name must be unique, got ${name}, ${whose}`;
}

// Access to the API server.

export const WRONG_API_GROUPS = 'be API groups without a version, such as kubevirt.io, and "" for the core group';
export const WRONG_RESOURCES = 'be resources in lowercase letters, such as virtualmachineinstances or pods/log';
export const WRONG_RESOURCE_NAMES = 'be names of objects';
export const NO_WILDCARD = 'name what is meant, without *';

export function wrongVerbs(verbs: readonly string[]): string {
  return `be of ${verbs.join(', ')}`;
}

export function serialOfDisk(serial: string): string {
  return `access.serial must be unique in the VM, got ${show(serial)}, which a disk of storage has`;
}

/** @param at the rule, such as `access.rules[0]` */
export function tokensOfOthers(at: string, resource: string): string {
  return `${at}.resources must not have ${resource}, which gives the permissions of other accounts`;
}

export function notInNamespace(at: string, resource: string): Text {
  return {
    message: `${at}.resources must not have ${resource}, which are in no namespace`,
    ...optionalHint(resource === 'nodes' ? 'use cluster-rules to read nodes' : undefined),
  };
}

/** @param verbs that only read */
export function onlyNodes(verbs: readonly string[]): string {
  return `read nodes and nothing else (apiGroups [""], resources [nodes], verbs ${verbs.join(', ')})`;
}

// Space.

export const WRONG_BASE = 'be a quantity such as 128Mi';
export const WRONG_EACH = 'be a quantity such as 24Mi, or the key of a param that is a size';

export function oneOf(known: readonly string[]): string {
  return `be one of ${known.join(', ')}`;
}

/** @param at the rule, such as `space[0]` */
export function eachOfNoInt(at: string, got: string, near: string | undefined): Text {
  return { message: `${at}.each must have keys of params of type int, got ${show(got)}`, ...nearHint(near) };
}

export function timesOfNoInt(at: string, got: string, near: string | undefined): Text {
  return { message: `${at}.times must be the key of a param of type int, got ${show(got)}`, ...nearHint(near) };
}

export function sizeOfNoParam(at: string, got: string, near: string | undefined): Text {
  return { message: `${at}.sizes must be keys of params, got ${show(got)}`, ...nearHint(near) };
}

// Files of the folder that are not read.

/** @param hint what was probably meant */
export function notRead(hint: string | undefined): Text {
  return {
    message: 'is not read: an entry has workload.yaml, units (*.service, *.timer, *.socket, *.path), files/, files.ROLE/ and files.trial/',
    ...optionalHint(hint),
  };
}

export function moveTo(path: string): string {
  return `move it to ${path}`;
}

/** @param meant the name in lowercase */
export function unitOfItsOwn(name: string, meant: string): Text {
  return { message: `is a separate unit, called ${name} in the guest`, hint: `rename it to ${meant} if it belongs to the workload` };
}

/** A text of workload.yaml, such as `params[0].desc`. */
export const HAS_NUL = 'have no NUL';
