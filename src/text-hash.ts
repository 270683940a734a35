/**
 * Says whether a text has changed.
 * @returns the first 16 hexadecimal digits of the SHA-256 of the text in UTF-8: `sha256sum FILE | head -c 16`
 */
export function textHash(text: string): string {
  // Loaded here: few verbs hash a text, and node's crypto takes a while.
  const { createHash } = require('node:crypto') as typeof import('node:crypto');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
