import { createHash } from 'node:crypto';

/** The namespace of all of virtwork's name-based UUIDs. */
const VIRTWORK = Buffer.from('8c0ff3a65b7e4c1d9e2a71d4f06b83c5', 'hex');

/**
 * A UUID of version 5 (RFC 9562): the same name gives the same UUID everywhere and for ever, so that rendered
 * files change only when their meaning does.
 */
export function nameUuid(name: string): string {
  const hash = createHash('sha1').update(VIRTWORK).update(name).digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
