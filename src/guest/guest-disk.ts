import type { GuestFile } from '../catalog/entry';

/** The keys of the Secret that becomes the disk, each with its text. */
export type GuestDisk = { readonly [key: string]: string };

/** The key with the table by which virtwork-start installs the others. */
const TABLE = 'files';

/** A key per file, and a table with a line `MODE KEY PATH` for each. */
export function guestDisk(files: readonly GuestFile[]): GuestDisk {
  const table = files.map(({ mode, path }) => `${mode} ${keyOf(path)} ${path}\n`).join('');
  return { [TABLE]: table, ...Object.fromEntries(files.map(({ path, content }) => [keyOf(path), String(content)])) };
}

/** Names of units may have an `@`, which no key of a Secret has. */
function keyOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/[^-._a-zA-Z0-9]/g, '_');
}
