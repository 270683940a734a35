import { parse, v5 } from 'uuid';

/** The namespace of all of virtwork's name-based UUIDs. */
const VIRTWORK = parse('8c0ff3a6-5b7e-4c1d-9e2a-71d4f06b83c5');

/**
 * A UUID of version 5 (RFC 9562): the same name always gives the same UUID, so that rendered files change only when
 * their meaning does.
 */
export function nameUuid(name: string): string {
  return v5(Buffer.from(name), VIRTWORK);
}
