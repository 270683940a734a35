import type { Problem } from '../errors';
import { parseBytes } from '../quantity';
import type { RawEntry } from './check';
import { clashes, DNS_LABEL, repeated, undeclared } from './faults';

/** The disks that virtwork itself gives every VM. */
const RESERVED = ['containerdisk', 'cloudinitdisk', 'datadisk', 'rootdisk'];

const SERIAL = /^[A-Za-z0-9-]{1,20}$/;

/** An absolute path without `.` and `..`, and not the root itself. */
const MOUNT = /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._+-]+)+$/;

/** mkfs.xfs makes nothing smaller. */
const LEAST = { xfs: '300Mi', ext4: '1Mi' } as const;

/** Rules for `storage`. */
export const STORAGE_RULES = [storageNames, storageSizes, serials, mounts, storageRoles];

function storageNames({ data, file }: RawEntry): Problem[] {
  const storage = data.storage ?? [];
  const faults = storage.flatMap(({ name }, index) => {
    const where = file.locate(['storage', index, 'name']);
    const at = `storage[${index}].name`;
    if (name === '') return [{ where, message: `${at} must not be empty` }];
    if (RESERVED.includes(name))
      return [{ where, message: `${at} must not be one of the reserved names ${RESERVED.join(', ')}, got ${JSON.stringify(name)}` }];
    return DNS_LABEL.test(name) && name.length <= 20
      ? []
      : [{ where, message: `${at} must be a DNS label of at most 20 characters, got ${JSON.stringify(name)}` }];
  });
  return [
    ...faults,
    ...repeated(storage, ({ name }) => name).map(([index, name]) => ({
      where: file.locate(['storage', index, 'name']),
      message: `storage[${index}].name must be unique, got ${JSON.stringify(name)} twice`,
    })),
  ];
}

function storageSizes({ data, file }: RawEntry): Problem[] {
  return (data.storage ?? []).flatMap(({ size, filesystem = 'xfs' }, index) => {
    if (size === undefined) return [];
    const where = file.locate(['storage', index, 'size']);
    const bytes = parseBytes(String(size));
    const got = `got ${JSON.stringify(size)}`;
    if (bytes === undefined) return [{ where, message: `storage[${index}].size must be a quantity such as 10Gi, ${got}` }];
    const least = LEAST[filesystem];
    return bytes >= (parseBytes(least) as bigint)
      ? []
      : [{ where, message: `storage[${index}].size must be at least ${least} for ${filesystem}, ${got}` }];
  });
}

function serials({ data, file }: RawEntry): Problem[] {
  const storage = data.storage ?? [];
  const faults = storage.flatMap(({ serial }, index) =>
    SERIAL.test(serial)
      ? []
      : [
          {
            where: file.locate(['storage', index, 'serial']),
            message: `storage[${index}].serial must be 1 to 20 letters, digits and hyphens, got ${JSON.stringify(serial)}`,
          },
        ],
  );
  return [
    ...faults,
    ...clashes(storage, ({ serial }) => serial).map(([index, serial]) => ({
      where: file.locate(['storage', index, 'serial']),
      message: `storage[${index}].serial must be unique in the VM, got ${JSON.stringify(serial)} twice`,
    })),
  ];
}

function mounts({ data, file }: RawEntry): Problem[] {
  const storage = data.storage ?? [];
  const faults = storage.flatMap(({ mount }, index) =>
    MOUNT.test(mount)
      ? []
      : [
          {
            where: file.locate(['storage', index, 'mount']),
            message: `storage[${index}].mount must be an absolute path without spaces or .., got ${JSON.stringify(mount)}`,
          },
        ],
  );
  return [
    ...faults,
    ...clashes(storage, ({ mount }) => mount).map(([index, mount]) => ({
      where: file.locate(['storage', index, 'mount']),
      message: `storage[${index}].mount must be unique in the VM, got ${JSON.stringify(mount)} twice`,
    })),
  ];
}

function storageRoles({ data, file }: RawEntry): Problem[] {
  const roles = data.roles?.map((role) => role.name) ?? [];
  return (data.storage ?? []).flatMap(({ role }, index) =>
    role === undefined || roles.includes(role) ? [] : [undeclared(file, ['storage', index, 'role'], `storage[${index}].role`, role, roles)],
  );
}
