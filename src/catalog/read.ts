import { accessSync, constants, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Problem } from '../errors';
import { liesIn } from '../files/real-path';
import { checkEntry } from './checks/check-entry';
import { checkPresets } from './checks/check-presets';
import { checkSystemPaths } from './checks/check-system-paths';
import { checkTrial } from './checks/check-trial';
import { checkUses, paramsOf } from './checks/check-uses';
import { completeEntry } from './complete-entry';
import {
  allUnits,
  type Entry,
  type EntryRole,
  type GuestFile,
  type ParamSpec,
  type ResultSpec,
  SINGLE_ROLE,
  type TrialUnits,
  type Unit,
} from './entry';
import { type EntryFolder, ROLE_FOLDER } from './entry-folder';
import { tooMuch } from './files/bounds';
import { readText, unreadable } from './files/entry-file';
import { checkModes, withModes } from './files/file-modes';
import { mergeFiles, readFiles } from './files/guest-files';
import { isLeftover } from './files/leftovers';
import { strayFiles } from './files/stray';
import { linkOutOfCatalog, NOT_AN_ENTRY } from './messages/entry';
import { isUnread, PEER, placeholders, SERVICE } from './params/placeholders';
import { neededValues, readParams } from './params/read-params';
import { type Problems, report } from './problems';
import { knownEntry } from './shipped/known-entry';
import { type TrialFiles, trialFiles } from './units/trial-files';
import { triggeredUnit } from './units/triggers';
import { UNIT_TYPE, unitName, unitRole } from './units/unit-name';
import { type CheckedWorkloadFile, readWorkloadFile } from './workload-file';

/** In the home directory, where entries are by default. */
const USUAL_CATALOG = '.virtwork/catalog';

/**
 * Reads an entry strictly.
 * @param folder path of the entry
 * @param shown path as the user knows it, for messages
 * @param builtIn it is one of virtwork's own, whose units were checked before they shipped
 * @param findings gets every problem and warning
 * @returns undefined if the entry has a problem
 */
export function readEntry(folder: string, shown: string, builtIn: boolean, findings: Problems): Entry | undefined {
  const problem = folderProblem(folder, shown);
  const known = builtIn && !problem ? knownEntry(folder, shown) : undefined;
  if (known) return known;
  const found: Problems = { problems: problem ? [problem] : [], warnings: [] };
  const entry = problem ? undefined : readFolder(entryFolder(folder, shown), builtIn, found);
  report(findings, found);
  return found.problems.length > 0 ? undefined : entry;
}

function entryFolder(folder: string, shown: string): EntryFolder {
  const listed = readdirSync(folder)
    .filter((each) => !isLeftover(each))
    .sort();
  const unitFiles = listed.filter((each) => UNIT_TYPE.test(each));
  const roleFolders = listed.filter((each) => each.startsWith(ROLE_FOLDER));
  return { name: basename(folder), folder, shown, listed, unitFiles, roleFolders };
}

/** @returns an entry that is only complete if there is no problem */
function readFolder(from: EntryFolder, builtIn: boolean, findings: Problems): Entry | undefined {
  const { problems, warnings } = findings;
  const much = tooMuch(from);
  if (much) {
    problems.push(much);
    return undefined;
  }
  const workloadFile = readWorkloadFile(from.folder, from.shown, problems);
  problems.push(...checkEntry({ ...workloadFile, ...from }));
  const params = readParams(workloadFile, builtIn, problems);
  problems.push(...checkTrial({ ...workloadFile, ...from }, params));
  problems.push(...checkPresets({ ...workloadFile, ...from }, params));
  const roles = readRoles(from, workloadFile, findings);
  problems.push(...checkModes(workloadFile, roles));
  warnings.push(
    ...strayFiles(
      from,
      roles.map(({ name }) => name),
    ),
  );
  const unread = problems.some(isUnread);
  const [units, files] = [roles.flatMap((role) => role.units), roles.flatMap((role) => role.files)];
  const trialUnits = roles.flatMap((role) => allUnits(role).slice(role.units.length));
  report(findings, checkUses({ workloadFile, unread, units, trialUnits, files, params }));
  const complete = withModes(workloadFile, roles);
  if (!builtIn) report(findings, checkStrangers(from.name, complete, workloadFile, params));
  if (problems.length > 0) return undefined;
  const ofTrials = paramsOf([...trialUnits, ...files.filter(({ forTrial }) => forTrial)]);
  const ofOthers = paramsOf([...units, ...files.filter(({ forTrial }) => !forTrial)]);
  const marked = params.map((param): ParamSpec => (ofTrials(param.key) && !ofOthers(param.key) ? { ...param, forTrial: true } : param));
  const results = readResults(workloadFile);
  return completeEntry({ name: from.name, builtIn, folder: from.shown, params: marked, results, roles: complete }, workloadFile.data);
}

/** What trials leave, with the values of params in the form that the guest gets. */
function readResults({ file, data }: CheckedWorkloadFile): ResultSpec[] {
  return (data.results ?? []).map(({ needs, unless, ...result }, index) => {
    const values = (key: 'needs' | 'unless', stated: typeof needs) =>
      stated ? { [key]: neededValues(file, data.params ?? [], stated, ['results', index, key]) } : {};
    return { ...result, ...values('needs', needs), ...values('unless', unless) };
  });
}

