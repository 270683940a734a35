import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isEntryPath } from '../../catalog/open-entry';
import { refuse, UserError } from '../../errors';
import { LabFolder } from '../../lab/folder';
import type { Args, Context } from '../context';
import type { Flag } from '../verb';
import { labDirNotAFolder, NO_ACCESS, notAnEntry, OTHER_FILE, severalCatalogs } from './messages';

export const LAB_DIR: Flag = { metavar: 'DIR', describe: 'folder of the VMs (default: ~/.virtwork/lab)' };

/** @throws UserError when the path is not a folder */
export function folderOf(args: Args, { env, cwd }: Context): LabFolder {
  const own = join(env.HOME || homedir(), '.virtwork');
  const path = args['lab-dir'] === undefined ? join(own, 'lab') : resolve(cwd, String(args['lab-dir']));
  const reason = whyNotAFolder(path);
  if (reason !== undefined) throw new UserError([labDirNotAFolder(path, reason)]);
  // Next to the default lab, not in a folder that may come from elsewhere.
  return new LabFolder(path, join(own, 'lab.key'));
}

/** @returns undefined for a folder, and for a path where one can be created */
function whyNotAFolder(path: string): string | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false ? OTHER_FILE : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? NO_ACCESS : OTHER_FILE;
  }
}

/** The flag with which another command uses the same lab; empty for the default one. */
export function sameLab(args: Args): string {
  return args['lab-dir'] === undefined ? '' : ` --lab-dir ${String(args['lab-dir'])}`;
}

/** The folder of built images, which can be built again. */
export function cacheOf(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'virtwork/lab');
}

/** The catalog of the entries that are given by their folders. */
export function catalogOf(named: readonly string[], cwd: string): { readonly 'catalog-dir'?: string } {
  const byPath = named.filter(isEntryPath);
  refuse(byPath.filter((name) => !statSync(resolve(cwd, name), { throwIfNoEntry: false })?.isDirectory()).map(notAnEntry));
  const paths = byPath.map((name) => dirname(resolve(cwd, name)));
  const [dir] = paths;
  if (paths.some((path) => path !== dir)) throw new UserError([severalCatalogs(named)]);
  return dir === undefined ? {} : { 'catalog-dir': dir };
}
