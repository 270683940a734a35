import type { Entry, GuestFile } from '../entry';

/** An entry that ships with virtwork, as the build read it. */
export interface KnownEntry {
  /** Every file of its folder, by path, with its text. */
  readonly texts: { readonly [path: string]: string };
  /** Without these texts, and with paths that begin in its folder. */
  readonly entry: Entry;
}

/**
 * The shipped entries by name, each the JSON of a {@link KnownEntry}. To read and check them takes longer than to
 * render them, so the build does it and fills this map; without the build it is empty.
 */
export const KNOWN_ENTRIES: ReadonlyMap<string, string> = new Map();

/** A shared piece, likewise. */
export interface KnownPiece {
  readonly texts: KnownEntry['texts'];
  readonly files: readonly GuestFile[];
}

/** The shared pieces by name, each the JSON of a {@link KnownPiece}. */
export const KNOWN_PIECES: ReadonlyMap<string, string> = new Map();
