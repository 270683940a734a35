import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './catalog/find';

/** The version of virtwork that runs, e.g. `0.2.0`. */
export function version(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return version;
}
