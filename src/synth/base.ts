import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Problem, refuse, UserError } from '../errors';
import { makeFolder } from '../files/make-folder';
import { unforeseeable, writeNew } from '../files/new-file';
import { KUSTOMIZATION_FILE } from './kustomization';
import { HEADER, type RenderedFile } from './render';

/** What writing a base changed, by file name. */
export interface Changes {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/** What a base differs in from what would be written. */
export interface Differences {
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  /** Those of the changed ones that have CRLF for LF and no other difference. */
  readonly lineEnds: readonly string[];
  /** Written by virtwork once, and no longer rendered. */
  readonly stale: readonly string[];
  /** Files that virtwork did not write, in the place of its own. */
  readonly foreign: readonly Problem[];
}

/** kubectl refuses a folder that has one of these beside `kustomization.yaml`. */
const OTHER_KUSTOMIZATIONS = ['kustomization.yml', 'Kustomization'];
const CHUNK = 256 * 1024;
/** Mode of a file that only its owner may read. */
const OWN = 0o600;
const STAGED = /^\.virtwork-([0-9]+)-/;

/**
 * Brings a folder to the rendered files. What virtwork wrote before and renders no longer goes away; what it did not
 * write is never touched.
 *
 * At every moment `kustomization.yaml` names either the old files or the new ones, all of them: the new files are
 * written under other names, one rename of `kustomization.yaml` switches to these, and only then they take their own
 * names, under which a last rename finds them. Whoever is interrupted leaves the old base or the new one.
 *
 * The folder may be a link, which is up to the user. A link in it is not virtwork's, and is never followed.
 * @throws UserError when a file is in the way, or the folder cannot be written
 */
export function writeBase(dir: string, files: readonly RenderedFile[]): Changes {
  return reported(dir, 'written', () => {
    makeFolder(dir);
    // What is the same is virtwork's own, and needs no second look.
    const different = files.filter((file) => !sameText(join(dir, file.name), file.text()));
    refuse(foreign(dir, different));
    const prefix = different.length > 0 ? `.virtwork-${process.pid}-${unforeseeable()}-` : '';
    const changed = stageAll(dir, prefix, different);
    const removed = stale(dir, files);
    if (changed.length > 0) publish(dir, prefix, changed);
    // Also one that is the same, and that others may read.
    for (const file of files) if (file.isSecret) chmodSync(join(dir, file.name), OWN);
    for (const name of [...removed, ...leftovers(dir)]) rmSync(join(dir, name));
    const written = changed.map((file) => file.name);
    return { written, removed, unchanged: files.map((file) => file.name).filter((name) => !written.includes(name)) };
  });
}

/** Compares without writing anything. */
export function compareBase(dir: string, files: readonly RenderedFile[]): Differences {
  return reported(dir, 'read', () => {
    const missing = files.filter((file) => !isThere(join(dir, file.name)));
    const different = files.filter((file) => !missing.includes(file) && !sameText(join(dir, file.name), file.text()));
    const changed = different.filter((file) => isOurs(dir, file.name));
    return {
      missing: missing.map((file) => file.name),
      changed: changed.map((file) => file.name),
      lineEnds: changed.filter((file) => hasCrlf(dir, file)).map((file) => file.name),
      stale: existsSync(dir) ? stale(dir, files) : [],
      foreign: foreign(dir, different),
    };
  });
}

interface Staged {
  readonly name: string;
  readonly staged: string;
}

function foreign(dir: string, files: readonly RenderedFile[]): Problem[] {
  const inTheWay = files.map(({ name }) => name).filter((name) => isThere(join(dir, name)) && !isOurs(dir, name));
  const others = OTHER_KUSTOMIZATIONS.filter((name) => statSync(join(dir, name), { throwIfNoEntry: false })?.isFile());
  return [...inTheWay, ...others].map((name) => ({
    where: join(dir, name),
    message: 'was not written by virtwork and is in the way',
    hint: 'move it away, or choose another --output-dir',
  }));
}

/** @param prefix of the names that the files have for now */
function stageAll(dir: string, prefix: string, files: readonly RenderedFile[]): Staged[] {
  const staged: Staged[] = [];
  try {
    for (const file of files) {
      const name = prefix + file.name;
      staged.push({ name: file.name, staged: name });
      writeNew(join(dir, name), chunked(file.text()), file.isSecret && OWN);
    }
    return staged;
  } catch (error) {
    for (const file of staged) rmSync(join(dir, file.staged), { force: true });
    throw error;
  }
}

function publish(dir: string, prefix: string, changed: readonly Staged[]): void {
  const [first] = changed;
  if (changed.length === 1 && first) {
    renameSync(join(dir, first.staged), join(dir, first.name));
    return;
  }
  const list = changed.find((file) => file.name === KUSTOMIZATION_FILE);
  const others = changed.filter((file) => file !== list);
  const final = list ? join(dir, list.staged) : join(dir, KUSTOMIZATION_FILE);
  const lasting = join(dir, `${prefix}lasting-${KUSTOMIZATION_FILE}`);
  copyFileSync(final, lasting, constants.COPYFILE_EXCL);
  const switching = join(dir, `${prefix}switch-${KUSTOMIZATION_FILE}`);
  writeNew(switching, [naming(readFileSync(final, 'utf8'), others)]);
  renameSync(switching, join(dir, KUSTOMIZATION_FILE));
  for (const file of others) {
    const copy = `${file.staged}.copy`;
    link(join(dir, file.staged), join(dir, copy));
    renameSync(join(dir, copy), join(dir, file.name));
  }
  renameSync(lasting, join(dir, KUSTOMIZATION_FILE));
}

/** The list with the names that the files have for now. */
function naming(kustomization: string, files: readonly Staged[]): string {
  const staged = new Map(files.map((file) => [file.name, file.staged]));
  return kustomization.replace(/^( *- )(.+)$/gm, (line, dash: string, name: string) => (staged.has(name) ? dash + staged.get(name) : line));
}

function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Not every file system has hard links.
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

/** Our own files that are not rendered any more. */
function stale(dir: string, files: readonly RenderedFile[]): string[] {
  const names = files.map((file) => file.name);
  return readdirSync(dir)
    .filter((name) => name.endsWith('.yaml') && !STAGED.test(name) && !names.includes(name) && isOurs(dir, name))
    .sort();
}

/** What this run staged, and what an interrupted one left behind; not what another one is at work on. */
function leftovers(dir: string): string[] {
  return readdirSync(dir).filter((name) => {
    const pid = Number(STAGED.exec(name)?.[1]);
    return (pid === process.pid || (pid > 0 && !isAlive(pid))) && isFile(join(dir, name));
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isOurs(dir: string, name: string): boolean {
  const path = join(dir, name);
  if (!isFile(path)) return false;
  // Git may have turned the end of the line into another one.
  return begins(path, [HEADER.trimEnd()]);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** No link, device or pipe. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Reads no further than the texts go. */
function begins(path: string, texts: Iterable<string>): boolean {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    for (const text of texts) {
      const expected = Buffer.from(text);
      const found = Buffer.alloc(expected.length);
      let length = 0;
      for (let count = -1; count !== 0 && length < found.length; length += count)
        count = readSync(file, found, length, found.length - length, null);
      if (length < found.length || !found.equals(expected)) return false;
    }
    return true;
  } finally {
    closeSync(file);
  }
}

/** Few large writes instead of many small ones. */
export function* chunked(pieces: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length >= CHUNK) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk) yield chunk;
}

function sameText(path: string, pieces: Iterable<string>): boolean {
  if (!isFile(path)) return false;
  let length = 0;
  const chunks = function* () {
    for (const chunk of chunked(pieces)) {
      length += Buffer.byteLength(chunk);
      yield chunk;
    }
  };
  return begins(path, chunks()) && lstatSync(path).size === length;
}

function hasCrlf(dir: string, { name, text }: RenderedFile): boolean {
  const expected = [...text()].join('');
  const path = join(dir, name);
  // A carriage return more for each line is less than twice the size.
  return lstatSync(path).size < 2 * Buffer.byteLength(expected) && readFileSync(path, 'utf8').replaceAll('\r\n', '\n') === expected;
}

/** A full disk, a folder in the place of a file or a read-only one is no bug of ours. */
function reported<T>(dir: string, what: 'read' | 'written', work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (!code || !syscall) throw error;
    throw new UserError([{ where: dir, message: `cannot be ${what}: ${(error as Error).message}`, hint: 'another --output-dir' }]);
  }
}
