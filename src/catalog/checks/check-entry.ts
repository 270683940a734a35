import { readdirSync } from 'node:fs';
import type { Problem } from '../../errors';
import { canonicalQuantity, parseBytes } from '../../kubernetes/quantity';
import { formatPath } from '../../schema/schema-errors';
import { nearest } from '../../text/suggest';
import { isLeftover } from '../files/leftovers';
import { hint, repeated } from '../problems';
import { UNIT_TYPE, unitRole } from '../units/unit-name';
import { ACCESS_RULES } from './check-access';
import { SERVICE_RULES } from './check-service';
import { SPACE_RULES } from './check-space';
import { STORAGE_RULES } from './check-storage';
import type { RawEntry } from './raw-entry';

type Rule = (entry: RawEntry) => Problem[];

const ENTRY_NAME = /^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/;

/** An entry is rendered into a file of its name, beside these. */
const FILES_OF_THE_BASE = ['namespace', 'guest', 'kustomization', 'kustomizeconfig'];

/** Says «every built-in one» where the name of a workload is expected. */
export const ALL = 'all';

/** @returns what a name must be instead; undefined when an entry may have it */
export function wrongName(name: string): string | undefined {
  if (!ENTRY_NAME.test(name)) return 'be a DNS label of at most 40 characters';
  if (name === ALL) return `not be ${ALL}, which means every built-in one`;
  return FILES_OF_THE_BASE.includes(name)
    ? `not be one of ${FILES_OF_THE_BASE.join(', ')}: these files of the base are not workloads`
    : undefined;
}

const UNIT_FILE = /^[A-Za-z0-9:_.-]+$/;
const RULES: readonly Rule[] = [
  entryName,
  packageNames,
  hasUnits,
  unitNames,
  roleUnits,
  uniqueRoles,
  roleFolders,
  ...STORAGE_RULES,
  ...SERVICE_RULES,
  ...ACCESS_RULES,
  ...SPACE_RULES,
  vmMemory,
  vmCount,
];

/** Rules that need more than the shape; each adds its problems, so that a user sees all of them. */
export function checkEntry(entry: RawEntry, problems: Problem[]): void {
  problems.push(...RULES.flatMap((rule) => rule(entry)));
}

function entryName({ name, shown }: RawEntry): Problem[] {
  const must = wrongName(name);
  return must === undefined ? [] : [{ where: shown, message: `the name of an entry must ${must}, got ${JSON.stringify(name)}` }];
}

/** `name`, `name:arch`, `@group` or `@module:stream`; apt reads `name-` as a removal. */
const PACKAGE = /^@?[A-Za-z0-9]([A-Za-z0-9+._:~-]*[A-Za-z0-9+])?$/;

/** What looks like the name of a package, and means something else to apt or dnf. */
function packageNames({ data: { packages = [] }, file }: RawEntry): Problem[] {
  const lists: [readonly (string | number)[], string | undefined, readonly string[]][] = Array.isArray(packages)
    ? [[['packages'], undefined, packages]]
    : Object.entries(packages).map(([os, names]) => [['packages', os], os, names]);
  return lists.flatMap(([path, os, names]) =>
    names.flatMap((name, index) => {
      const isGroup = name.startsWith('@') && ['debian', 'ubuntu'].includes(os ?? '');
      const isFile = /\.(rpm|deb)$/.test(name);
      const must = isGroup
        ? 'be a package: dnf alone has groups'
        : PACKAGE.test(name) && !isFile
          ? ''
          : 'be the name of a package: no option, no removal (NAME-), no version, file or URL';
      if (must === '') return [];
      return [
        { where: file.locate([...path, index]), message: `${formatPath([...path, index])} must ${must}, got ${JSON.stringify(name)}` },
      ];
    }),
  );
}

function hasUnits({ shown, unitFiles }: RawEntry): Problem[] {
  return unitFiles.length > 0
    ? []
    : [{ where: shown, message: 'an entry needs at least one *.service file', hint: 'virtwork new makes an entry to start from' }];
}

function unitNames({ shown, unitFiles }: RawEntry): Problem[] {
  return unitFiles.flatMap((file) => {
    const must = !UNIT_FILE.test(file)
      ? 'be the name of a unit that can be enabled: letters, digits and : _ . - only (a template with @ goes to files/etc/systemd/system/)'
      : /^\w/.test(file)
        ? undefined
        : 'be the name of a unit that begins with a letter, a digit or _: programs read another one as an option, or hide it';
    return must === undefined ? [] : [{ where: `${shown}/${file}`, message: `must ${must}` }];
  });
}

function roleUnits({ shown, data, unitFiles, file, incomplete }: RawEntry): Problem[] {
  if (!data.roles || incomplete.has('roles')) return [];
  const roles = data.roles.map((role) => role.name);
  const missing = roles.flatMap((role, index) =>
    unitFiles.includes(`${role}.service`)
      ? []
      : [{ where: file.locate(['roles', index, 'name']), message: `role ${role} needs a file ${role}.service` }],
  );
  const foreign = unitFiles
    .filter((each) => unitRole(each, roles) === undefined)
    .map((each) => ({
      where: `${shown}/${each}`,
      message: `belongs to no declared role (${roles.join(', ')})`,
      ...hint(nearest(each.replace(UNIT_TYPE, ''), roles), (role) => `${role}${UNIT_TYPE.exec(each)?.[0]}`),
    }));
  return [...missing, ...foreign];
}

function uniqueRoles({ data, file }: RawEntry): Problem[] {
  return repeated(data.roles ?? [], (role) => role.name).map(([index, name]) => ({
    where: file.locate(['roles', index, 'name']),
    message: `roles[${index}].name must be unique, got ${JSON.stringify(name)} twice`,
  }));
}

function roleFolders({ folder, shown, data, incomplete }: RawEntry): Problem[] {
  if (incomplete.has('roles')) return [];
  const roles = data.roles?.map((role) => role.name) ?? ['workload'];
  return readdirSync(folder)
    .filter((each) => each.startsWith('files.') && !isLeftover(each) && !roles.includes(each.slice('files.'.length)))
    .map((each) => ({
      where: `${shown}/${each}`,
      message: `belongs to no declared role (${data.roles ? roles.join(', ') : 'the entry has none'})`,
      ...hint(nearest(each.slice('files.'.length), roles), (role) => `files.${role}`),
    }));
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

function vmCount({ data, file }: RawEntry): Problem[] {
  return data.roles && data.vm?.count !== undefined
    ? [{ where: file.locate(['vm', 'count']), message: 'vm.count must not stand beside roles, which have a vm-count each' }]
    : [];
}
