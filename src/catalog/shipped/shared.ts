import { refuse } from '../../errors';
import type { GuestFile } from '../entry';
import { readFiles } from '../files/guest-files';
import type { Problems } from '../problems';
import { knownPiece } from './known-entry';

/** Pieces of what virtwork adds to the guests of every entry. The user data decides which of their units run. */
const PIECES = ['base', 'disk', 'access', 'owners', 'health'];

/** The files of the guest disk. */
export function readShared(shippedDir: string): GuestFile[] {
  const findings: Problems = { problems: [], warnings: [] };
  const files = PIECES.flatMap((piece) => {
    const [folder, shown] = [`${shippedDir}/_shared/${piece}`, `catalog/_shared/${piece}`];
    return knownPiece(folder, shown) ?? readFiles(folder, 'files', shown, findings);
  });
  refuse(findings.problems);
  return files;
}
