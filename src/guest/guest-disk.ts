import type { GuestFile } from '../catalog/entry';

/** The keys and values of the Secret that becomes the disk. */
export type GuestDisk = { readonly [key: string]: string };

/** The key of the table that lists where virtwork-start installs the others. */
const TABLE = 'files';

/** One key per file, and a table with one line `MODE KEY PATH` per file. */
export function guestDisk(files: readonly GuestFile[]): GuestDisk {
  const table = files.map(({ mode, path }) => `${mode} ${keyOf(path)} ${path}\n`).join('');
  return { [TABLE]: table, ...Object.fromEntries(files.map(({ path, content }) => [keyOf(path), String(content)])) };
}

/** The key of a file. Names of units may contain `@`, keys of a Secret cannot. */
function keyOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/[^-._a-zA-Z0-9]/g, '_');
}