/** What is only checked of entries that do not ship with virtwork. */
function checkStrangers(
  name: string,
  roles: readonly EntryRole[],
  workloadFile: CheckedWorkloadFile,
  params: readonly ParamSpec[],
): Problems {
  const { checkUnits } = require('./units/check-units') as typeof import('./units/check-units');
  const found: Problems = { problems: [], warnings: [] };
  report(found, checkSystemPaths(roles));
  report(found, checkUnits({ name, roles, workloadFile }, valuesOf(params)));
  return found;
}

/** What placeholders stand for by default; the names of a Service are known at synth. */
function valuesOf(params: readonly ParamSpec[]): { [key: string]: string } {
  return {
    [SERVICE]: 'virtwork-service',
    [PEER]: 'virtwork-peer',
    ...Object.fromEntries(params.flatMap((param) => [[param.key, param.default]])),
  };
}

function readRoles(from: EntryFolder, workloadFile: CheckedWorkloadFile, findings: Problems): EntryRole[] {
  const { data, incomplete } = workloadFile;
  const { folder, shown, roleFolders } = from;
  const names = [
    ...(data.roles?.map((role) => role.name) ?? [SINGLE_ROLE]),
    ...(incomplete.has('roles') ? roleFolders.map((each) => each.slice(ROLE_FOLDER.length)) : []),
  ];
  const units = readUnits(from, data.roles !== undefined, findings.problems);
  const shared = readFiles(folder, 'files', shown, findings);
  return names.map((name): EntryRole => {
    const vmCount = data.roles ? data.roles.find((each) => each?.name === name)?.['vm-count'] : data.vm?.count;
    const filesIn = (each: string) => (roleFolders.includes(each) ? readFiles(folder, each, shown, findings) : []);
    const ofRole = units.filter(({ file }) => !data.roles || unitRole(file, names) === name);
    const ofTrial = trialFiles(name, data.roles !== undefined);
    const hasTrial = ofRole.some(({ file }) => file === ofTrial.trial);
    const forTrial = hasTrial ? filesIn(ofTrial.folder).map((file): GuestFile => ({ ...file, forTrial: true })) : [];
    return {
      name,
      ...(vmCount ? { vmCount } : {}),
      ...withTrial(ofRole, ofTrial),
      files: mergeFiles(shared, [...filesIn(ROLE_FOLDER + name), ...forTrial], findings.problems),
    };
  });
}

interface UnitOfFile {
  readonly file: string;
  readonly unit: Unit;
}

/** The units of a role, those of its trial apart. */
function withTrial(units: readonly UnitOfFile[], files: TrialFiles): Pick<EntryRole, 'units' | 'trial'> {
  const unitOf = (name: string) => units.find(({ file }) => file === name)?.unit;
  const [unit, prepare, main] = [unitOf(files.trial), unitOf(files.prepare), unitOf(files.main)];
  if (!unit) return { units: units.map((each) => each.unit) };
  const trial: TrialUnits = { unit, ...(prepare ? { prepare } : {}), ...(main ? { main: main.name } : {}) };
  return { units: units.map((each) => each.unit).filter((each) => each !== unit && each !== prepare), trial };
}

/** The units of all roles, each with the name of its file. */
function readUnits({ name, folder, shown, unitFiles }: EntryFolder, multiRole: boolean, problems: Problem[]): UnitOfFile[] {
  const { trial, prepare } = trialFiles(SINGLE_ROLE, false);
  const words = unitFiles.includes(trial) ? [trial, prepare] : [];
  return unitFiles.flatMap((file) => {
    const source = join(shown, file);
    const text = readText(folder, join(folder, file), source, problems);
    if (text === undefined) return [];
    const guestName = unitName(name, file, multiRole || words.includes(file));
    const triggers = triggeredUnit(guestName, text);
    const unit: Unit = {
      name: guestName,
      text,
      source,
      placeholders: placeholders(source, text, 'systemd', problems),
      ...(triggers === undefined ? {} : { triggers }),
    };
    return [{ file, unit }];
  });
}

function folderProblem(folder: string, shown: string): Problem | undefined {
  try {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return { where: shown, message: NOT_AN_ENTRY };
    accessSync(folder, constants.R_OK | constants.X_OK);
    return linkProblem(folder, shown);
  } catch (error) {
    return unreadable(shown, error);
  }
}

/**
 * A catalog that was cloned could have a link to units of this machine. The user's own catalog may have links to where
 * the user keeps entries.
 */
function linkProblem(folder: string, shown: string): Problem | undefined {
  const isOwn = dirname(folder) === join(homedir(), USUAL_CATALOG);
  if (isOwn || !lstatSync(folder).isSymbolicLink() || liesIn(dirname(folder), folder)) return undefined;
  return { where: shown, ...linkOutOfCatalog(readlinkSync(folder), `~/${USUAL_CATALOG}`) };
}
