import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of virtwork, e.g. `0.2.0`. */
export function version(): string {
  return packageInfo().version;
}

/** URL where bugs of virtwork are reported. */
export function issuesUrl(): string {
  return packageInfo().bugs.url;
}

/** The folder of package.json. This works from the sources, in the built program and in an installed package. */
export function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'catalog', 'index.yaml'))) folder = dirname(folder);
  return folder;
}

function packageInfo(): { readonly version: string; readonly bugs: { readonly url: string } } {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
}
