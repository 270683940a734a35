import { constants, copyFileSync, linkSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { unforeseeable, writeNew } from '../files/new-file';
import { chunked } from './chunked';
import { KUSTOMIZATION_FILE } from './kustomization';
import type { RenderedFile } from './rendered-file';

/** Mode of a file that only its owner may read. */
export const OWNER_ONLY = 0o600;
/** Name of a staged file: the process that staged it, and a part that no one can foresee, so nothing can be put in its way. */
const STAGED = /^\.virtwork-([0-9]+)-/;

interface StagedFile {
  readonly name: string;
  /** The name that it has for now. */
  readonly staged: string;
}

/**
 * Replaces files of a base so that an interruption at any moment leaves the old base or the new one, never a mix:
 *
 * 1. The new files are written under staged names.
 * 2. One rename replaces `kustomization.yaml` by one that lists the staged names. From here on the new base counts.
 * 3. Each file gets its own name as well, and a last rename puts the final `kustomization.yaml` in place.
 *
 * What remains under staged names is deleted by {@link leftovers} of this run or a later one.
 * @see docs/decisions/two-phase-switch.md
 */
export function replaceAll(dir: string, files: readonly RenderedFile[]): void {
  if (files.length === 0) return;
  const prefix = stagedPrefix();
  const staged = stageAll(dir, prefix, files);
  const [first] = staged;
  if (staged.length === 1 && first) renameSync(join(dir, first.staged), join(dir, first.name));
  else switchTo(dir, prefix, staged);
}

/** What the name of a staged file or folder begins with. */
export function stagedPrefix(): string {
  return `.virtwork-${process.pid}-${unforeseeable()}-`;
}

/** Staged files, or folders, of this run and of runs that were killed; not those of a run that is still at work. */
export function leftovers(dir: string, what: 'file' | 'folder' = 'file'): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((each) => {
    const pid = Number(STAGED.exec(each.name)?.[1]);
    const isWanted = what === 'file' ? each.isFile() : each.isDirectory();
    return isWanted && (pid === process.pid || (pid > 0 && !isAlive(pid))) ? [each.name] : [];
  });
}

function stageAll(dir: string, prefix: string, files: readonly RenderedFile[]): StagedFile[] {
  const staged: StagedFile[] = [];
  try {
    for (const file of files) {
      const name = prefix + file.name;
      staged.push({ name: file.name, staged: name });
      writeNew(join(dir, name), chunked(file.text()), file.isSecret && OWNER_ONLY);
    }
    return staged;
  } catch (error) {
    for (const file of staged) rmSync(join(dir, file.staged), { force: true });
    throw error;
  }
}

function switchTo(dir: string, prefix: string, files: readonly StagedFile[]): void {
  const kustomization = join(dir, KUSTOMIZATION_FILE);
  const list = files.find((file) => file.name === KUSTOMIZATION_FILE);
  const others = files.filter((file) => file !== list);
  // Where the list itself stays the same, it is the one that is there.
  const final = list ? join(dir, list.staged) : kustomization;
  const lasting = join(dir, `${prefix}lasting-${KUSTOMIZATION_FILE}`);
  copyFileSync(final, lasting, constants.COPYFILE_EXCL);
  const switching = join(dir, `${prefix}switch-${KUSTOMIZATION_FILE}`);
  writeNew(switching, [withStagedNames(readFileSync(final, 'utf8'), others)]);
  renameSync(switching, kustomization);
  for (const { name, staged } of others) {
    const copy = join(dir, `${staged}.copy`);
    link(join(dir, staged), copy);
    renameSync(copy, join(dir, name));
  }
  renameSync(lasting, kustomization);
}

function withStagedNames(kustomization: string, files: readonly StagedFile[]): string {
  const staged = new Map(files.map((file) => [file.name, file.staged]));
  return kustomization.replace(/^( *- )(.+)$/gm, (_, dash: string, name: string) => dash + (staged.get(name) ?? name));
}

function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Not every file system has hard links.
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
