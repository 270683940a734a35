import { lstatSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Problem } from '../errors';
import { readBounded } from '../files/bounded-file';
import { liesIn } from '../files/real-path';
import { shownPath } from '../files/shown-path';
import { textOf } from '../files/text-file';
import { formatPath, schemaProblems, shapeErrors } from '../schema/schema-errors';
import { layered, withoutRemovals } from '../yaml/layered-file';
import { replace } from '../yaml/written-yaml';
import { type DocumentPath, parseYaml, type YamlFile } from '../yaml/yaml-file';
import { validate } from './config-validator';
import { fromFolder, type Kind } from './kinds';
import {
  extendsItself,
  extendsOutside,
  holdsKey,
  LIST_OF_WORKLOADS,
  linkOutside,
  NO_VALUE,
  NOTHING_REMOVED,
  noBase,
  notRegular,
  STANDARD_INPUT,
  tooManyExtended,
  unreadable,
} from './messages';
import { hintFor } from './other-names';
import { present } from './present';
import { type OptionKey, TABLE } from './table';
import { type GivenParam, type RawParam, SETTINGS, settingSpec } from './workload-settings';

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
  /** The files that it consists of, each alone, if there are several. Those of later ones override those of earlier ones. */
  readonly layers?: readonly ConfigFile[];
  /** The user did not name the file: it was found in the working directory, where it may have come from someone else. */
  readonly isFound?: true;
  /** Position and name of a value, for messages: `virtwork.yaml:3:5: workloads.cpu.vm_count`. */
  place(path: DocumentPath): string;
}

const NO_FILE: ConfigFile = { values: {}, workloads: new Map(), folder: '.', place: formatPath };

/**
 * Reads the configuration files, with those that they extend.
 * @param named paths; `-` is standard input. Later files override earlier ones. @default `virtwork.yaml` in the working directory, if it exists
 */
export function readConfigFile(named: string | readonly string[] | undefined, cwd: string, problems: Problem[]): ConfigFile {
  if (named === undefined) return readFound(cwd, problems);
  const names = [named].flat();
  if (names.indexOf(STDIN) !== names.lastIndexOf(STDIN)) {
    problems.push({ where: FLAG, message: STANDARD_INPUT.twice });
    return NO_FILE;
  }
  const layers = [...new Set(names)].flatMap((name) => {
    const text = name === STDIN ? readInput(problems) : readNamed(name, resolve(cwd, name), problems);
    if (text === undefined) return [];
    const path = name === STDIN ? join(cwd, INPUT) : resolve(cwd, name);
    return layersOf({ name: name === STDIN ? INPUT : name, path, text }, { cwd, problems, open: [] });
  });
  return combined(layers, problems);
}

const STDIN = '-';
const FLAG = 'flag --config';
const INPUT = 'standard input';
/** Maximum number of files of which each extends the next. */
const MOST_EXTENDED = 20;

/** One of the files of a configuration. */
export interface Layer {
  readonly file: YamlFile;
  readonly path: string;
  readonly folder: string;
}

export interface Source {
  /** For messages. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

export interface Reading {
  readonly cwd: string;
  readonly problems: Problem[];
  /** Paths of the files that are being read, of which each extends the next. */
  readonly open: readonly string[];
  readonly isFound?: true;
  /** The path of a file that is known by a name, or what is wrong with the name; undefined for a path. @default there are only paths */
  readonly byName?: (base: string) => { readonly path: string } | Omit<Problem, 'where'> | undefined;
}

/** The files that a file extends, and then the file itself. */
export function layersOf({ name, path, text }: Source, reading: Reading): Layer[] {
  const file = parse(name, text, reading.problems);
  if (file === undefined) return [];
  const open = [...reading.open, path];
  const bases = isMap(file.data) ? file.data.extends : undefined;
  const listed = [bases ?? []]
    .flat()
    .map((base, index): Base => [base, file.locate(Array.isArray(bases) ? ['extends', index] : ['extends'])]);
  const folder = dirname(path);
  return [...listed.flatMap((base) => extended(base, folder, { ...reading, open })), { file, path, folder }];
}

/** A file that another one extends, and where it says so. */
type Base = readonly [path: unknown, place: string];

