import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isEntryPath } from '../../catalog/open-entry';
import { refuse, UserError } from '../../errors';
import { LabFolder } from '../../lab/folder';
import { show } from '../../text/show';
import type { Args, Context } from '../context';
import type { Flag } from '../verb';

export const LAB_DIR: Flag = { metavar: 'DIR', describe: 'where its VMs live (default: ~/.virtwork/lab)' };

/** @throws UserError when something else is in its place */
export function folderOf(args: Args, { env, cwd }: Context): LabFolder {
  const path = args['lab-dir'] === undefined ? join(env.HOME || homedir(), '.virtwork/lab') : resolve(cwd, String(args['lab-dir']));
  const problem = otherThanFolder(path);
  if (problem !== undefined) {
    throw new UserError([{ where: 'flag --lab-dir', message: `must be a folder, got ${show(path)}, which ${problem}` }]);
  }
  // Beside the default lab, not in a folder that may come from elsewhere.
  return new LabFolder(path, join(env.HOME || homedir(), '.virtwork/lab.key'));
}

/** What is in the way of a folder; also a path that no folder can have, or that this user may not look at. */
function otherThanFolder(path: string): string | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false ? 'is none' : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'this user may not look at (EACCES)' : 'is none';
  }
}

/** The words that lead another command to the same lab. */
export function sameLab(args: Args): string {
  return args['lab-dir'] === undefined ? '' : ` --lab-dir ${String(args['lab-dir'])}`;
}

/** Where built images are kept: nothing that cannot be built again. */
export function cacheOf(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'virtwork/lab');
}

/** An entry that is named by its folder brings its catalog along. */
export function catalogOf(named: readonly string[], cwd: string): { readonly 'catalog-dir'?: string } {
  const byPath = named.filter(isEntryPath);
  refuse(
    byPath
      .filter((name) => !statSync(resolve(cwd, name), { throwIfNoEntry: false })?.isDirectory())
      .map((name) => ({
        where: 'virtwork lab',
        message: `must be given the name or the folder of an entry, got ${show(name)}`,
        hint: 'virtwork list',
      })),
  );
  const paths = byPath.map((name) => dirname(resolve(cwd, name)));
  const [dir] = paths;
  if (paths.some((path) => path !== dir)) {
    throw new UserError([{ where: 'virtwork lab', message: `must be given entries of one catalog, got ${named.join(', ')}` }]);
  }
  return dir === undefined ? {} : { 'catalog-dir': dir };
}
