import { existsSync, readdirSync } from 'node:fs';
import type { Problem } from '../errors';
import { paramValue } from '../param-value';
import { canonicalQuantity, parseBytes } from '../quantity';
import { nearest } from '../suggest';
import type { DocumentPath, YamlFile } from '../yaml-file';
import type { ParamSpec } from './entry';
import { PEER, SERVICE } from './placeholders';
import type { Manifest, ManifestParam } from './read';
import { unitRole } from './unit-name';

/** An entry whose shape is right, before its rules are. */
export interface RawEntry {
  readonly name: string;
  readonly folder: string;
  readonly shown: string;
  readonly file: YamlFile;
  readonly data: Manifest;
  readonly serviceFiles: readonly string[];
}

type Rule = (entry: RawEntry) => Problem[];

const ENTRY_NAME = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** An entry is rendered into a file of its name, beside these. */
const FILES_OF_THE_BASE = ['namespace', 'kustomization', 'kustomizeconfig'];
const UNIT_FILE = /^[A-Za-z0-9:_.-]+\.service$/;
/** The disks that virtwork itself gives every VM. */
const RESERVED = ['containerdisk', 'cloudinitdisk', 'datadisk', 'rootdisk'];
const SERIAL = /^[A-Za-z0-9-]{1,20}$/;
/** An absolute path without `.` and `..`, and not the root itself. */
const MOUNT = /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._+-]+)+$/;
/** mkfs.xfs makes nothing smaller. */
const LEAST = { xfs: '300Mi', ext4: '1Mi' } as const;

const RULES: readonly Rule[] = [
  entryName,
  hasServices,
  unitFiles,
  roleUnits,
  uniqueRoles,
  roleFolders,
  storageNames,
  storageSizes,
  serials,
  mounts,
  storageRoles,
  ports,
  serviceName,
  selectorRole,
  vmMemory,
];

/** Rules that need more than the shape; each adds its faults, so that a user sees all of them. */
export function checkEntry(entry: RawEntry, problems: Problem[]): void {
  problems.push(...RULES.flatMap((rule) => rule(entry)));
}

/** @returns the params with their defaults in the form that the guest gets */
export function checkParams(file: YamlFile, params: readonly ManifestParam[], problems: Problem[]): ParamSpec[] {
  return params.map((param, index) => {
    const path: DocumentPath = ['params', index];
    const at = `params[${index}]`;
    const faults = [...reservedKey(param, at), ...duplicate(params, index, at), ...badPattern(param, at)];
    problems.push(...faults.map((message) => ({ where: file.locate([...path, 'key']), message })));
    const { desc, enum: words, default: _, ...rest } = param;
    const spec: ParamSpec = {
      ...rest,
      type: param.type ?? 'string',
      default: '',
      description: desc ?? '',
      ...(words ? { enum: words.map(String) } : {}),
    };
    if (faults.length > 0) return spec;
    const value = paramValue(spec, param.default ?? EMPTY[spec.type]);
    if ('value' in value) return { ...spec, default: value.value };
    const got = param.default === undefined ? 'none' : JSON.stringify(param.default);
    problems.push({ where: file.locate([...path, 'default']), message: `${at}.default must ${value.must}, got ${got}` });
    return spec;
  });
}

/** The default of a param that states none; a number has none that means nothing. */
const EMPTY: { readonly [type in ParamSpec['type']]: unknown } = {
  string: '',
  list: '',
  dict: '',
  bool: false,
  int: undefined,
  number: undefined,
};

function reservedKey({ key }: ManifestParam, at: string): string[] {
  return [SERVICE, PEER].includes(key) ? [`${at}.key must not be ${key}: {{${key}}} has a meaning of its own`] : [];
}

/** Two keys may differ only in what the environment cannot tell apart. */
function duplicate(params: readonly ManifestParam[], index: number, at: string): string[] {
  const same = (key: string) => key.toUpperCase().replaceAll('-', '_');
  const { key } = params[index] as ManifestParam;
  const first = params.findIndex((each) => same(each.key) === same(key));
  return first < index ? [`${at}.key must be unique, got ${JSON.stringify(key)} after ${JSON.stringify(params[first]?.key)}`] : [];
}

function badPattern({ pattern }: ManifestParam, at: string): string[] {
  try {
    new RegExp(pattern ?? '');
    return [];
  } catch {
    return [`${at}.pattern must be a regular expression, got ${JSON.stringify(pattern)}`];
  }
}

function entryName({ name, shown }: RawEntry): Problem[] {
  const got = `got ${JSON.stringify(name)}`;
  if (!ENTRY_NAME.test(name))
    return [{ where: shown, message: `the name of an entry must be a DNS label of at most 40 characters, ${got}` }];
  return FILES_OF_THE_BASE.includes(name)
    ? [
        {
          where: shown,
          message: `the name of an entry must not be one of ${FILES_OF_THE_BASE.join(', ')}: these files of the base are not workloads, ${got}`,
        },
      ]
    : [];
}

function hasServices({ shown, serviceFiles }: RawEntry): Problem[] {
  return serviceFiles.length > 0
    ? []
    : [{ where: shown, message: 'an entry needs at least one *.service file', hint: 'virtwork new makes an entry to start from' }];
}

function unitFiles({ shown, serviceFiles }: RawEntry): Problem[] {
  return serviceFiles
    .filter((file) => !UNIT_FILE.test(file))
    .map((file) => ({
      where: `${shown}/${file}`,
      message:
        'must be the name of a unit that can be enabled: letters, digits and : _ . - only (a template with @ goes to files/etc/systemd/system/)',
    }));
}

