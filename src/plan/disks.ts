import type { Entry, EntryRole } from '../catalog/entry';
import { isBelow, realFolder } from '../catalog/files/guest-path';
import type { Problem } from '../errors';
import { MINIMUM_DISK } from '../kubernetes/minimum-sizes';
import { parseBytes } from '../kubernetes/quantity';
import type { Options } from '../options/options';
import type { DiskPlan, RolePlan } from './plan';

/** The data disks of the VMs of a role. */
export function disksOf(options: Options, entry: Entry, role: EntryRole, problems: Problem[]): DiskPlan[] {
  const own = entry.storage.filter((storage) => storage.role === undefined || storage.role === role.name);
  return own.map((storage) => {
    const size = storage.size ?? options.dataDiskSize;
    const least = MINIMUM_DISK[storage.filesystem];
    if ((parseBytes(size) as bigint) < (parseBytes(least) as bigint)) {
      problems.push({
        where: options.place('data_disk_size'),
        message: `must be at least ${least} for the ${storage.filesystem} of workload ${entry.name}, got ${size}`,
      });
    }
    const storageClass = storage.storageClassName ?? options.storageClass;
    const accessModes = storage.accessModes ?? options.accessModes;
    return {
      name: storage.name,
      size,
      serial: storage.serial,
      mount: storage.mount,
      below: own.filter((outer) => isBelow(storage.mount, outer.mount)).map(({ name }) => name),
      filesystem: storage.filesystem,
      ...(storageClass === undefined ? {} : { storageClass }),
      ...(accessModes === undefined ? {} : { accessModes }),
      ...(options.volumeMode === undefined ? {} : { volumeMode: options.volumeMode }),
    };
  });
}

/** A disk hides what lies below its mount point on the root disk. */
export function mountProblems({ ssh }: Options, entry: Entry, roles: readonly RolePlan[]): Problem[] {
  const home = ssh?.user === undefined ? undefined : `/home/${ssh.user}`;
  return roles.flatMap(({ disks, guest }) =>
    disks.flatMap(({ name, mount }) => {
      const hidden = guest.files
        .filter(({ path }) => path === mount || isBelow(path, mount))
        .map(({ source, path }) => ({
          where: source,
          message: `${path} would be hidden by disk ${name}, which is mounted at ${mount}`,
          hint: 'another path for the file, and a unit that copies it once the disk is mounted',
        }));
      const where = `workload ${entry.name}`;
      const account = `disk ${name} at ${mount} would hide the home of the account ${ssh?.user} and its keys`;
      return realFolder(mount) === home
        ? [...hidden, { where, message: account, hint: `another --ssh-user, or a folder below ${mount}` }]
        : hidden;
    }),
  );
}
