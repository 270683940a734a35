import { parse } from 'uuid';

/** The namespace of all of virtwork's name-based UUIDs. */
const VIRTWORK = parse('8c0ff3a6-5b7e-4c1d-9e2a-71d4f06b83c5');

/**
 * A UUID of version 5 (RFC 9562): the same name always gives the same UUID, so that rendered files change only when
 * their meaning does. The function of the package takes twice as long, which an experiment with thousands of VMs notices.
 */
export function nameUuid(name: string): string {
  // Loaded here, because Node's crypto is slow to load.
  const { hash } = require('node:crypto') as typeof import('node:crypto');
  const digest = hash('sha1', Buffer.concat([VIRTWORK, Buffer.from(name)]), 'hex');
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 3) | 8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}
