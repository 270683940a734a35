import type { GuestFile, Unit } from '../catalog/entry';
import { variableName } from '../catalog/params/param-value';
import type { GuestPlan, RolePlan } from '../plan/plan';
import { GUEST_FILES } from './paths';

export const START_UNIT = 'virtwork-start.service';
export const TRIALS_UNIT = 'virtwork-trials.service';
export const OWNERS_UNIT = 'virtwork-owners.service';
const ACCESS_UNIT = 'virtwork-access.service';

/** May write to /run/virtwork/metrics. virtwork-setup creates the group before it starts a unit. */
const METRICS_GROUP = 'virtwork-metrics';

/** Units that provide the disks which the workload's units require. */
export function disksFirst({ disks, credential }: RolePlan): string[] {
  return [...disks.map((disk) => diskUnit(disk.name)), ...(credential ? [ACCESS_UNIT] : [])];
}

/** Files with an owner other than root. */
export function owned({ guest }: RolePlan): GuestFile[] {
  return guest.files.filter(({ owner }) => owner !== undefined);
}

export function diskUnit(disk: string): string {
  return `virtwork-disk@${disk}.service`;
}

/**
 * The drop-in of a workload's unit. A service gets its params, its disks, and the accounting for the metrics; another unit
 * gets its disks if it listens or looks for a path on one of them.
 * @returns undefined for a unit that needs no drop-in
 */
export function dropIn(role: RolePlan, { name, text }: Unit): string | undefined {
  if (!name.endsWith('.service')) return isAboutDisk(role, text) ? EARLY + unitSection(requirements(role)) : undefined;
  return unitSection([...requirements(role), ...ORDER, ...(owned(role).length > 0 ? AFTER_OWNERS : [])]) + SERVICE;
}

/** The drop-in of a unit that virtwork-trials.service starts: in addition, the params of the trial. */
export function trialDropIn(role: RolePlan, unit: Unit): string {
  return `${dropIn(role, unit)}EnvironmentFile=-${GUEST_FILES.runningTrial}\n`;
}

/**
 * For a service whose load may run over a secondary network: the address of its peer takes the place of the name. It is found anew at each start,
 * with the network of the trial that runs.
 * @param preparing the unit that prepares trials, which waits for its peer
 */
export function peerAddress({ traffic }: GuestPlan, { name }: Unit, preparing?: string): string {
  if (traffic === undefined || !name.endsWith('.service')) return '';
  const args = `"\${${variableName(traffic.param)}}" %n${name === preparing ? ' prepare' : ''}`;
  return `EnvironmentFile=-${GUEST_FILES.peer}\nExecStartPre=+/usr/local/bin/virtwork-peer-address ${args}\n`;
}

/** Services source the shared functions, which virtwork-start may be replacing. */
const ORDER = [`After=${START_UNIT}`];

/** Not required: the package with a missing user may be installed later, and the unit must start then. */
const AFTER_OWNERS = [`Wants=${OWNERS_UNIT}`, `After=${OWNERS_UNIT}`];

const SERVICE = `[Service]
EnvironmentFile=${GUEST_FILES.environment}
CPUAccounting=yes
MemoryAccounting=yes
IOAccounting=yes
IPAccounting=yes
SupplementaryGroups=${METRICS_GROUP}
`;

/** By default, sockets and paths start before the disks: the order of the disks would be a cycle with basic.target. */
const EARLY = unitSection([
  'DefaultDependencies=no',
  'Requires=sysinit.target',
  'After=sysinit.target',
  'Conflicts=shutdown.target',
  'Before=shutdown.target',
]);

function unitSection(lines: readonly string[]): string {
  return lines.length > 0 ? `[Unit]\n${lines.join('\n')}\n\n` : '';
}

function requirements(role: RolePlan): string[] {
  const units = disksFirst(role).join(' ');
  const mounts = role.disks.flatMap((disk) => disk.mount ?? []).join(' ');
  return units ? [`Requires=${units}`, `After=${units}`, ...(mounts ? [`RequiresMountsFor=${mounts}`] : [])] : [];
}

/** Whether a socket or path unit listens or looks below the mount point of a data disk. */
function isAboutDisk({ disks }: RolePlan, text: string): boolean {
  const mounts = disks.flatMap(({ mount }) => mount ?? []);
  return mounts.some((mount) =>
    text.split('\n').some((line) => {
      const path = /^\s*(?:Path|Directory|Listen)\w+\s*=\s*(\/.*?)\s*$/.exec(line)?.[1];
      return path === mount || path?.startsWith(`${mount}/`);
    }),
  );
}
