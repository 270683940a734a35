import type { GuestFile, Unit } from '../catalog/entry';
import type { RolePlan } from '../plan/plan';

export const OWNERS_UNIT = 'virtwork-owners.service';
const ACCESS_UNIT = 'virtwork-access.service';

/** Units that bring the disks which the workload's units cannot do without. */
export function disksFirst({ disks, credential }: RolePlan): string[] {
  return [...disks.map((disk) => diskUnit(disk.name)), ...(credential ? [ACCESS_UNIT] : [])];
}

/** Files that are not root's. */
export function owned({ guest }: RolePlan): GuestFile[] {
  return guest.files.filter(({ owner }) => owner !== undefined);
}

export function diskUnit(disk: string): string {
  return `virtwork-disk@${disk}.service`;
}

/**
 * What a unit of the workload gets: a service its params, its disks, and the accounting that the metrics are made from;
 * another one its disks, if it is about something on them.
 * @returns undefined for a unit that needs nothing
 */
export function dropIn(role: RolePlan, { name, text }: Unit): string | undefined {
  if (!name.endsWith('.service')) return isAboutDisk(role, text) ? EARLY + requirements(role) : undefined;
  return requirements(role) + (owned(role).length > 0 ? AFTER_OWNERS : '') + SERVICE;
}

/** Not required: a user that is missing comes with a package later, and must not keep the unit from its next start. */
const AFTER_OWNERS = `[Unit]
Wants=${OWNERS_UNIT}
After=${OWNERS_UNIT}

`;

/** May write to /run/virtwork/metrics. virtwork-setup makes it before a unit starts. */
const METRICS_GROUP = 'virtwork-metrics';

const SERVICE = `[Service]
EnvironmentFile=/etc/virtwork/workload.env
CPUAccounting=yes
MemoryAccounting=yes
IOAccounting=yes
IPAccounting=yes
SupplementaryGroups=${METRICS_GROUP}
`;

/** Sockets and paths are started before the disks by default; to turn that round would be a cycle with basic.target. */
const EARLY = `[Unit]
DefaultDependencies=no
Requires=sysinit.target
After=sysinit.target
Conflicts=shutdown.target
Before=shutdown.target

`;

function requirements(role: RolePlan): string {
  const units = disksFirst(role).join(' ');
  const mounts = role.disks.map((disk) => disk.mount).join(' ');
  return units ? `[Unit]\nRequires=${units}\nAfter=${units}\n${mounts ? `RequiresMountsFor=${mounts}\n` : ''}\n` : '';
}

/** A socket or path that listens or looks below the mount of a data disk. */
function isAboutDisk({ disks }: RolePlan, text: string): boolean {
  return disks.some(({ mount }) =>
    text.split('\n').some((line) => {
      const path = /^\s*(?:Path|Directory|Listen)\w+\s*=\s*(\/.*?)\s*$/.exec(line)?.[1];
      return path === mount || path?.startsWith(`${mount}/`);
    }),
  );
}
