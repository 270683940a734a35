import type { GuestOs } from '../options/table';
import type { Plan } from './plan';

/** What an image must contain for a workload. */
export interface ImagePackages {
  readonly name: string;
  /** Catalog entry of the workload. */
  readonly entry: string;
  readonly guestOs: GuestOs;
  /** Names of packages, sorted. */
  readonly packages: readonly string[];
}

/** Reports about a guest to KubeVirt. Every guest starts it if it is installed. */
const AGENT = 'qemu-guest-agent';

/**
 * The packages with which an image needs no repository: those of the entry, of the file systems of data disks, of trials, and the guest agent.
 * @returns by workload, and of all workloads by guest system
 */
export function imagePackages({ workloads }: Pick<Plan, 'workloads'>) {
  const listed = workloads.map(({ name, entry, roles }): ImagePackages => {
    const packages = sorted(roles.flatMap(({ guest }) => guest.packages));
    return { name, entry, guestOs: roles[0]?.guest.os as GuestOs, packages };
  });
  const systems = [...new Set(listed.map(({ guestOs }) => guestOs))];
  const all = systems.map(
    (os) => [os, sorted(listed.filter(({ guestOs }) => guestOs === os).flatMap(({ packages }) => packages))] as const,
  );
  return { workloads: listed, all: Object.fromEntries(all) as { readonly [os in GuestOs]?: readonly string[] } };
}

function sorted(packages: readonly string[]): string[] {
  return [...new Set([...packages, AGENT])].sort();
}
