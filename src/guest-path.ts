/** Paths of a guest, compared component by component: `/mnt/data2` is not below `/mnt/data`. */

/** @returns the path without doubled and trailing slashes */
export function normalPath(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
}

/** @param path as {@link normalPath} returns it, like `folder` */
export function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === '/' ? '/' : `${folder}/`) && path !== folder;
}
