import type { GuestFile } from '../catalog/entry';
import type { Guest } from '../constructs/planned-workload';
import { SECRET_BYTES } from '../kubernetes/secret-size';
import type { Plan, WorkloadPlan } from '../plan/plan';
import { block, toYaml } from '../yaml/to-yaml';
import type { Source } from './templates';

/** The indent of user data in a Secret. */
const INDENT = ' '.repeat(4);

/**
 * What the file of a workload is rendered from.
 * @param plan with marks in the place of what differs between the VMs of a role
 * @param group of the experiment
 * @param secret what is confidential in the user data
 * @returns undefined if it may be alike no other one: a patch may test any value, and long user data or blank lines at its end change more than
 *   their place
 */
export function sourceOf(
  plan: WorkloadPlan,
  guests: readonly Guest[],
  group: string | undefined,
  secret: string | undefined,
): Source | undefined {
  const { name, entry, namespace, runId, roles, services, access } = plan;
  const isOdd = ({ userData }: Guest) => userData.endsWith('\n\n') || Buffer.byteLength(userData) > SECRET_BYTES;
  if (roles.some(({ patches }) => patches) || guests.some(isOdd)) return undefined;
  const lean = roles.map(({ guest, guestDisk, trials, signals: _, vms, ...role }) => ({
    ...role,
    // A pool has no VMs, but their number.
    vms: role.pool === undefined ? vms : vms.length,
    disk: [guestDisk.secret, guestDisk.serial],
    keys: guest.ssh?.existingSecret,
    measured: trials?.group,
  }));
  return {
    data: { group, secret, name, entry, namespace, runId, services, access, roles: lean },
    names: [...roles.map(({ guestDisk }) => guestDisk.secret), runId, name, ...given(group)],
    parts: guests.flatMap(({ userData, hash }) => [block(userData, INDENT), toYaml([hash]).slice('- '.length, -1)]),
  };
}

/** What the file with the Secrets that all guests share is rendered from. */
export function sharedSource({ workloads, namespace, runId, group }: Plan): Source {
  const disks = workloads.flatMap(({ roles }) => roles.map(({ guestDisk }) => guestDisk));
  const data = { namespace, runId, group, disks: disks.map(({ secret, files }) => [secret, numberOf(files)]) };
  return { data, names: [...disks.map(({ secret }) => secret), runId, ...given(group)], parts: [] };
}

function given(group: string | undefined): string[] {
  return group === undefined ? [] : [group];
}

const NUMBERS = new WeakMap<readonly GuestFile[], number>();
let last = 0;

/** A number of its own for each list of files, in the place of their contents. */
function numberOf(files: readonly GuestFile[]): number {
  const known = NUMBERS.get(files);
  if (known !== undefined) return known;
  last += 1;
  NUMBERS.set(files, last);
  return last;
}
