import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, constants, fstatSync, linkSync, openSync, readFileSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../files/make-folder';
import { unforeseeable, writeNew } from '../files/new-file';
import { NOT_JSON, recordFieldMissing, unknownRecordField, wrongRecordField, wrongRecordName } from './messages';

/** The record of a VM between commands. */
export interface LabVm {
  readonly name: string;
  readonly workload: string;
  readonly role: string;
  /** Process ID of QEMU. Absent: it was never started. */
  readonly pid?: number;
  /** When that process was started, to distinguish it from a later one with the same ID. */
  readonly pidStarted?: string;
  /** Process ID of the process with which the VM ends. Absent: the VM runs until it is taken down. */
  readonly owner?: number;
  readonly ownerStarted?: string;
  readonly accelerator: string;
  readonly image: string;
  /** Default account of the image. */
  readonly user: string;
  /** Port of this machine that is forwarded to SSH in the guest. */
  readonly sshPort: number;
  /** Port of this machine that is forwarded to the guest's health endpoint. 0: no endpoint. */
  readonly healthPort: number;
  /** Address on the link that the VMs of one `lab up` share. */
  readonly address: string;
  readonly diskNames: readonly string[];
  /** Names of its trials, in the order of their IDs. @default it is not measured */
  readonly trialNames?: readonly string[];
  /** Command line of QEMU, for a restart. */
  readonly command: readonly string[];
}

/** A DNS label, as Kubernetes requires: neither a path nor a flag. */
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function isVmName(name: unknown): name is string {
  return typeof name === 'string' && NAME.test(name);
}

type Check = (value: unknown) => boolean;

const whole =
  (least: number, most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const matching =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const each =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const PID = whole(2, 2 ** 22 + 1);
const STARTED = matching(/^[0-9a-f-]{36}\/\d+$/);
/** Each field and the check of its value. */
const SHAPE: { readonly [key in keyof Required<LabVm>]: Check } = {
  name: isVmName,
  workload: isVmName,
  role: isVmName,
  pid: PID,
  pidStarted: STARTED,
  owner: PID,
  ownerStarted: STARTED,
  accelerator: matching(/^(kvm|tcg)$/),
  image: matching(/^\/[^\0]*$/),
  user: matching(/^[a-z][a-z-]*$/),
  sshPort: whole(1, 65535),
  healthPort: whole(0, 65535),
  address: matching(/^(\d{1,3}\.){3}\d{1,3}$/),
  diskNames: each(isVmName),
  trialNames: each(isVmName),
  command: each(matching(/^[^\0]*$/)),
};
const OPTIONAL = ['pid', 'pidStarted', 'owner', 'ownerStarted', 'trialNames'];

/**
 * Checks the fields of a record.
 * @param name of its folder
 * @returns the first problem; undefined when the record is valid
 */
export function recordProblem(record: unknown, name: string): string | undefined {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return NOT_JSON;
  const entries = Object.entries(record);
  const unknown = entries.find(([key]) => !Object.hasOwn(SHAPE, key))?.[0];
  if (unknown !== undefined) return unknownRecordField(unknown);
  const missing = Object.keys(SHAPE).find((key) => !OPTIONAL.includes(key) && !Object.hasOwn(record, key));
  if (missing !== undefined) return recordFieldMissing(missing);
  const wrong = entries.find(([key, value]) => !SHAPE[key as keyof LabVm](value))?.[0];
  if (wrong !== undefined) return wrongRecordField(wrong);
  return (record as LabVm).name === name ? undefined : wrongRecordName(name);
}

const KEY_BYTES = 32;

/**
 * The key that seals records. A record decides what is run, killed and deleted, so a record in a folder from elsewhere must not be
 * accepted.
 * @returns undefined when there is no key, or one that is not only readable for this user
 */
export function sealingKey(file: string): Buffer | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(descriptor);
    const isOwn = stat.isFile() && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0 && stat.size === KEY_BYTES;
    return isOwn ? readFileSync(descriptor) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Creates the key if there is none. When two processes do so at the same time, both use the key of the first. */
export function makeSealingKey(file: string): void {
  if (sealingKey(file)) return;
  makeFolder(dirname(file), 0o700);
  const fresh = `${file}.${unforeseeable()}`;
  writeNew(fresh, [randomBytes(KEY_BYTES)], 0o600);
  try {
    linkSync(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(fresh);
  }
}

/** @param folder real path of the lab: the seal is valid only there */
export function sealOf(vm: LabVm, folder: string, key: Buffer): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([folder, vm]))
    .digest('hex');
}

export function isSealed(vm: LabVm, seal: unknown, folder: string, key: Buffer): boolean {
  const right = Buffer.from(sealOf(vm, folder, key));
  const given = Buffer.from(typeof seal === 'string' ? seal : '');
  return given.length === right.length && timingSafeEqual(given, right);
}
