import type { Entry, GuestFile } from '../entry';

/** An entry that ships with virtwork, as read during the build. */
export interface KnownEntry {
  /** Of all files of its folder; see `hashOf` in known-entry.ts. */
  readonly hash: string;
  /** Without the texts of these files, and with paths relative to its folder. */
  readonly entry: Entry;
}

/**
 * The shipped entries by name, each the JSON of a {@link KnownEntry}. Reading and checking them takes longer than
 * rendering them, so the build does it and fills this map. Without the build it is empty.
 */
export const KNOWN_ENTRIES: ReadonlyMap<string, string> = new Map();

/** A shared piece, as read during the build. */
export interface KnownPiece {
  readonly hash: string;
  readonly files: readonly GuestFile[];
}

/** The shared pieces by name, each the JSON of a {@link KnownPiece}. */
export const KNOWN_PIECES: ReadonlyMap<string, string> = new Map();
