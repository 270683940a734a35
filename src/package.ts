import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from './errors';

const NO_CATALOG = {
  message: 'catalog/index.yaml of virtwork is in no folder above the program; the installation is incomplete',
  hint: 'install virtwork again, or run the program where it was installed',
};

/** The version of virtwork, e.g. `0.2.0`. */
export function version(): string {
  return packageInfo().version;
}

/** URL where bugs of virtwork are reported. */
export function issuesUrl(): string {
  return packageInfo().bugs.url;
}

/**
 * The folder of package.json. This works from the sources, in the built program and in an installed package.
 * @throws UserError when the program was copied without its catalog
 */
export function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'catalog', 'index.yaml'))) {
    if (folder === dirname(folder)) throw new UserError([{ where: __dirname, ...NO_CATALOG }]);
    folder = dirname(folder);
  }
  return folder;
}

interface PackageInfo {
  readonly version: string;
  readonly bugs: { readonly url: string };
}

let info: PackageInfo | undefined;

/** Read once: an experiment has the version in each of its bases. */
function packageInfo(): PackageInfo {
  info ??= JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as PackageInfo;
  return info;
}
