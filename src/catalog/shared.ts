import { refuse } from '../errors';
import type { GuestFile } from './entry';
import type { Findings } from './faults';
import { readFiles } from './guest-files';
import { knownPiece } from './known-entry';

/** Pieces that virtwork adds to the guests of every entry that needs them. */
export interface SharedFiles {
  /** Every guest. */
  readonly base: readonly GuestFile[];
  /** Guests with data disks. */
  readonly disk: readonly GuestFile[];
  /** Guests with a credential for the cluster's API. */
  readonly access: readonly GuestFile[];
  /** Guests with files that are not root's. */
  readonly owners: readonly GuestFile[];
  /** Guests with a health endpoint. */
  readonly health: readonly GuestFile[];
}

export function readShared(shippedDir: string): SharedFiles {
  const findings: Findings = { problems: [], warnings: [] };
  const read = (piece: string) => {
    const [folder, shown] = [`${shippedDir}/_shared/${piece}`, `catalog/_shared/${piece}`];
    return knownPiece(folder, shown) ?? readFiles(folder, 'files', shown, findings);
  };
  const shared = { base: read('base'), disk: read('disk'), access: read('access'), owners: read('owners'), health: read('health') };
  refuse(findings.problems);
  return shared;
}
