/** Paths of a guest, compared component by component: `/mnt/data2` is not below `/mnt/data`. */

/** @returns the path without doubled and trailing slashes */
export function normalPath(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
}

/** @param path as {@link normalPath} returns it, like `folder` */
export function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === '/' ? '/' : `${folder}/`) && path !== folder;
}

/** Other names of folders: links in guest systems whose root is read-only. */
const LINKS: readonly (readonly [name: RegExp, folder: string])[] = [
  [/^\/var\/home(?=\/|$)/, '/home'],
  [/^\/var\/roothome(?=\/|$)/, '/root'],
  [/^\/var\/usrlocal(?=\/|$)/, '/usr/local'],
];

/** @param path as {@link normalPath} returns it */
export function realFolder(path: string): string {
  return LINKS.reduce((real, [name, folder]) => real.replace(name, folder), path);
}
