import { refuse } from '../../errors';
import type { GuestFile } from '../entry';
import { readFiles } from '../files/guest-files';
import type { Problems } from '../problems';
import { knownPiece } from './known-entry';

/** Pieces of what virtwork adds to the guests of every entry. The user data decides which of their units run. */
const PIECES = ['base', 'disk', 'access', 'owners', 'health'];

/** In addition, for guests that run trials. */
const OF_TRIALS = 'trials';

/** For guests that check their packages and install none. It is no part of the guest disk, which is the same for all guests. */
const PRESENT = 'present';

/** For clients that run their load over a secondary network. */
const TRAFFIC = 'traffic';

/** For the servers of such clients, which report their addresses. */
const ADDRESSES = 'addresses';

/** What virtwork adds to guests. Each part is read once, when it is needed. */
export interface SharedFiles {
  /** The files of the guest disk of guests that run trials, or of the others. */
  readonly guestDisk: (isMeasured: boolean) => readonly GuestFile[];
  /** The files of guests that check their packages and install none. */
  readonly present: () => readonly GuestFile[];
  /** The files of clients that run their load over a secondary network. */
  readonly traffic: () => readonly GuestFile[];
  /** The files of guests that report the addresses of their cards. */
  readonly addresses: () => readonly GuestFile[];
}

export function sharedFiles(shippedDir: string): SharedFiles {
  const read = new Map<string, readonly GuestFile[]>();
  const once = (key: string, pieces: () => readonly GuestFile[]) => {
    const files = read.get(key) ?? pieces();
    read.set(key, files);
    return files;
  };
  return {
    guestDisk: (isMeasured) => once(isMeasured ? OF_TRIALS : 'all', () => readShared(shippedDir, isMeasured)),
    present: () => once(PRESENT, () => readPieces(shippedDir, [PRESENT])),
    traffic: () => once(TRAFFIC, () => readPieces(shippedDir, [TRAFFIC])),
    addresses: () => once(ADDRESSES, () => readPieces(shippedDir, [ADDRESSES])),
  };
}

/** The files of the guest disk. @param isMeasured with those that guests need for trials */
export function readShared(shippedDir: string, isMeasured = false): GuestFile[] {
  return readPieces(shippedDir, [...PIECES, ...(isMeasured ? [OF_TRIALS] : [])]);
}

function readPieces(shippedDir: string, pieces: readonly string[]): GuestFile[] {
  const findings: Problems = { problems: [], warnings: [] };
  const files = pieces.flatMap((piece) => {
    const [folder, shown] = [`${shippedDir}/_shared/${piece}`, `catalog/_shared/${piece}`];
    return knownPiece(folder, shown) ?? readFiles(folder, 'files', shown, findings);
  });
  refuse(findings.problems);
  return files;
}
