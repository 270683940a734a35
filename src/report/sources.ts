import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { type Problem, refusedPath } from '../errors';
import { readBounded } from '../files/bounded-file';
import { shownPath } from '../files/shown-path';
import { type MemberBounds, membersOf } from '../results/members';
import { faulty } from '../results/messages';
import { EMPTY, isNotReadable, NO_RECORDS, NO_SUCH_FILE, otherFile, otherOwner, otherVmThanState, partOf, THE_RECORD } from './messages';
import { readMember, type TrialRecord } from './record';

/** A part of a file that is not a record of the experiment, and why. */
export interface Broken {
  readonly place: string;
  readonly why: string;
  /** What it says that it is of, as far as that can be read. */
  readonly group?: string;
  readonly vm?: string;
  readonly trial?: string;
}

/** Everything that was found in the given files and folders. */
export interface Found {
  readonly records: readonly TrialRecord[];
  readonly broken: readonly Broken[];
}

/** Bytes of a file that are read: answers of hundreds of VMs. */
const LARGEST = 1 << 30;
/** The results of an experiment in one file, as those of a VM are limited in {@link MemberBounds}. */
const BOUNDS: MemberBounds = { member: 8 << 20, total: Number.MAX_SAFE_INTEGER, members: 1_000_000 };

/**
 * Reads the records of files and folders. A file has gzip members: records, or the answers of VMs, each with the state before the records.
 * @param paths as the user named them
 * @param mayBeEmpty a folder without records is no problem. @default false
 * @throws nothing for wrong content, which is in `broken`
 */
export function readSources(paths: readonly string[], cwd: string, problems: Problem[], mayBeEmpty = false): Found {
  const records: TrialRecord[] = [];
  const broken: Broken[] = [];
  for (const path of paths) {
    const source = resolve(cwd, path);
    const files = filesOf(source);
    if (files.length === 0 && !mayBeEmpty) problems.push({ where: path, ...NO_RECORDS });
    for (const file of files) {
      const shown = shownPath(file, cwd);
      const bytes = bytesOf(file);
      const owner = ownerOf(file, source);
      if (Buffer.isBuffer(bytes)) readFile(bytes, shown, owner, records, broken);
      // A file that the user named is wrong input; one in a folder is a broken record.
      else if (file === source) problems.push({ where: shown, message: bytes });
      else broken.push({ place: shown, why: bytes, ...owner });
    }
  }
  return { records, broken };
}

/** @returns the path itself, or the files with records in a folder, in the order of their names */
function filesOf(path: string): string[] {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
  // The second record of a trial has `.2` before the extension, and comes after the first.
  const stem = (name: string) => name.replace(/(\.json)?\.gz$/, '');
  return (readdirSync(path, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.gz'))
    .sort((a, b) => stem(a).localeCompare(stem(b), 'en', { numeric: true }))
    .map((name) => join(path, name));
}

/** @returns why the file cannot be read, instead of its bytes */
function bytesOf(path: string): Buffer | string {
  try {
    const bytes = readBounded(path, LARGEST);
    return typeof bytes === 'string' ? isNotReadable(bytes) : bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NO_SUCH_FILE;
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return isNotReadable('a folder');
    const refused = refusedPath(error);
    if (refused === undefined) throw error;
    return refused.message;
  }
}

interface Owner {
  readonly group?: string;
  readonly vm?: string;
  readonly trial?: string;
}

/** Whose record a file in a folder of results is: `<group>/<vm>/<trial>-<name>-r<repeat>.json.gz`. */
function ownerOf(file: string, folder: string): Owner {
  const trial = /^(\d{3})-.*-r\d+(?:\.\d+)?\.json\.gz$/.exec(basename(file))?.[1];
  const [vm, group] = relative(folder, dirname(file)).split(sep).reverse();
  return trial === undefined || !vm ? {} : { ...(group ? { group } : {}), vm, trial };
}

function readFile(bytes: Buffer, file: string, owner: Owner, records: TrialRecord[], broken: Broken[]): void {
  let [part, from] = [0, ''];
  const isOne = owner.trial !== undefined;
  for (const member of membersOf(bytes, BOUNDS)) {
    part += 1;
    const place = isOne && part === 1 ? file : partOf(file, part);
    if ('fault' in member) {
      broken.push({ place, why: faulty(THE_RECORD, member.fault), ...owner });
      // It may have been the state of the next VM.
      from = '';
      continue;
    }
    const reading = readMember(member.text, place);
    if ('state' in reading) {
      from = reading.state.vm;
      continue;
    }
    const why = 'why' in reading ? reading.why : misplaced(reading.record, owner, from);
    if ('record' in reading && why === undefined) records.push(reading.record);
    else if (why !== undefined) broken.push({ place, why, ...('about' in reading ? reading.about : {}), ...owner });
  }
  if (part === 0) broken.push({ place: file, why: EMPTY, ...owner });
}

/** @returns why a record is not where it belongs; @param from VM of the state before it; empty: not known */
function misplaced({ group, vm, trial }: TrialRecord, owner: Owner, from: string): string | undefined {
  if (owner.group !== undefined && group !== owner.group) return otherOwner('group', group, owner.group);
  if (owner.vm !== undefined && vm !== owner.vm) return otherOwner('VM', vm, owner.vm);
  if (owner.trial !== undefined && trial !== owner.trial) return otherFile(trial, owner.trial);
  return from === '' || vm === from ? undefined : otherVmThanState(vm, from);
}
