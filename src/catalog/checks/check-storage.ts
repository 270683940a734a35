import type { Problem } from '../../errors';
import { wrongAccessModes } from '../../kubernetes/access-modes';
import { DISK } from '../../kubernetes/disk-names';
import { SERIAL } from '../../kubernetes/disk-serial';
import { isDnsLabel } from '../../kubernetes/dns-label';
import { MINIMUM_DISK } from '../../kubernetes/minimum-sizes';
import { parseBytes } from '../../kubernetes/quantity';
import { formatPath } from '../../schema/schema-errors';
import { normalPath } from '../files/guest-path';
import * as say from '../messages/entry';
import { clashes, repeated } from '../problems';
import type { DeclaredDisk } from '../workload-file';
import { wrongMount } from './mount-point';
import type { RawEntry } from './raw-entry';
import { notUnique, unknownRole, wrongValue } from './workload-problems';

const RESERVED: readonly string[] = [...Object.values(DISK), 'datadisk'];
/** Characters of the longest name: the names of volumes and claims are made of it. */
const NAME_LENGTH = 20;

/** Rules for `storage`. */
export const STORAGE_RULES = [storageNames, storageSizes, serials, mounts, rawDisks, storageRoles, accessModes];

/** Holds one value of each disk against a rule, which returns what the value must be or undefined for a good one. */
function eachDisk<K extends keyof DeclaredDisk>(
  entry: RawEntry,
  key: K,
  wrong: (value: NonNullable<DeclaredDisk[K]>, disk: DeclaredDisk) => string | undefined,
): Problem[] {
  return (entry.data.storage ?? []).flatMap((disk, index) => {
    const value = disk[key];
    const must = value === undefined || value === null ? undefined : wrong(value, disk);
    return must === undefined ? [] : [wrongValue(entry, ['storage', index, key], must, value)];
  });
}

function storageNames(entry: RawEntry): Problem[] {
  const twice = repeated(entry.data.storage ?? [], ({ name }) => name);
  return [...eachDisk(entry, 'name', wrongName), ...notUnique(entry, twice, ['storage'], 'name')];
}

function wrongName(name: string): string | undefined {
  if (name === '') return say.NO_DISK_NAME;
  if (RESERVED.includes(name)) return say.reservedDiskName(RESERVED);
  return isDnsLabel(name) && name.length <= NAME_LENGTH ? undefined : say.wrongDiskName(NAME_LENGTH);
}

function storageSizes(entry: RawEntry): Problem[] {
  return eachDisk(entry, 'size', (size, { filesystem = 'xfs', raw = false }) => {
    const bytes = parseBytes(String(size));
    if (bytes === undefined) return say.WRONG_SIZE;
    const least = MINIMUM_DISK[raw ? 'raw' : filesystem];
    return bytes >= (parseBytes(least) as bigint) ? undefined : say.diskTooSmall(least, raw ? undefined : filesystem);
  });
}

function serials(entry: RawEntry): Problem[] {
  const twice = clashes(entry.data.storage ?? [], ({ serial }) => serial);
  return [
    ...eachDisk(entry, 'serial', (serial) => (SERIAL.test(serial) ? undefined : say.WRONG_SERIAL)),
    ...notUnique(entry, twice, ['storage'], 'serial', 'in the VM'),
  ];
}

function mounts(entry: RawEntry): Problem[] {
  const disks = entry.data.storage ?? [];
  const twice = clashes(disks, ({ mount = '' }) => normalPath(mount)).filter(([index]) => disks[index]?.mount !== undefined);
  return [...eachDisk(entry, 'mount', wrongMount), ...notUnique(entry, twice, ['storage'], 'mount', 'in the VM')];
}

/** A raw disk has no file system that the guest could mount. */
function rawDisks({ data: { storage = [] }, file }: RawEntry): Problem[] {
  return storage.flatMap(({ raw = false, mount, filesystem }, index) =>
    Object.entries({ mount, filesystem }).flatMap(([key, value]) => {
      if (!raw || value === undefined) return [];
      return [{ where: file.locate(['storage', index, key]), ...say.ofRawDisk(formatPath(['storage', index]), key) }];
    }),
  );
}

function storageRoles(entry: RawEntry): Problem[] {
  return (entry.data.storage ?? []).flatMap(({ role }, index) => unknownRole(entry, ['storage', index, 'role'], role));
}

function accessModes(entry: RawEntry): Problem[] {
  return eachDisk(entry, 'accessModes', wrongAccessModes);
}
