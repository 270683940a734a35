import type { Entry, EntryRole } from '../catalog/entry';
import { isBelow, realFolder } from '../catalog/files/guest-path';
import type { Problem } from '../errors';
import { MINIMUM_DISK } from '../kubernetes/minimum-sizes';
import { parseBytes } from '../kubernetes/quantity';
import type { Options } from '../options/options';
import { diskTooSmall, fileHidden, homeHidden } from './messages';
import type { DiskPlan, RolePlan } from './plan';

/** The data disks of the VMs of a role. */
export function disksOf(options: Options, entry: Entry, role: EntryRole, problems: Problem[]): DiskPlan[] {
  const own = entry.storage.filter((storage) => storage.role === undefined || storage.role === role.name);
  return own.map((storage) => {
    const size = storage.size ?? options.dataDiskSize;
    const { mount, filesystem, errorPolicy } = storage;
    const least = MINIMUM_DISK[filesystem ?? 'raw'];
    if ((parseBytes(size) as bigint) < (parseBytes(least) as bigint)) {
      problems.push({ where: options.place('data_disk_size'), ...diskTooSmall(least, filesystem, entry.name, size) });
    }
    const storageClass = storage.storageClassName ?? options.storageClass;
    const accessModes = storage.accessModes ?? options.accessModes;
    const volumeMode = storage.volumeMode ?? options.volumeMode;
    return {
      name: storage.name,
      size,
      serial: storage.serial,
      ...(mount === undefined ? {} : { mount }),
      below: own.filter((outer) => contains(outer.mount, mount)).map(({ name }) => name),
      ...(filesystem === undefined ? {} : { filesystem }),
      ...(errorPolicy === undefined ? {} : { errorPolicy }),
      ...(storageClass === undefined ? {} : { storageClass }),
      ...(accessModes === undefined ? {} : { accessModes }),
      ...(volumeMode === undefined ? {} : { volumeMode }),
    };
  });
}

/** Whether a mount point is below another one. A raw disk has none. */
function contains(outer: string | undefined, mount: string | undefined): boolean {
  return outer !== undefined && mount !== undefined && isBelow(mount, outer);
}

/** A disk hides the files below its mount point on the root disk. */
export function mountProblems({ ssh, spell }: Options, entry: Entry, roles: readonly RolePlan[]): Problem[] {
  return roles.flatMap(({ disks, guest }) =>
    disks.flatMap(({ name, mount }) => {
      if (mount === undefined) return [];
      const hidden = guest.files
        .filter(({ path }) => path === mount || isBelow(path, mount))
        .map(({ source, path }) => ({ where: source, ...fileHidden(path, name, mount) }));
      if (ssh?.user === undefined || realFolder(mount) !== `/home/${ssh.user}`) return hidden;
      return [...hidden, { where: `workload ${entry.name}`, ...homeHidden(name, mount, ssh.user, spell) }];
    }),
  );
}
