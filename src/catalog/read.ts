import { accessSync, constants, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Problem } from '../errors';
import { liesIn } from '../files/real-path';
import { canonicalQuantity } from '../kubernetes/quantity';
import { ACCESS_SERIAL } from './checks/check-access';
import { checkEntry } from './checks/check-entry';
import { checkSystemPath } from './checks/check-system-path';
import { checkUses } from './checks/check-uses';
import { type Entry, type EntryAccess, type EntryRole, type ParamSpec, type Service, SINGLE_ROLE, type Space, type Unit } from './entry';
import { tooMuch } from './files/bounds';
import { readText, unreadable } from './files/entry-file';
import { withModes } from './files/file-modes';
import { mergeFiles, readFiles } from './files/guest-files';
import { normalPath } from './files/guest-path';
import { isLeftover } from './files/leftovers';
import { strayFiles } from './files/stray';
import { checkParams } from './params/check-params';
import { isUnread, PEER, placeholders, SERVICE } from './params/placeholders';
import { portNames } from './port-names';
import type { Problems } from './problems';
import { knownEntry } from './shipped/known-entry';
import { triggeredUnit } from './units/triggers';
import { UNIT_TYPE, unitName, unitRole } from './units/unit-name';
import { type DeclaredSpace, readWorkloadFile, WORKLOAD_FILE, type WorkloadFile } from './workload-file';

/** In the home directory, where entries are when nobody says otherwise. */
const USUAL_CATALOG = '.virtwork/catalog';
/** Before the name of a role, the folder of its own files. */
const ROLE_FOLDER = 'files.';

/**
 * Reads an entry strictly.
 * @param folder path of the entry
 * @param shown path as the user knows it, for error texts
 * @param builtIn is one of virtwork's own, whose units were checked before they shipped
 * @returns undefined when it has a problem; the findings then say all of them
 */
export function readEntry(folder: string, shown: string, builtIn: boolean, findings: Problems): Entry | undefined {
  const before = findings.problems.length;
  const problem = folderProblem(folder, shown);
  if (problem) {
    findings.problems.push(problem);
    return undefined;
  }
  const known = builtIn ? knownEntry(folder, shown) : undefined;
  if (known) return known;
  const name = basename(folder);
  const listed = readdirSync(folder)
    .filter((each) => !isLeftover(each))
    .sort();
  const much = tooMuch(folder, shown, listed, (each) => UNIT_TYPE.test(each) || each === 'files' || each.startsWith(ROLE_FOLDER));
  if (much) {
    findings.problems.push(much);
    return undefined;
  }
  const workloadFile = readWorkloadFile(folder, shown, findings.problems);
  const { data, incomplete } = workloadFile;
  const unitFiles = listed.filter((each) => UNIT_TYPE.test(each));
  checkEntry({ ...workloadFile, name, folder, shown, unitFiles }, findings.problems);
  const params = checkParams(workloadFile, builtIn, findings.problems);

  const folders = listed.filter((each) => each.startsWith(ROLE_FOLDER));
  const roleNames = [
    ...(data.roles?.map((role) => role.name) ?? [SINGLE_ROLE]),
    ...(incomplete.has('roles') ? folders.map((each) => each.slice(ROLE_FOLDER.length)) : []),
  ];
  const units = unitFiles.flatMap((each): (Unit & { role: string | undefined })[] => {
    const source = join(shown, each);
    const text = readText(folder, join(folder, each), source, findings.problems);
    if (text === undefined) return [];
    const guestName = unitName(name, each, data.roles !== undefined);
    const triggers = triggeredUnit(guestName, text);
    return [
      {
        name: guestName,
        text,
        source,
        role: unitRole(each, roleNames),
        placeholders: placeholders(source, text, 'systemd', findings.problems),
        ...(triggers === undefined ? {} : { triggers }),
      },
    ];
  });
  const shared = readFiles(folder, 'files', shown, findings);
  const filesOf = (role: string) => (folders.includes(ROLE_FOLDER + role) ? readFiles(folder, ROLE_FOLDER + role, shown, findings) : []);
  const bare = roleNames.map((role): EntryRole => {
    const vmCount = data.roles ? data.roles.find((each) => each?.name === role)?.['vm-count'] : data.vm?.count;
    return {
      name: role,
      ...(vmCount ? { vmCount } : {}),
      units: units.filter((unit) => !data.roles || unit.role === role).map(({ role: _, ...unit }) => unit),
      files: mergeFiles(shared, filesOf(role), findings.problems),
    };
  });
  const roles = withModes(workloadFile, bare, findings.problems);
  findings.warnings.push(...strayFiles(shown, listed, [...unitFiles, ...folders, WORKLOAD_FILE, 'files'], roleNames));
  const unread = findings.problems.slice(before).some(isUnread);
  checkUses(
    { workloadFile, unread, units: roles.flatMap((role) => role.units), files: roles.flatMap((role) => role.files), params },
    findings,
  );
  if (!builtIn) {
    const files = new Map(roles.flatMap((role) => role.files.map((file) => [file.source, file.path])));
    for (const [source, path] of files) checkSystemPath(path, source, findings);
    const { checkUnits } = require('./units/check-units') as typeof import('./units/check-units');
    checkUnits({ name, roles, workloadFile }, valuesOf(params), findings);
  }
  if (findings.problems.length > before) return undefined;
  return {
    name,
    description: data.description ?? '',
    packages: Array.isArray(data.packages)
      ? { any: data.packages }
      : { ...(data.packages as { [os: string]: readonly string[] } | undefined) },
    params,
    roles,
    multiRole: data.roles !== undefined,
    storage: (data.storage ?? []).map(({ size, filesystem = 'xfs', mount, ...storage }) => ({
      ...storage,
      mount: normalPath(mount),
      filesystem,
      ...(size === undefined ? {} : { size: canonicalQuantity(String(size)) }),
    })),
    space: (data.space ?? []).map(spaceOf),
    ...(data.service ? { service: serviceOf(name, data.service) } : {}),
    ...(data.access ? { access: accessOf(data.access) } : {}),
    vm: {
      ...(data.vm?.['cpu-cores'] ? { cpuCores: data.vm['cpu-cores'] } : {}),
      ...(data.vm?.memory === undefined ? {} : { memory: canonicalQuantity(String(data.vm.memory)) }),
    },
    chaos: data.chaos ?? false,
    builtIn,
    folder: shown,
  };
}

