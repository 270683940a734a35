import { allUnits, type Entry, type EntryRole } from '../catalog/entry';
import type { Problem } from '../errors';
import { PEER_VARIABLE } from './guest-names';
import { tooFewPeers } from './messages';
import type { RolePlan } from './plan';

/** A file that uses the name of the peer, as the placeholder or as the variable. */
const USES_PEER = new RegExp(`\\b${PEER_VARIABLE}\\b`);

/** The role whose VMs are the peers of the VMs with the same index in other roles. */
export function peersOf(entry: Entry): string | undefined {
  return entry.multiRole ? entry.service?.selectorRole : undefined;
}

/** A role that uses the name of its peer needs a peer for each of its VMs. */
export function peerProblems(entry: Entry, roles: readonly RolePlan[]): Problem[] {
  const selector = peersOf(entry);
  const servers = roles.find((role) => role.role === selector)?.vms.length ?? 0;
  return entry.roles.flatMap((role, index) => {
    const clients = roles[index]?.vms.length ?? 0;
    if (selector === undefined || clients <= servers || !usesPeer(role)) return [];
    return [{ where: `workload ${entry.name}`, ...tooFewPeers(clients, role.name, servers, selector) }];
  });
}

/** Whether guests find others by the names of VMs or of the Service. */
export function usesNames(entry: Entry): boolean {
  const uses = /\b(?:VIRTWORK_PEER|VIRTWORK_SERVICE)\b/;
  return entry.roles.some((role) =>
    [
      ...allUnits(role).map(({ text, placeholders }) => ({ text, placeholders })),
      ...role.files.map(({ content, placeholders }) => ({ text: String(content), placeholders })),
    ].some(({ text, placeholders = [] }) => uses.test(text) || placeholders.some(({ key }) => key === 'peer' || key === 'service')),
  );
}

function usesPeer(role: EntryRole): boolean {
  const [units, files] = [allUnits(role), role.files];
  return (
    [...units, ...files].some((piece) => piece.placeholders?.some(({ key }) => key === 'peer')) ||
    units.some((unit) => USES_PEER.test(unit.text)) ||
    files.some((file) => USES_PEER.test(String(file.content)))
  );
}