function extended([base, place]: Base, folder: string, reading: Reading): Layer[] {
  const { cwd, problems } = reading;
  const where = `${place}: extends`;
  const named = typeof base === 'string' ? reading.byName?.(base) : undefined;
  const path = named && 'path' in named ? named.path : resolve(folder, String(base));
  const nameless = typeof base === 'string' && base !== '' ? wrongBase(base, path, reading) : noBase(base);
  const wrong = named && 'message' in named ? named : nameless;
  if (wrong) {
    problems.push({ where, ...wrong });
    return [];
  }
  const name = shownPath(path, cwd);
  const text = readNamed(name, path, problems, where);
  return text === undefined ? [] : layersOf({ name, path, text }, reading);
}

function wrongBase(base: string, path: string, { cwd, open, isFound }: Reading): Omit<Problem, 'where'> | undefined {
  if (open.includes(path)) return extendsItself(base);
  if (open.length >= MOST_EXTENDED) return tooManyExtended(MOST_EXTENDED);
  return isFound && !liesIn(cwd, path) ? extendsOutside(base, CONFIG_FILE) : undefined;
}

function combined(layers: readonly Layer[], problems: Problem[]): ConfigFile {
  const last = layers.at(-1);
  if (last === undefined) return NO_FILE;
  if (layers.length === 1) return check(last.file, last.folder, problems);
  for (const { file, folder } of layers) absolutePaths(file.data, folder);
  // Each file is checked alone too, so that a wrong value does not wait for the day on which no other file overrides it.
  const alone = layers.map(({ file, folder }, index) => check(index === 0 ? file : withoutRemovals(file), folder, problems));
  const idle: DocumentPath[] = [];
  const file = layered(
    layers.map((layer) => layer.file),
    idle,
  );
  problems.push(...idle.map((path) => ({ where: placeIn(file, path), ...NOTHING_REMOVED })));
  return { ...check(file, last.folder, problems), layers: alone };
}

/** Makes the relative paths of a configuration absolute: they start at the folder of their own file. */
export function absolutePaths(data: unknown, folder: string): void {
  if (!isMap(data)) return;
  const inPlace = (map: YamlMap, kindOf: (key: string) => Kind | undefined) => {
    for (const [key, value] of Object.entries(map)) {
      const kind = kindOf(key);
      if (kind?.isPath) replace(map, key, fromFolder(kind, value, folder));
    }
  };
  inPlace(data, (key) => (Object.hasOwn(TABLE, key) ? TABLE[key as OptionKey].kind : undefined));
  for (const settings of Object.values(isMap(data.workloads) ? data.workloads : {})) {
    if (isMap(settings)) inPlace(settings, (key) => settingSpec(key)?.kind);
  }
}

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
  if (text === undefined) return NO_FILE;
  const found = combined(layersOf({ name: CONFIG_FILE, path, text }, { cwd, problems, open: [], isFound: true }), problems);
  return { ...found, isFound: true };
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

/** @param name of the file, for messages */
export function readNamed(name: string, path: string, problems: Problem[], where = FLAG): string | undefined {
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

function parse(name: string, text: string, problems: Problem[]): YamlFile | undefined {
  // A message about wrong YAML would quote the first line of a private key.
  if (/^\s*(-----BEGIN|PuTTY-User-Key-File)/.test(text)) {
    problems.push({ where: FLAG, message: holdsKey(name) });
    return undefined;
  }
  const file = parseYaml(name, text);
  if ('data' in file) return file;
  problems.push(file);
  return undefined;
}

/**
 * Checks the shape of a configuration.
 * @param folder start of relative paths
 */
export function check(file: YamlFile, folder: string, problems: Problem[]): ConfigFile {
  // The kind of an option reports wrong values, in the same words for every source.
  const isReportedElsewhere = (path: DocumentPath) => path.length > 0 && (isOption(path) || isListOfWorkloads(file, path));
  problems.push(...schemaProblems(file, shapeErrors(file, validate), isReportedElsewhere, hintFor));
  if (!isMap(file.data)) return NO_FILE;
  if (Array.isArray(file.data.workloads)) problems.push({ where: file.locate(['workloads']), ...LIST_OF_WORKLOADS });
  const { workloads, extends: _, ...values } = file.data;
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
