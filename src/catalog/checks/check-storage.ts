import type { Problem } from '../../errors';
import { wrongAccessModes } from '../../kubernetes/access-modes';
import { DISK } from '../../kubernetes/disk-names';
import { isDnsLabel } from '../../kubernetes/dns-label';
import { parseBytes } from '../../kubernetes/quantity';
import { normalPath } from '../files/guest-path';
import { clashes, repeated, undeclared } from '../problems';
import { wrongMount } from './mount-point';
import type { RawEntry } from './raw-entry';

const RESERVED: readonly string[] = [...Object.values(DISK), 'datadisk'];

export const SERIAL = /^[A-Za-z0-9-]{1,20}$/;

/** mkfs.xfs makes nothing smaller. */
const LEAST = { xfs: '300Mi', ext4: '1Mi' } as const;

/** Rules for `storage`. */
export const STORAGE_RULES = [storageNames, storageSizes, serials, mounts, storageRoles, accessModes];

function storageNames({ data, file }: RawEntry): Problem[] {
  const storage = data.storage ?? [];
  const problems = storage.flatMap(({ name }, index) => {
    const must = wrongName(name);
    return must === undefined ? [] : [{ where: file.locate(['storage', index, 'name']), message: `storage[${index}].name must ${must}` }];
  });
  return [
    ...problems,
    ...repeated(storage, ({ name }) => name).map(([index, name]) => ({
      where: file.locate(['storage', index, 'name']),
      message: `storage[${index}].name must be unique, got ${JSON.stringify(name)} twice`,
    })),
  ];
}

function storageSizes({ data, file }: RawEntry): Problem[] {
  return (data.storage ?? []).flatMap(({ size, filesystem = 'xfs' }, index) => {
    if (size === undefined) return [];
    const must = wrongSize(String(size), LEAST[filesystem], filesystem);
    if (must === undefined) return [];
    return [
      { where: file.locate(['storage', index, 'size']), message: `storage[${index}].size must ${must}, got ${JSON.stringify(size)}` },
    ];
  });
}

function wrongName(name: string): string | undefined {
  const got = `got ${JSON.stringify(name)}`;
  if (name === '') return 'not be empty';
  if (RESERVED.includes(name)) return `not be one of the reserved names ${RESERVED.join(', ')}, ${got}`;
  return isDnsLabel(name) && name.length <= 20 ? undefined : `be a DNS label of at most 20 characters, ${got}`;
}

function wrongSize(size: string, least: string, filesystem: string): string | undefined {
  const bytes = parseBytes(size);
  if (bytes === undefined) return 'be a quantity such as 10Gi';
  return bytes >= (parseBytes(least) as bigint) ? undefined : `be at least ${least} for ${filesystem}`;
}

function serials({ data, file }: RawEntry): Problem[] {
  const storage = data.storage ?? [];
  const problems = storage.flatMap(({ serial }, index) =>
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
    ...problems,
    ...clashes(storage, ({ serial }) => serial).map(([index, serial]) => ({
      where: file.locate(['storage', index, 'serial']),
      message: `storage[${index}].serial must be unique in the VM, got ${JSON.stringify(serial)} twice`,
    })),
  ];
}

function mounts({ data, file }: RawEntry): Problem[] {
  const storage = data.storage ?? [];
  const problems = storage.flatMap(({ mount }, index) => {
    const must = wrongMount(mount);
    if (must === undefined) return [];
    return [
      { where: file.locate(['storage', index, 'mount']), message: `storage[${index}].mount must ${must}, got ${JSON.stringify(mount)}` },
    ];
  });
  return [
    ...problems,
    ...clashes(storage, ({ mount }) => normalPath(mount)).map(([index, mount]) => ({
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

function accessModes({ data, file }: RawEntry): Problem[] {
  return (data.storage ?? []).flatMap(({ accessModes: modes = [] }, index) => {
    const must = wrongAccessModes(modes);
    if (must === undefined) return [];
    return [
      {
        where: file.locate(['storage', index, 'accessModes']),
        message: `storage[${index}].accessModes must ${must}, got ${modes.join(', ')}`,
      },
    ];
  });
}
