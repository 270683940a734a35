import { shellWord } from './shell-word';

/** Wording that messages of all modules share. */

/** The hint for a misspelled name, with the known name that is nearest to it. */
export function didYouMean(near: string): string {
  return `did you mean "${near}"?`;
}

// Values.

/** Names of types, as in `got a list`. */
export const KIND = {
  none: 'nothing',
  list: 'a list',
  map: 'a map',
  /** @param type of a scalar, e.g. `string` */
  scalar: (type: string) => `a ${type}`,
} as const;

export const NOT_SHOWN = 'a value that looks like a key or a password and is not shown';

/** What replaces a secret in the middle of other text. */
export const MASK = { privateKey: '(private key, not shown)', other: '(not shown)', secret: '***' } as const;

// Patterns of params: what a pattern must be or have, and what a value must do.

export const PATTERN = {
  tooLong: (longest: number) => `have at most ${longest} characters`,
  /** @param reason of the JavaScript engine */
  invalid: (reason: string) => `be a regular expression (${reason})`,
  /** @param reason of RE2 */
  unsupported: (reason: string) =>
    `have no lookahead, lookbehind, backreference, \\p{NAME=VALUE} or repetition above 1000, because it is matched without backtracking (${reason})`,
  tooSlow: 'be shorter, or have a simpler pattern: matching takes too long',
  mismatch: (pattern: string) => `match ${pattern}`,
} as const;

// Paths that the operating system refuses.

const SHOW_PERMISSIONS = (path: string) => `to show the permissions of the path, run: namei -l ${shellWord(path)}`;

/** By error code of the operating system, alone or with the system call: why, and what to do. */
const REFUSED: { readonly [code: string]: readonly [why: string, hint?: (path: string) => string] } = {
  EACCES: ['permission denied', SHOW_PERMISSIONS],
  EPERM: ['operation not permitted', SHOW_PERMISSIONS],
  ENOTDIR: ['a part of the path is a file, not a folder'],
  ELOOP: ['too many symbolic links'],
  ENAMETOOLONG: ['the path is too long'],
  EROFS: ['read-only file system'],
  ENOSPC: ['no space left on the device'],
  EDQUOT: ['disk quota exceeded'],
  EIO: ['input/output error'],
  EMFILE: ['too many open files'],
  'EEXIST mkdir': ['it exists already, perhaps as a symbolic link that leads nowhere'],
  'ENOENT mkdir': ['no folder can be created there'],
  'ENOENT mkdtemp': ['the folder for temporary files does not exist', () => 'set TMPDIR to a folder'],
};

/** @returns undefined for an error that may be a bug of virtwork */
export function pathRefused(path: string, code: string, syscall = ''): { message: string; hint?: string } | undefined {
  const [why, hint] = REFUSED[`${code} ${syscall}`] ?? REFUSED[code] ?? [];
  return why === undefined ? undefined : { message: `cannot be used: ${why} (${code})`, ...(hint ? { hint: hint(path) } : {}) };
}

// Lists of problems.

export function moreProblems(count: number): string {
  return `and ${count} more`;
}

export function hintLine(hint: string): string {
  return `  hint: ${hint}`;
}
