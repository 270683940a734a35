import { lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Problem } from '../errors';
import { readBounded } from '../files/bounded-file';
import { liesIn } from '../files/real-path';
import { textOf } from '../files/text-file';
import { formatPath, schemaProblems, shapeErrors } from '../schema/schema-errors';
import { type DocumentPath, parseYaml, type YamlFile } from '../yaml/yaml-file';
import { validate } from './config-validator';
import { holdsKey, LIST_OF_WORKLOADS, linkOutside, NO_VALUE, notRegular, STANDARD_INPUT, unreadable } from './messages';
import { hintFor } from './other-names';
import { present } from './present';
import { TABLE } from './table';
import { type GivenParam, type RawParam, SETTINGS } from './workload-settings';

export const CONFIG_FILE = 'virtwork.yaml';

/** One workload of the file, read but not yet folded. */
export interface FileWorkload {
  readonly settings: { readonly [key: string]: unknown };
  readonly params: { readonly [key: string]: GivenParam };
  /** In the order of the file. Absent: the file states none. */
  readonly trials?: readonly FileTrial[];
}

/** A trial of the file. Its name is not checked yet. */
export interface FileTrial {
  readonly name: string;
  readonly params: { readonly [key: string]: GivenParam };
}

export interface ConfigFile {
  /** Values by option key, as they are in the file. */
  readonly values: { readonly [key: string]: unknown };
  /** In the order of the file. */
  readonly workloads: ReadonlyMap<string, FileWorkload>;
  /** Start of relative paths in the file. */
  readonly folder: string;
  /** The user did not name the file: it was found in the working directory, where it may have come from someone else. */
  readonly isFound?: true;
  /** Position and name of a value, for messages: `virtwork.yaml:3:5: workloads.cpu.vm_count`. */
  place(path: DocumentPath): string;
}

const NO_FILE: ConfigFile = { values: {}, workloads: new Map(), folder: '.', place: formatPath };

/**
 * Reads the configuration file.
 * @param named path; `-` is standard input. @default `virtwork.yaml` in the working directory, if it exists
 */
export function readConfigFile(named: string | undefined, cwd: string, problems: Problem[]): ConfigFile {
  if (named === undefined) return readFound(cwd, problems);
  const text = named === '-' ? readInput(problems) : readNamed(named, resolve(cwd, named), problems);
  if (text === undefined) return NO_FILE;
  return parse(named === '-' ? INPUT : named, text, named === '-' ? cwd : dirname(resolve(cwd, named)), problems);
}

const FLAG = 'flag --config';
const INPUT = 'standard input';

/** The file in the working directory that the user did not name. */
function readFound(cwd: string, problems: Problem[]): ConfigFile {
  const path = resolve(cwd, CONFIG_FILE);
  // A link to a missing file is reported too, so existsSync does not do.
  if (!lstatSync(path, { throwIfNoEntry: false })) return NO_FILE;
  if (!liesIn(cwd, path)) {
    problems.push({ where: CONFIG_FILE, ...linkOutside(CONFIG_FILE) });
    return NO_FILE;
  }
  const text = readNamed(CONFIG_FILE, path, problems, CONFIG_FILE);
  return text === undefined ? NO_FILE : { ...parse(CONFIG_FILE, text, cwd, problems), isFound: true };
}

function readInput(problems: Problem[]): string | undefined {
  try {
    const bytes = readBounded(0);
    const text = typeof bytes === 'string' ? undefined : decoded(INPUT, bytes, problems);
    if (typeof bytes === 'string') problems.push({ where: FLAG, message: STANDARD_INPUT.tooLarge });
    else if (text?.trim() === '') problems.push({ where: FLAG, message: STANDARD_INPUT.empty });
    else return text;
  } catch (error) {
    problems.push({ where: FLAG, message: STANDARD_INPUT.unreadable((error as NodeJS.ErrnoException).code) });
  }
  return undefined;
}

function readNamed(name: string, path: string, problems: Problem[], where = FLAG): string | undefined {
  try {
    const bytes = readBounded(path);
    if (typeof bytes !== 'string') return decoded(name, bytes, problems);
    problems.push({ where, message: notRegular(name, bytes) });
  } catch (error) {
    problems.push({ where, message: unreadable(name, (error as NodeJS.ErrnoException).code) });
  }
  return undefined;
}

