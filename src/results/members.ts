import { crc32, inflateRawSync } from 'node:zlib';
import type { Fault } from './messages';

/** A member of a concatenation of gzip members, or what is in its place. */
export type Member =
  | { readonly bytes: Buffer; readonly text: string }
  /** bytes: those that are skipped, up to the next member. */
  | { readonly bytes: Buffer; readonly fault: Fault };

export interface MemberBounds {
  /** Bytes of one member, uncompressed: as many as the guest writes. */
  readonly member: number;
  /** Bytes of all members, uncompressed. */
  readonly total: number;
  readonly members: number;
}

export const BOUNDS: MemberBounds = { member: 8 << 20, total: 64 << 20, members: 1000 };

/** Attempts to read a member that may fail: the bytes that begin a member may also occur in garbage. */
const FAILURES = 100;
const MAGIC = Buffer.from([0x1f, 0x8b, 8]);
const RESERVED_FLAGS = 0xe0;
const TRAILER = 8;

/**
 * Reads a concatenation of gzip members one by one. What cannot be read is skipped up to the next member, so that one damaged member does not
 * cost the others. Never throws.
 */
export function* membersOf(bytes: Buffer, bounds: MemberBounds = BOUNDS): Generator<Member> {
  let [at, count, total, failures] = [0, 0, 0, 0];
  let skipped: { readonly from: number; readonly fault: Fault } | undefined;
  while (at < bytes.length) {
    const rest = bytes.subarray(at);
    const left = bounds.total - total;
    const read = failures >= FAILURES ? GARBAGE : count >= bounds.members || left <= 0 ? TOO_MANY : inflated(rest, bounds.member, left);
    if ('fault' in read) {
      skipped ??= { from: at, fault: read.fault };
      failures += 1;
      const next = read === TOO_MANY || failures > FAILURES ? -1 : rest.indexOf(MAGIC, 1);
      at = next < 0 ? bytes.length : at + next;
      continue;
    }
    if (skipped) yield { bytes: bytes.subarray(skipped.from, at), fault: skipped.fault };
    skipped = undefined;
    yield { bytes: rest.subarray(0, read.length), text: read.text.toString('utf8') };
    at += read.length;
    count += 1;
    total += read.text.length;
  }
  if (skipped) yield { bytes: bytes.subarray(skipped.from), fault: skipped.fault };
}

interface Failed {
  readonly fault: Fault;
}

const GARBAGE: Failed = { fault: 'garbage' };
const TRUNCATED: Failed = { fault: 'truncated' };
const DAMAGED: Failed = { fault: 'damaged' };
const TOO_LARGE: Failed = { fault: 'too-large' };
const TOO_MANY: Failed = { fault: 'too-many' };

/** Reads the member at the start. @param left bytes that all members may still have */
function inflated(bytes: Buffer, most: number, left: number): { readonly text: Buffer; readonly length: number } | Failed {
  const head = headerLength(bytes);
  if (typeof head !== 'number') return head;
  try {
    const options = { info: true, maxOutputLength: Math.min(most, left) } as const;
    const { buffer, engine } = inflateRawSync(bytes.subarray(head), options) as unknown as Inflated;
    const end = head + engine.bytesWritten;
    if (end + TRAILER > bytes.length) return TRUNCATED;
    const isIntact = bytes.readUInt32LE(end) === crc32(buffer) && bytes.readUInt32LE(end + 4) === buffer.length;
    return isIntact ? { text: buffer, length: end + TRAILER } : DAMAGED;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return left < most ? TOO_MANY : TOO_LARGE;
    return code === 'Z_BUF_ERROR' ? TRUNCATED : DAMAGED;
  }
}

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** @see RFC 1952 */
function headerLength(bytes: Buffer): number | Failed {
  const start = bytes.subarray(0, MAGIC.length);
  if (!start.equals(MAGIC.subarray(0, start.length))) return GARBAGE;
  if (bytes.length < 10) return TRUNCATED;
  const flags = bytes[3] as number;
  if ((flags & RESERVED_FLAGS) !== 0) return GARBAGE;
  let at = 10;
  if (flags & 4) at += bytes.length < at + 2 ? 2 : 2 + bytes.readUInt16LE(at);
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return TRUNCATED;
    at = end + 1;
  }
  if (flags & 2) at += 2;
  return at < bytes.length ? at : TRUNCATED;
}
