import { statSync } from 'node:fs';
import { type Problem, refusedPath } from '../errors';
import { show } from '../text/show';
import { noFolder } from './messages';

/**
 * @param path of the catalog, absolute
 * @param stated as the user wrote it
 * @param where the user wrote it
 * @returns the problem of a catalog that does not exist, or that this user may not access
 */
export function folderProblems(path: string, stated: string, where: string): Problem[] {
  try {
    if (statSync(path, { throwIfNoEntry: false })) return [];
  } catch (error) {
    const refused = refusedPath(error);
    if (!refused) throw error;
    return [{ ...refused, where: `${where}: ${show(stated)}` }];
  }
  return [{ where, message: noFolder(stated) }];
}
