import { lstatSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../errors';
import { readBounded } from '../files/bounded-file';
import { makeFolder, mayExist } from '../files/make-folder';
import { placeNew } from '../files/new-file';
import { type Kept, readRecord, type Summary } from './answer';
import { notAFolderOfResults, tooManyVersions } from './messages';

/** Bytes of a file that are read. A member of an answer cannot be larger. */
const LARGEST = 16 << 20;
/** Records of one trial of one VM that are kept. */
const VERSIONS = 99;
/** Trial, name with repeat, and version. */
const FILE = /^(\d{3})-([^.]*)(?:\.(\d+))?\.json\.gz$/;

/** A record in the folder. */
export interface Stored {
  readonly summary: Summary;
  /** The record in JSON. */
  readonly text: string;
}

/**
 * A folder of results: `<group>/<vm>/<trial>-<name>-r<repeat>.json.gz`, each the record as the guest wrote it. Nothing in it is ever
 * overwritten. A file appears under its name only when it is complete.
 */
export class ResultsFolder {
  constructor(readonly path: string) {}

  /**
   * The valid records of a VM that the folder has, in the order of the plan. Other files are ignored.
   * @throws UserError when a link or a file is in the place of a folder
   */
  *of(group: string, vm: string): Generator<Stored> {
    const folder = this.checked(group, vm);
    for (const path of recordsIn(folder)) {
      const stored = readRecord(bytesOf(path));
      if (stored?.summary.group === group && stored.summary.vm === vm) yield stored;
    }
  }

  /**
   * Writes a record, unless the folder has it. Another record of the same trial, such as one of a VM that started again with a fresh root
   * disk, is kept: the new one gets the next free name.
   * @throws UserError, or an Error of the file system
   */
  keep({ summary: { group, vm, trial, name, repeat }, bytes }: Kept): void {
    const folder = this.checked(group, vm);
    makeFolder(folder);
    const base = join(folder, `${trial}-${name}-r${repeat}`);
    for (let version = 1; version <= VERSIONS; version += 1) {
      const path = `${base}${version === 1 ? '' : `.${version}`}.json.gz`;
      if (placeNew(path, bytes) || bytesOf(path).equals(bytes)) return;
    }
    throw new UserError([tooManyVersions(`${base}.json.gz`, VERSIONS)]);
  }

  /**
   * Moves all records of a group out of the way, into `attempts/<group>.<number>` next to this folder: figures of VMs that did not measure
   * together do not add up.
   * @throws UserError, or an Error of the file system
   */
  setAside(group: string): void {
    const folder = join(this.path, group);
    this.checked(group, '');
    if (!mayExist(folder)) return;
    const attempts = join(dirname(this.path), 'attempts');
    makeFolder(attempts);
    let number = 1;
    while (mayExist(join(attempts, `${group}.${number}`))) number += 1;
    renameSync(folder, join(attempts, `${group}.${number}`));
  }

  /** The folder of a VM: a link in its place could lead anywhere. */
  private checked(group: string, vm: string): string {
    const folders = [join(this.path, group), join(this.path, group, vm)];
    const wrong = folders.find((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false);
    if (wrong !== undefined) throw new UserError([notAFolderOfResults(wrong)]);
    return folders[1] as string;
  }
}

/** The paths of records, in the order of the plan, and versions of one record in the order in which they came. */
function recordsIn(folder: string): string[] {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  const versionOf = (name: string) => Number(FILE.exec(name)?.[3] ?? 1);
  return readdirSync(folder)
    .filter((name) => FILE.test(name))
    .sort((a, b) => a.slice(0, 3).localeCompare(b.slice(0, 3)) || versionOf(a) - versionOf(b) || a.localeCompare(b))
    .map((name) => join(folder, name));
}

/** @returns no bytes for anything but a readable file of a usual size */
function bytesOf(path: string): Buffer {
  try {
    const bytes = lstatSync(path).isFile() ? readBounded(path, LARGEST) : '';
    return typeof bytes === 'string' ? Buffer.alloc(0) : bytes;
  } catch {
    return Buffer.alloc(0);
  }
}
