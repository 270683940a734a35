import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './catalog/find';

/** The version of virtwork that runs, e.g. `0.2.0`. */
export function version(): string {
  return packageInfo().version;
}

/** Address where faults of virtwork are reported. */
export function issuesUrl(): string {
  return packageInfo().bugs.url;
}

function packageInfo(): { readonly version: string; readonly bugs: { readonly url: string } } {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
}
