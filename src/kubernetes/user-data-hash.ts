/**
 * Says whether what the guests of a role are given has changed.
 * @param guestDisk texts by file name on the guest disk; empty: the VM has none
 * @returns the first 16 hexadecimal digits of the SHA-256 of the user data, followed by the names and texts of the files in the order of their names
 */
export function userDataHash(userData: string, guestDisk: { readonly [file: string]: string } = {}): string {
  // Loaded here: few verbs hash a text, and node's crypto takes a while.
  const { createHash } = require('node:crypto') as typeof import('node:crypto');
  const files = Object.keys(guestDisk).sort();
  const text = userData + files.map((file) => `${file}\n${guestDisk[file]}`).join('');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
