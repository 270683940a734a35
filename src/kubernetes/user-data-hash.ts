/**
 * A hash that changes when the configuration of the guests of a role changes.
 * @param guestDisk contents by file name on the guest disk; empty: the VM has no guest disk
 * @returns the first 16 hexadecimal digits of the SHA-256 of the user data, followed by the names and contents of the files in the order of their names
 */
export function userDataHash(userData: string, guestDisk: { readonly [file: string]: string } = {}): string {
  // Loaded here, because Node's crypto is slow to load, and few commands compute a hash.
  const { createHash } = require('node:crypto') as typeof import('node:crypto');
  return createHash('sha256').update(userData).update(bytesOf(guestDisk)).digest('hex').slice(0, 16);
}

/** All guests of an experiment have the same disk. */
const DISKS = new WeakMap<object, Buffer>();

function bytesOf(guestDisk: { readonly [file: string]: string }): Buffer {
  const known = DISKS.get(guestDisk);
  if (known) return known;
  const files = Object.keys(guestDisk).sort();
  const bytes = Buffer.from(files.map((file) => `${file}\n${guestDisk[file]}`).join(''));
  DISKS.set(guestDisk, bytes);
  return bytes;
}
