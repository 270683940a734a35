import { lstatSync } from 'node:fs';
import { EXIT, UserError } from '../errors';
import type { Differences } from '../synth/base';
import { onlyLineEnds, outOfDate, outputIsLink, upToDate } from './messages';

/** A repository may contain a link to anywhere. It is followed only if the user names it with --output-dir. */
export function refuseLink(dir: string, shown: string): void {
  if (!lstatSync(dir, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw new UserError([{ where: shown, ...outputIsLink(shown) }]);
}

/**
 * Prints the differences.
 * @param command that writes the folder
 * @returns the exit code
 * @throws UserError if a file that virtwork did not write is in the way, as without --check
 */
export function reportDifferences(
  shown: string,
  { missing, changed, lineEnds, stale, foreign }: Differences,
  out: (text: string) => void,
  command: string,
): number {
  const rows = Object.entries({ missing, differs: changed.filter((name) => !lineEnds.includes(name)), stale });
  const lines = rows.flatMap(([what, names]) => names.map((name) => `${what} ${folder(shown)}${name}\n`));
  if (lineEnds.length > 0) lines.push(onlyLineEnds(lineEnds.length, folder(shown)));
  if (lines.length + foreign.length === 0) {
    out(upToDate(folder(shown)));
    return EXIT.done;
  }
  out(lines.join(''));
  if (foreign.length > 0) throw new UserError(foreign, EXIT.no);
  out(outOfDate(folder(shown), command));
  return EXIT.no;
}

export function folder(shown: string): string {
  return shown.endsWith('/') ? shown : `${shown}/`;
}