function roleUnits({ shown, data, serviceFiles, file }: RawEntry): Problem[] {
  if (!data.roles) return [];
  const roles = data.roles.map((role) => role.name);
  const missing = roles.flatMap((role, index) =>
    serviceFiles.includes(`${role}.service`)
      ? []
      : [{ where: file.locate(['roles', index, 'name']), message: `role ${role} needs a file ${role}.service` }],
  );
  const foreign = serviceFiles
    .filter((each) => unitRole(each, roles) === undefined)
    .map((each) => ({
      where: `${shown}/${each}`,
      message: `belongs to no declared role (${roles.join(', ')})`,
      ...hint(nearest(each.replace(/\.service$/, ''), roles), (role) => `${role}.service`),
    }));
  return [...missing, ...foreign];
}

function uniqueRoles({ data, file }: RawEntry): Problem[] {
  return repeated(data.roles ?? [], (role) => role.name).map(([index, name]) => ({
    where: file.locate(['roles', index, 'name']),
    message: `roles[${index}].name must be unique, got ${JSON.stringify(name)} twice`,
  }));
}

function roleFolders({ folder, shown, data }: RawEntry): Problem[] {
  const roles = data.roles?.map((role) => role.name) ?? ['workload'];
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((each) => each.startsWith('files.') && !roles.includes(each.slice('files.'.length)))
        .map((each) => ({
          where: `${shown}/${each}`,
          message: `belongs to no declared role (${data.roles ? roles.join(', ') : 'the entry has none'})`,
          ...hint(nearest(each.slice('files.'.length), roles), (role) => `files.${role}`),
        }))
    : [];
}

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

function ports({ data, file }: RawEntry): Problem[] {
  if (!data.service) return [];
  const { ports: list } = data.service;
  if (list.length === 0) return [{ where: file.locate(['service', 'ports']), message: 'service.ports must have at least one port' }];
  return [
    ...list.flatMap(({ port, protocol = 'TCP' }, index) => [
      ...(port >= 1 && port <= 65535
        ? []
        : [
            {
              where: file.locate(['service', 'ports', index, 'port']),
              message: `service.ports[${index}].port must be from 1 to 65535, got ${port}`,
            },
          ]),
      ...(['TCP', 'UDP'].includes(protocol)
        ? []
        : [
            {
              where: file.locate(['service', 'ports', index, 'protocol']),
              message: `service.ports[${index}].protocol must be TCP or UDP, got ${JSON.stringify(protocol)}`,
            },
          ]),
    ]),
    ...repeated(list, ({ port, protocol = 'TCP' }) => `${port}/${protocol}`).map(([index, name]) => ({
      where: file.locate(['service', 'ports', index]),
      message: `service.ports[${index}] must be unique, got ${name} twice`,
    })),
    ...repeated(list, ({ name, port }) => name ?? `port-${port}`).map(([index, name]) => ({
      where: file.locate(['service', 'ports', index]),
      message: `service.ports[${index}].name must be unique, got ${name} twice`,
    })),
  ];
}

/** Names of Services begin with a letter, and all of ours with virtwork-. */
function serviceName({ data, file }: RawEntry): Problem[] {
  const name = data.service?.name;
  return name === undefined || (name.startsWith('virtwork-') && DNS_LABEL.test(name))
    ? []
    : [
        {
          where: file.locate(['service', 'name']),
          message: `service.name must be a DNS label that begins with virtwork-, got ${JSON.stringify(name)}`,
        },
      ];
}

function selectorRole({ data, file }: RawEntry): Problem[] {
  if (!data.service) return [];
  const roles = data.roles?.map((role) => role.name) ?? [];
  const role = data.service['selector-role'];
  if (role !== undefined && !roles.includes(role))
    return [undeclared(file, ['service', 'selector-role'], 'service.selector-role', role, roles)];
  if (role === undefined && roles.length > 0)
    return [{ where: file.locate(['service']), message: `service needs the key "selector-role": one of ${roles.join(', ')}` }];
  return [];
}

function vmMemory({ data, file }: RawEntry): Problem[] {
  const memory = data.vm?.memory;
  const bytes = memory === undefined ? undefined : parseBytes(String(memory));
  const fits =
    memory === undefined || (bytes !== undefined && bytes >= (parseBytes('64Mi') as bigint) && canonicalQuantity(String(memory)) !== '');
  return fits
    ? []
    : [{ where: file.locate(['vm', 'memory']), message: `vm.memory must be a quantity of at least 64Mi, got ${JSON.stringify(memory)}` }];
}

function undeclared(file: YamlFile, path: DocumentPath, at: string, got: string, roles: readonly string[]): Problem {
  return {
    where: file.locate(path),
    message: `${at} must be a declared role (${roles.join(', ') || 'the entry has none'}), got ${JSON.stringify(got)}`,
    ...hint(nearest(got, roles)),
  };
}

/** Items of which an earlier one has the same value in a role that both are in. */
function clashes<T extends { readonly role?: string }>(items: readonly T[], value: (item: T) => string): [number, string][] {
  return items.flatMap((item, index): [number, string][] => {
    const clash = items
      .slice(0, index)
      .some((other) => value(other) === value(item) && (!other.role || !item.role || other.role === item.role));
    return clash ? [[index, value(item)]] : [];
  });
}

function repeated<T>(items: readonly T[], value: (item: T) => string): [number, string][] {
  const values = items.map(value);
  return values.flatMap((each, index): [number, string][] => (values.indexOf(each) < index ? [[index, each]] : []));
}

function hint(near: string | undefined, form: (near: string) => string = (each) => each): { hint?: string } {
  return near === undefined ? {} : { hint: form(near) };
}
