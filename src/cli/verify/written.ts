import { accessSync, constants, existsSync, lstatSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Problem } from '../../errors';
import type { Args } from '../context';
import { NO_FOLDER, NO_RIGHT, notReadable, sameFile } from './messages';

const READ = ['truth', 'readings', 'token-file', 'ca-file'] as const;
const WRITTEN = ['record', 'report'] as const;

/**
 * What would make it impossible to write the files that the arguments name, so that it is found before guests are asked for hours. An input must
 * not be replaced.
 */
export function outputFaults(args: Args, cwd: string): Problem[] {
  const taken = new Map(READ.flatMap((flag) => filesOf(args, flag).map((file) => [resolve(cwd, file), flag] as [string, string])));
  const problems: Problem[] = [];
  for (const flag of WRITTEN)
    for (const file of new Set(filesOf(args, flag))) {
      const path = resolve(cwd, file);
      const other = taken.get(path);
      taken.set(path, flag);
      const fault = notWritable(path);
      if (other !== undefined) problems.push(sameFile(flag, other, file));
      else if (fault !== undefined) problems.push({ where: file, ...fault });
    }
  return problems;
}

function filesOf(args: Args, flag: string): string[] {
  return [args[flag] ?? []].flat().map(String);
}

/** @param path absolute */
function notWritable(path: string): Omit<Problem, 'where'> | undefined {
  const folder = dirname(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return NO_FOLDER;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return notReadable('a folder');
  // A device, such as /dev/null, would be replaced by a file.
  if (found && !found.isFile() && !found.isSymbolicLink()) return notReadable('a device, a pipe or a socket');
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch {
    return NO_RIGHT;
  }
}
