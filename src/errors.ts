import { shellWord } from './text/shell-word';
import { withoutKeys } from './text/show';

/** What the process says with its exit code; only `main.ts` sets it. */
export const EXIT = {
  done: 0,
  /** A check answered no, or a part of the work failed. */
  no: 1,
  /** It could not be done: usage, configuration, a missing tool, a bug. */
  failed: 2,
  timeout: 3,
} as const;

/** One problem: where it is, what is required and what was got, and what to do about it. */
export interface Problem {
  /** File with line and column, flag, environment variable, or object and field. */
  readonly where: string;
  /** What is required and what was got, in one line. */
  readonly message: string;
  /** What to do. @default none */
  readonly hint?: string;
}

/** A problem of the input, not of the program: shown without a stack trace, all its problems at once. */
export class UserError extends Error {
  readonly problems: readonly Problem[];
  readonly exitCode: number;
  /** What was to be said beside the problems. */
  readonly warnings: readonly string[];

  /**
   * @param problems every problem found; shown sorted and without repetition
   * @param exitCode see {@link EXIT}; a wrong input is `failed`, a check that said no is `no`
   * @param warnings shown before the problems
   */
  constructor(problems: readonly Problem[], exitCode: number = EXIT.failed, warnings: readonly string[] = []) {
    const shown = sorted(problems);
    super(formatProblems(shown));
    this.name = 'UserError';
    this.problems = shown;
    this.exitCode = exitCode;
    this.warnings = warnings;
  }
}

/** Throws a {@link UserError} with all of the problems, if there are any. */
export function refuse(problems: readonly Problem[], warnings: readonly string[] = []): void {
  if (problems.length > 0) throw new UserError(problems, EXIT.failed, warnings);
}

/** How the system says that it does not let this user at a path, or that there can be no such path or no more on the disk: no bug of ours. */
const REFUSALS: { readonly [code: string]: readonly [string, ((path: string) => string)?] } = {
  EACCES: ['permission denied', (path) => `namei -l ${shellWord(path)}, which shows the permissions on the way`],
  EPERM: ['operation not permitted', (path) => `namei -l ${shellWord(path)}, which shows the permissions on the way`],
  ENOTDIR: ['a file stands where a folder has to be'],
  ELOOP: ['links that lead in a circle'],
  ENAMETOOLONG: ['the path is too long'],
  EROFS: ['read-only file system'],
  ENOSPC: ['no space left on the device'],
  EDQUOT: ['disk quota exceeded'],
  EIO: ['input/output error'],
  EMFILE: ['too many open files'],
};

/** The problem of a path that the system refuses; undefined for every other error. */
export function refusedPath(error: unknown): Problem | undefined {
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException;
  const refusal = code === undefined || path === undefined ? undefined : REFUSALS[code];
  if (!refusal || path === undefined) return undefined;
  const [why, hint] = refusal;
  return { where: path, message: `cannot be used: ${why} (${code})`, ...(hint ? { hint: hint(path) } : {}) };
}

/** As a line, and one for what to do. Further lines of a message, which may be another program's, are indented: they look like no line of ours. */
export function formatProblem({ where, message, hint }: Problem): string {
  const told = cut(message).replaceAll('\n', '\n    ');
  const line = where ? `${oneLine(where)}: ${told}` : told;
  return withoutKeys(hint ? `${line}\n  hint: ${oneLine(hint)}` : line);
}

/** Every problem on its lines; of very many the first ones. */
export function formatProblems(problems: readonly Problem[]): string {
  const shown = problems.slice(0, MOST_SHOWN).map(formatProblem);
  const rest = problems.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n');
}

const MOST_SHOWN = 200;
/** Characters of a text: more than any that people write. */
const LONGEST = 4000;

function oneLine(text: string): string {
  return cut(text).replaceAll('\n', '\\n');
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function sorted(problems: readonly Problem[]): readonly Problem[] {
  const unique = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  return [...unique.values()].sort(byPlace);
}

/** Sorts by place; the numbers in it as numbers, so that line 9 comes before line 10. */
function byPlace(a: Problem, b: Problem): number {
  return compare(a.where, b.where) || compare(a.message, b.message);
}

let collator: Intl.Collator | undefined;

function compare(a: string, b: string): number {
  collator ??= new Intl.Collator('en', { numeric: true });
  return collator.compare(a, b);
}
