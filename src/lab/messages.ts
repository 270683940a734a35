/** Every message and hint of the lab. */
import { show } from '../text/show';

const LAB = 'virtwork lab';
const LAB_DIR = 'flag --lab-dir';
const IMAGE = 'flag --image';

// Programs

/** @param debianPackage with the program */
export function programMissing(program: string, debianPackage: string | undefined) {
  return { where: LAB, message: `needs ${program}, which is not on the PATH`, hint: `run: apt install ${debianPackage}` };
}

export function programTimedOut(program: string, seconds: number): string {
  return `${program} did not end within ${seconds} s and was killed`;
}

/** @param said its standard error */
export function programFailed(where: string, program: string, said: string) {
  return { where, message: `${program} failed: ${said}` };
}

export function cannotCreate(where: string, why: string) {
  return { where, message: `cannot be created: ${why}` };
}

// The accelerator

export const NO_KVM = 'no /dev/kvm';
export const KVM_FORBIDDEN = 'this user has no access to /dev/kvm';
export const NO_VIRTUALIZATION = '/dev/kvm exists, but the processor has no virtualization';
export const KVM_BROKEN = '/dev/kvm exists, but a guest does not run on it';

// VMs

export function vmExists(name: string) {
  return { where: LAB, message: `VM ${name} already exists`, hint: `run: virtwork lab down ${name}` };
}

export function tooManyVms(most: number, got: number) {
  return { where: LAB, message: `must be at most ${most} VMs, got ${got}`, hint: 'use a smaller --vm-count' };
}

/** @param said what QEMU printed */
export function qemuFailed(name: string, said: string) {
  return { where: name, message: `QEMU does not start: ${said || 'it printed nothing'}` };
}

// Answers of guests

export function answerTooSlow(seconds: number): string {
  return `the guest did not complete its answer within ${seconds} s`;
}

export function answerTooLarge(bytes: number): string {
  return `the guest answers with more than ${bytes} bytes`;
}

export const NOT_HTTP = 'the answer of the guest is not HTTP';
export const NOT_HEALTH = 'the answer of the guest is not from its health endpoint';

// Trials

interface Progress {
  readonly phase: string;
  readonly failed: number;
  /** What keeps the guest from going on. Empty: nothing. */
  readonly why: string;
}

/** What the guest does in a phase of a trial. */
const PHASES: { readonly [phase: string]: string } = { barrier: 'at the barrier' };

function progress({ phase, failed, why }: Progress): string {
  return `${PHASES[phase] ?? phase}${failures(failed)}${why && `: ${why}`}`;
}

function failures(count: number): string {
  return count > 0 ? `, ${count} failed` : '';
}

/** @param about name: of the trial; absent: not known */
export function trialAt(position: number, planned: number, about: Progress & { readonly name?: string; readonly repeat?: number }): string {
  const { name, repeat } = about;
  return `trial ${position} of ${planned}${name === undefined ? '' : ` (${name}, repeat ${repeat})`}, ${progress(about)}`;
}

/** Between two trials, and before the first one. */
export function recordsSoFar(records: number, planned: number, about: Progress): string {
  return `${records} of ${planned} records, ${progress(about)}`;
}

/** @param why empty: every trial has a record */
export function trialsEnded(records: number, planned: number, failed: number, why: string): string {
  return `measured: ${records} of ${planned} records${failures(failed)}${why && `: ${why}`}`;
}

export const STOPPED = 'is stopped';
export const NO_ENDPOINT = 'has no health endpoint: health_port is 0';

// The credential of --access

/** @param files that the folder must have */
export function noCredential(files: readonly string[], why: string) {
  return { where: 'flag --access', message: `must be a folder with the files ${files.join(', ')}: ${why}` };
}

// Images

export function imageUnreadable(why: string) {
  return { where: IMAGE, message: `must be a readable file: ${why}` };
}

export function imageMissing(file: string) {
  return { where: IMAGE, message: `must be the path of a disk image, got ${show(file)}` };
}

/** @param must what the image must be */
function wrongImage(must: string, file: string, hint?: string) {
  return { where: IMAGE, message: `must be ${must}, got ${show(file)}`, ...(hint === undefined ? {} : { hint }) };
}

export function notBootable(file: string) {
  return wrongImage('a bootable disk image in qcow2 or raw format', file, 'convert other formats: qemu-img convert -O qcow2 IMAGE FILE');
}

export function imageRefersToFiles(file: string) {
  return wrongImage(
    'an image without a backing file and without an external data file',
    file,
    'if you trust the source of the image, run: qemu-img convert -O qcow2 IMAGE FILE',
  );
}

export function imageEncrypted(file: string) {
  return wrongImage('an image that is not encrypted', file);
}

export function imageCorrupt(file: string, format: string) {
  return wrongImage(`a readable ${format} disk image`, file);
}

export function imageBuilding(suite: string, packages: number): string {
  return `building a Debian ${suite} image with ${packages} packages`;
}

/** @param said the end of its standard error */
export function imageBuildFailed(said: string) {
  return { where: 'virtwork lab image build', message: `mmdebstrap failed:\n${said}` };
}

export function imageFolderChanged(folder: string) {
  return { where: folder, message: 'must have only the files of mmdebstrap', hint: 'run: virtwork lab image build' };
}

// The folder of the lab

/** @param other a file in the folder */
export function notALab(path: string, other: string, hint: string) {
  return {
    where: LAB_DIR,
    message: `must be a lab or an empty folder, got ${show(path)} with ${show(other)}`,
    hint: `use --lab-dir ${hint}`,
  };
}

export function folderNotWritable(path: string, why: string) {
  return { where: LAB_DIR, message: `must be a folder that this user can create and write to, got ${show(path)}: ${why}` };
}

const OWN_FOLDER = 'use a folder of your own';

export function notAFolder(path: string) {
  return { where: LAB_DIR, message: `must contain folders and no links, got ${show(path)}`, hint: OWN_FOLDER };
}

export function folderOfOthers(path: string, user: number | undefined, owner: number) {
  return { where: LAB_DIR, message: `must be a folder of this user (${user}), got ${show(path)} of user ${owner}`, hint: OWN_FOLDER };
}

export function folderForOthers(path: string) {
  return { where: LAB_DIR, message: `must be writable only for this user, got ${show(path)}`, hint: `run: chmod go-w ${path}` };
}

export function keyNotPrivate(file: string) {
  return {
    where: LAB,
    message: `must be a file of this user with 32 bytes that only this user can read: ${show(file)}`,
    hint: 'delete it; the next lab up creates another one, and the lab no longer knows existing VMs',
  };
}

// Records of VMs

export function recordRejected(record: string, folder: string, why: string) {
  return {
    where: record,
    message: `not a record of this lab: ${why}`,
    hint: `nothing was stopped or deleted; stop its QEMU process if it runs, and delete ${folder}`,
  };
}

export const FOLDER_NOT_A_VM = 'the name of its folder is not the name of a VM';
export const IS_A_LINK = 'it is a link';
export const NOT_A_FILE = 'it is not a regular file';
export const NOT_SEALED = 'the lab of this user did not write it, or not in this folder, or it was changed';
export const NOT_JSON = 'it is not a JSON object';

export function unknownRecordField(field: string): string {
  return `it has an unknown field ${show(field)}`;
}

export function recordFieldMissing(field: string): string {
  return `it has no field ${field}`;
}

export function wrongRecordField(field: string): string {
  return `its ${field} has the wrong type or value`;
}

export function wrongRecordName(name: string): string {
  return `its name is not ${name}`;
}
