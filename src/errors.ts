import { hintLine, moreProblems, pathRefused } from './text/messages';
import { withoutKeys } from './text/show';

/** Exit codes of the process; only `cli/session.ts` sets one. */
export const EXIT = {
  done: 0,
  /** A check failed, or a part of the work. */
  no: 1,
  /** The command could not run: usage, configuration, a missing tool, a bug. */
  failed: 2,
  timeout: 3,
} as const;

/** An error found in input: where it is, what is required, what was got, and what to do. */
export interface Problem {
  /** File with line and column, flag, environment variable, or object and field. */
  readonly where: string;
  /** What is required and what was got, in one line. */
  readonly message: string;
  /** What to do. @default none */
  readonly hint?: string;
}

/** Wrong input, not a bug: all problems are shown together, without a stack trace. */
export class UserError extends Error {
  readonly problems: readonly Problem[];
  readonly exitCode: number;
  /** Warnings in addition to the problems. */
  readonly warnings: readonly string[];

  /**
   * @param problems every problem found; shown sorted and without repetition
   * @param exitCode see {@link EXIT}; wrong input is `failed`, a failed check is `no`
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

/** The problem of a path that the operating system refuses, which is not a bug of virtwork; undefined for every other error. */
export function refusedPath(error: unknown): Problem | undefined {
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const refused = code === undefined || path === undefined ? undefined : pathRefused(path, code, syscall);
  return refused === undefined || path === undefined ? undefined : { where: path, ...refused };
}

/**
 * The problem as a line, and its hint as a second one. Further lines of a message, which may come from another program, are indented, so that
 * they cannot be mistaken for lines of virtwork.
 */
export function formatProblem({ where, message, hint }: Problem): string {
  const indented = cut(message).replaceAll('\n', '\n    ');
  const line = where ? `${oneLine(where)}: ${indented}` : indented;
  return withoutKeys(hint ? `${line}\n${hintLine(oneLine(hint))}` : line);
}

/** All problems, or the first ones of very many. */
export function formatProblems(problems: readonly Problem[]): string {
  const shown = problems.slice(0, MOST_SHOWN).map(formatProblem);
  const rest = problems.length - shown.length;
  return [...shown, ...(rest > 0 ? [moreProblems(rest)] : [])].join('\n');
}

const MOST_SHOWN = 200;
/** Maximum characters of a message, more than any that virtwork writes itself. */
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

/** Sorts by place; numbers are compared as numbers, so that line 9 comes before line 10. */
function byPlace(a: Problem, b: Problem): number {
  return compare(a.where, b.where) || compare(a.message, b.message);
}

let collator: Intl.Collator | undefined;

function compare(a: string, b: string): number {
  collator ??= new Intl.Collator('en', { numeric: true });
  return collator.compare(a, b);
}