function folderProblem(folder: string, shown: string): Problem | undefined {
  try {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      return { where: shown, message: 'must be a folder with a catalog entry' };
    accessSync(folder, constants.R_OK | constants.X_OK);
    return linkProblem(folder, shown);
  } catch (error) {
    return unreadable(shown, error);
  }
}

/** A catalog that was cloned could have a link to units of this machine. Your own, where you make entries, may have links to where you keep them. */
function linkProblem(folder: string, shown: string): Problem | undefined {
  const isOwn = dirname(folder) === join(homedir(), USUAL_CATALOG);
  if (isOwn || !lstatSync(folder).isSymbolicLink() || liesIn(dirname(folder), folder)) return undefined;
  return {
    where: shown,
    message: `must not be a link that leaves its catalog, got ${JSON.stringify(readlinkSync(folder))}`,
    hint: `what it leads to; or the link in ~/${USUAL_CATALOG}`,
  };
}

/** What placeholders stand for when nobody gives a value; the names of a Service are known at synth. */
function valuesOf(params: readonly ParamSpec[]): { [key: string]: string } {
  return {
    [SERVICE]: 'virtwork-service',
    [PEER]: 'virtwork-peer',
    ...Object.fromEntries(params.flatMap((param) => [[param.key, param.default]])),
  };
}

function spaceOf({
  share = 100,
  base = 0,
  each = {},
  sizes = [],
  desc = '',
  'only-warn': onlyWarn = false,
  ...rule
}: DeclaredSpace): Space {
  const amounts = Object.entries(each).map(([param, amount]) => [param, String(amount)]);
  return { ...rule, share, base: String(base), each: Object.fromEntries(amounts), sizes, onlyWarn, description: desc };
}

function serviceOf(
  entry: string,
  { name = `virtwork-${entry}`, ports, 'selector-role': selectorRole }: NonNullable<WorkloadFile['service']>,
): Service {
  const names = portNames(ports);
  return {
    name,
    ports: ports.map((port, index) => ({
      name: names[index] as string,
      port: port.port,
      protocol: port.protocol === 'UDP' ? 'UDP' : 'TCP',
    })),
    ...(selectorRole === undefined ? {} : { selectorRole }),
  };
}

function accessOf({
  serial = ACCESS_SERIAL,
  rules = [],
  'cluster-rules': clusterRules = [],
  ...access
}: NonNullable<WorkloadFile['access']>): EntryAccess {
  return { ...access, serial, rules, clusterRules };
}
