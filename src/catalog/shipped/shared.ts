import { refuse } from '../../errors';
import type { GuestFile } from '../entry';
import { readFiles } from '../files/guest-files';
import type { Problems } from '../problems';
import { knownPiece } from './known-entry';

/** Pieces of what virtwork adds to the guests of every entry. The user data decides which of their units run. */
const PIECES = ['base', 'disk', 'access', 'owners', 'health'];

/** In addition, for guests that run trials. */
const OF_TRIALS = 'trials';

/** The files of the guest disk of guests that run trials, or of the others. */
export type SharedFiles = (isMeasured: boolean) => readonly GuestFile[];

/** Reads each kind of guest disk once, when it is needed. */
export function sharedFiles(shippedDir: string): SharedFiles {
  const read = new Map<boolean, readonly GuestFile[]>();
  return (isMeasured) => {
    const files = read.get(isMeasured) ?? readShared(shippedDir, isMeasured);
    read.set(isMeasured, files);
    return files;
  };
}

/** The files of the guest disk. @param isMeasured with those that guests need for trials */
export function readShared(shippedDir: string, isMeasured = false): GuestFile[] {
  const findings: Problems = { problems: [], warnings: [] };
  const files = [...PIECES, ...(isMeasured ? [OF_TRIALS] : [])].flatMap((piece) => {
    const [folder, shown] = [`${shippedDir}/_shared/${piece}`, `catalog/_shared/${piece}`];
    return knownPiece(folder, shown) ?? readFiles(folder, 'files', shown, findings);
  });
  refuse(findings.problems);
  return files;
}
