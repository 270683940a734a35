import { chmodSync, existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, refuse, UserError } from '../errors';
import { makeFolder } from '../files/make-folder';
import { cannotBe, IN_THE_WAY } from './messages';
import { hasCrlf, isOurs, isThere, isUnchanged, stale } from './own-files';
import type { RenderedFile } from './render';
import { leftovers, OWNER_ONLY, replaceAll } from './staged-files';

/** What writing a base changed, by file name. */
export interface Changes {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/** What a base differs in from what would be written, by file name. */
export interface Differences {
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  /** Those of the changed ones that have CRLF for LF and no other difference. */
  readonly lineEnds: readonly string[];
  /** Written by virtwork, and no longer rendered. */
  readonly stale: readonly string[];
  /** Files that virtwork did not write, and that have the name of one that it would write. */
  readonly foreign: readonly Problem[];
}

/** kubectl rejects a folder that has one of these next to `kustomization.yaml`. */
const OTHER_KUSTOMIZATIONS = ['kustomization.yml', 'Kustomization'];

/**
 * Writes the rendered files into a folder, and deletes files that virtwork wrote before and no longer renders. Files that virtwork did not
 * write are never touched. An interruption at any moment leaves the old base or the new one, see {@link replaceAll}.
 *
 * The folder itself may be a link, which is the user's decision. A link in it is not virtwork's, and is never followed.
 * @throws UserError when a file is in the way, or the folder cannot be written
 */
export function writeBase(dir: string, files: readonly RenderedFile[]): Changes {
  return reported('written', dir, () => {
    makeFolder(dir);
    // An unchanged file is virtwork's own.
    const changed = files.filter((file) => !isUnchanged(dir, file));
    refuse(foreign(dir, changed));
    const removed = stale(dir, files);
    replaceAll(dir, changed);
    // Also unchanged ones, which may have got another mode since.
    for (const file of files) if (file.isSecret) chmodSync(join(dir, file.name), OWNER_ONLY);
    for (const name of [...removed, ...leftovers(dir)]) rmSync(join(dir, name));
    return { written: namesOf(changed), removed, unchanged: namesOf(files.filter((file) => !changed.includes(file))) };
  });
}

/**
 * Compares a folder with the rendered files, and writes nothing.
 * @throws UserError when the folder cannot be read
 */
export function compareBase(dir: string, files: readonly RenderedFile[]): Differences {
  return reported('read', dir, () => {
    const missing = files.filter((file) => !isThere(join(dir, file.name)));
    const different = files.filter((file) => !missing.includes(file) && !isUnchanged(dir, file));
    const changed = different.filter((file) => isOurs(dir, file.name));
    return {
      missing: namesOf(missing),
      changed: namesOf(changed),
      lineEnds: namesOf(changed.filter((file) => hasCrlf(dir, file))),
      stale: existsSync(dir) ? stale(dir, files) : [],
      foreign: foreign(dir, different),
    };
  });
}

function namesOf(files: readonly RenderedFile[]): string[] {
  return files.map(({ name }) => name);
}

function foreign(dir: string, files: readonly RenderedFile[]): Problem[] {
  const inTheWay = namesOf(files).filter((name) => isThere(join(dir, name)) && !isOurs(dir, name));
  const others = OTHER_KUSTOMIZATIONS.filter((name) => statSync(join(dir, name), { throwIfNoEntry: false })?.isFile());
  return [...inTheWay, ...others].map((name) => ({ where: join(dir, name), ...IN_THE_WAY }));
}

/** A full disk, a read-only one or a folder in the place of a file is an error of the environment, not an internal one. */
function reported<T>(what: 'read' | 'written', dir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (!code || !syscall) throw error;
    throw new UserError([{ where: dir, ...cannotBe(what, message) }]);
  }
}
