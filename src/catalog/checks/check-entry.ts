import type { Problem } from '../../errors';
import { MINIMUM_MEMORY } from '../../kubernetes/minimum-sizes';
import { canonicalQuantity, parseBytes } from '../../kubernetes/quantity';
import { nearest } from '../../text/suggest';
import { SINGLE_ROLE } from '../entry';
import { ROLE_FOLDER } from '../entry-folder';
import { wrongName } from '../entry-name';
import * as say from '../messages/entry';
import { filesOfNoTrial } from '../messages/trials';
import { mustBe } from '../messages/wording';
import { repeated } from '../problems';
import { trialFiles } from '../units/trial-files';
import { UNIT_TYPE, unitRole } from '../units/unit-name';
import { ACCESS_RULES } from './check-access';
import { SERVICE_RULES } from './check-service';
import { SIGNAL_RULES } from './check-signals';
import { SPACE_RULES } from './check-space';
import { STORAGE_RULES } from './check-storage';
import type { RawEntry } from './raw-entry';
import { notUnique, roleNames, wrongValue } from './workload-problems';

type Rule = (entry: RawEntry) => Problem[];

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
  ...SIGNAL_RULES,
  vmMemory,
  vmCount,
];

/** Rules that need more than the shape of workload.yaml. Each returns all of its problems, so that a user sees all of them. */
export function checkEntry(entry: RawEntry): Problem[] {
  return RULES.flatMap((rule) => rule(entry));
}

function entryName({ name, shown }: RawEntry): Problem[] {
  const must = wrongName(name);
  return must === undefined ? [] : [{ where: shown, message: mustBe(say.ENTRY_NAME, must, name) }];
}

/** `name`, `name:arch`, `@group` or `@module:stream`; apt reads `name-` as a removal. */
const PACKAGE = /^@?[A-Za-z0-9]([A-Za-z0-9+._:~-]*[A-Za-z0-9+])?$/;
const PACKAGE_FILE = /\.(rpm|deb)$/;
/** Guest systems that install packages with apt. */
const WITH_APT = ['debian', 'ubuntu'];

/** What looks like the name of a package, and means something else to apt or dnf. */
function packageNames(entry: RawEntry): Problem[] {
  const { packages = [] } = entry.data;
  const lists: [os: string | undefined, names: readonly string[]][] = Array.isArray(packages)
    ? [[undefined, packages]]
    : Object.entries(packages);
  return lists.flatMap(([os, names]) =>
    names.flatMap((name, index) => {
      const must = wrongPackage(name, os);
      return must === undefined ? [] : [wrongValue(entry, ['packages', ...(os === undefined ? [] : [os]), index], must, name)];
    }),
  );
}

function wrongPackage(name: string, os: string | undefined): string | undefined {
  if (name.startsWith('@') && os !== undefined && WITH_APT.includes(os)) return say.GROUP_WITHOUT_DNF;
  return PACKAGE.test(name) && !PACKAGE_FILE.test(name) ? undefined : say.NOT_A_PACKAGE;
}

function hasUnits({ shown, unitFiles }: RawEntry): Problem[] {
  return unitFiles.length > 0 ? [] : [{ where: shown, ...say.NO_SERVICE }];
}

const UNIT_FILE = /^[A-Za-z0-9:_.-]+$/;

function unitNames({ shown, unitFiles }: RawEntry): Problem[] {
  return unitFiles.flatMap((file) => {
    const where = `${shown}/${file}`;
    if (!UNIT_FILE.test(file)) return [{ where, ...say.CANNOT_BE_ENABLED }];
    return /^\w/.test(file) ? [] : [{ where, ...say.WRONG_UNIT_START }];
  });
}

function roleUnits(entry: RawEntry): Problem[] {
  const { shown, data, unitFiles, file, incomplete } = entry;
  if (!data.roles || incomplete.has('roles')) return [];
  const roles = roleNames(entry);
  const missing = roles.flatMap((role, index) =>
    [`${role}.service`, trialFiles(role, true).trial].some((name) => unitFiles.includes(name))
      ? []
      : [{ where: file.locate(['roles', index, 'name']), message: say.roleWithoutService(role) }],
  );
  const foreign = unitFiles
    .filter((each) => unitRole(each, roles) === undefined)
    .map((each) => {
      const near = nearest(each.replace(UNIT_TYPE, ''), roles);
      const meant = near === undefined ? trialOfRole(each, entry) : near + UNIT_TYPE.exec(each)?.[0];
      return { where: `${shown}/${each}`, ...say.ofNoRole(roles, meant) };
    });
  return [...missing, ...foreign];
}

/** `trial.service` and `prepare.service` with the role that they lack: that of the trial, or the last one. */
function trialOfRole(file: string, entry: RawEntry): string | undefined {
  const { trial, prepare } = trialFiles(SINGLE_ROLE, false);
  if (file !== trial && file !== prepare) return undefined;
  const roles = roleNames(entry);
  return `${roles.find((role) => entry.unitFiles.includes(trialFiles(role, true).trial)) ?? roles.at(-1)}-${file}`;
}

function uniqueRoles(entry: RawEntry): Problem[] {
  return notUnique(
    entry,
    repeated(entry.data.roles ?? [], (role) => role.name),
    ['roles'],
    'name',
  );
}

function roleFolders(entry: RawEntry): Problem[] {
  const { shown, data, incomplete } = entry;
  if (incomplete.has('roles')) return [];
  const roles = data.roles ? roleNames(entry) : [SINGLE_ROLE];
  const ofRoles = roles.map((role) => ROLE_FOLDER + role);
  const ofTrials = roles.map((role) => trialFiles(role, data.roles !== undefined));
  return entry.roleFolders
    .filter((folder) => !ofRoles.includes(folder))
    .flatMap((folder) => {
      const where = `${shown}/${folder}`;
      const trial = ofTrials.find((each) => each.folder === folder)?.trial;
      if (trial !== undefined) return entry.unitFiles.includes(trial) ? [] : [{ where, ...filesOfNoTrial(trial) }];
      const known = /[.-]trials?$/.test(folder) ? ofTrials.map((each) => each.folder) : ofRoles;
      return [{ where, ...say.ofNoRole(roleNames(entry), nearest(folder, known) ?? (known === ofRoles ? undefined : known.at(-1))) }];
    });
}

function vmMemory(entry: RawEntry): Problem[] {
  const memory = entry.data.vm?.memory;
  if (memory === undefined) return [];
  const bytes = parseBytes(String(memory));
  const fits = bytes !== undefined && bytes >= (parseBytes(MINIMUM_MEMORY) as bigint) && canonicalQuantity(String(memory)) !== '';
  return fits ? [] : [wrongValue(entry, ['vm', 'memory'], say.WRONG_MEMORY, memory)];
}

function vmCount({ data, file }: RawEntry): Problem[] {
  return data.roles && data.vm?.count !== undefined ? [{ where: file.locate(['vm', 'count']), ...say.COUNT_WITH_ROLES }] : [];
}
