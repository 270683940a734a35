import { readFileSync } from 'node:fs';
import type { Problem } from '../errors';

/** @returns undefined, and a problem, when the file cannot be read */
export function readText(path: string, source: string, problems: Problem[]): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(unreadable(source, error));
    return undefined;
  }
}

export function unreadable(source: string, error: unknown): Problem {
  return { where: source, message: `cannot be read (${(error as NodeJS.ErrnoException).code})` };
}
