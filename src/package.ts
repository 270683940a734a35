import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of virtwork that runs, e.g. `0.2.0`. */
export function version(): string {
  return packageInfo().version;
}

/** Address where problems of virtwork are reported. */
export function issuesUrl(): string {
  return packageInfo().bugs.url;
}

/** The folder that holds package.json: the same for the sources, the built program and an installed package. */
export function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'catalog', 'index.yaml'))) folder = dirname(folder);
  return folder;
}

function packageInfo(): { readonly version: string; readonly bugs: { readonly url: string } } {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
}