function decoded(name: string, bytes: Buffer, problems: Problem[]): string | undefined {
  const read = textOf(name, withoutMark(bytes));
  if ('text' in read) return read.text;
  problems.push(read);
  return undefined;
}

/** YAML allows a byte order mark, and CRLF, which some editors write. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(Buffer.from('\ufeff')) ? bytes.subarray(3) : bytes;
}

function parse(name: string, text: string, folder: string, problems: Problem[]): ConfigFile {
  // A message about wrong YAML would quote the first line of a private key.
  if (/^\s*(-----BEGIN|PuTTY-User-Key-File)/.test(text)) {
    problems.push({ where: FLAG, message: holdsKey(name) });
    return NO_FILE;
  }
  const file = parseYaml(name, text);
  if ('data' in file) return check(file, folder, problems);
  problems.push(file);
  return NO_FILE;
}

function check(file: YamlFile, folder: string, problems: Problem[]): ConfigFile {
  // The kind of an option reports wrong values, in the same words for every source.
  const isReportedElsewhere = (path: DocumentPath) => path.length > 0 && (isOption(path) || isListOfWorkloads(file, path));
  problems.push(...schemaProblems(file, shapeErrors(file, validate), isReportedElsewhere, hintFor));
  if (!isMap(file.data)) return NO_FILE;
  if (Array.isArray(file.data.workloads)) problems.push({ where: file.locate(['workloads']), ...LIST_OF_WORKLOADS });
  const { workloads, ...values } = file.data;
  return {
    values: withValues(file, [], values, problems),
    workloads: readWorkloads(file, workloads, problems),
    folder,
    place: (path) => placeIn(file, path),
  };
}

function isListOfWorkloads({ data }: YamlFile, path: DocumentPath): boolean {
  return path.length === 1 && path[0] === 'workloads' && Array.isArray((data as { workloads?: unknown }).workloads);
}

function isOption(path: DocumentPath): boolean {
  const [first, , third] = path;
  if (first === 'workloads') return third !== undefined && Object.hasOwn(SETTINGS, third);
  return first !== undefined && Object.hasOwn(TABLE, first);
}

/**
 * The map without its keys that have no value. These are problems: `ssh_password: #x` is a key with a comment, and would otherwise
 * silently mean no password.
 */
function withValues(file: YamlFile, inside: DocumentPath, map: YamlMap, problems: Problem[]): YamlMap {
  return Object.fromEntries(
    Object.entries(map).filter(([key, value]) => {
      const path = [...inside, key];
      if (value === null && isOption(path)) problems.push({ where: placeIn(file, path), ...NO_VALUE });
      return value !== null;
    }),
  );
}

function readWorkloads(file: YamlFile, workloads: unknown, problems: Problem[]): Map<string, FileWorkload> {
  const read = new Map<string, FileWorkload>();
  for (const [name, body] of Object.entries(isMap(workloads) ? workloads : {})) {
    const path = ['workloads', name];
    const { params, trials, ...settings } = isMap(body) ? body : { params: undefined, trials: undefined };
    read.set(name, {
      settings: withValues(file, path, settings, problems),
      params: readParams(file, [...path, 'params'], params, problems),
      ...present('trials', readTrials(file, [...path, 'trials'], trials, problems)),
    });
  }
  return read;
}

function readTrials(file: YamlFile, path: DocumentPath, trials: unknown, problems: Problem[]): FileTrial[] | undefined {
  if (!isMap(trials)) return undefined;
  return Object.entries(trials).map(([name, params]) => ({ name, params: readParams(file, [...path, name], params, problems) }));
}

function readParams(file: YamlFile, path: DocumentPath, params: unknown, problems: Problem[]): FileWorkload['params'] {
  // Without a prototype, so that no param name has a meaning of its own.
  const read: { [key: string]: GivenParam } = Object.create(null);
  for (const [key, raw] of Object.entries(isMap(params) ? params : {})) {
    const at = [...path, key];
    if (raw === null || raw === undefined) problems.push({ where: placeIn(file, at), ...NO_VALUE });
    else read[key] = { raw: raw as RawParam, written: file.written(at), origin: 'file', source: () => file.locate(at) };
  }
  return read;
}

function placeIn(file: YamlFile, path: DocumentPath): string {
  return `${file.locate(path)}: ${formatPath(path)}`;
}

type YamlMap = { readonly [key: string]: unknown };

function isMap(value: unknown): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
