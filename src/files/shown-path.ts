import { relative, sep } from 'node:path';

/** An absolute path as the user would type it: relative to `cwd` if it is below it. */
export function shownPath(path: string, cwd: string): string {
  const shown = relative(cwd, path);
  return shown === '..' || shown.startsWith(`..${sep}`) ? path : shown || '.';
}
