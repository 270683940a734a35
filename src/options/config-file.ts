import { lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Problem } from '../errors';
import { readBounded } from '../files/bounded-file';
import { liesIn } from '../files/real-path';
import { textOf } from '../files/text-file';
import { formatPath, schemaProblems, shapeErrors } from '../schema/schema-errors';
import { show } from '../text/show';
import { type DocumentPath, parseYaml, type YamlFile } from '../yaml/yaml-file';
import { validate } from './config-validator';
import { keyFor } from './other-names';
import { TABLE } from './table';
import { type GivenParam, type RawParam, SETTINGS } from './workload-settings';

export const CONFIG_FILE = 'virtwork.yaml';

/** One workload's part of the file, read but not yet folded. */
export interface FileWorkload {
  readonly settings: { readonly [key: string]: unknown };
  readonly params: { readonly [key: string]: GivenParam };
}

export interface ConfigFile {
  /** Values by option key, as they stand in the file. */
  readonly values: { readonly [key: string]: unknown };
  /** In the order of the file. */
  readonly workloads: ReadonlyMap<string, FileWorkload>;
  /** Where relative paths of the file start. */
  readonly folder: string;
  /** Nobody named the file: it lay in the working directory, where others may have put it. */
  readonly isFound?: true;
  /** Position and name of a value, for error texts: `virtwork.yaml:3:5: workloads.cpu.vm_count`. */
  place(path: DocumentPath): string;
}

const NO_FILE: ConfigFile = { values: {}, workloads: new Map(), folder: '.', place: formatPath };

/**
 * Reads the configuration file: the named one (`-` is standard input), else `virtwork.yaml` in the working
 * directory if present.
 */
export function readConfigFile(named: string | undefined, cwd: string, problems: Problem[]): ConfigFile {
  const name = named ?? CONFIG_FILE;
  const path = name === '-' ? 0 : resolve(cwd, name);
  // A link that leads nowhere is there, and has to be told.
  if (named === undefined && !lstatSync(resolve(cwd, name), { throwIfNoEntry: false })) return NO_FILE;
  if (named === undefined && !liesIn(cwd, resolve(cwd, name))) {
    const message = 'must not be a link that leaves this folder: what it leads to would be quoted in messages';
    problems.push({ where: CONFIG_FILE, message, hint: `--config ${CONFIG_FILE}, if you trust it` });
    return NO_FILE;
  }
  const text = readText(path, named === undefined ? CONFIG_FILE : 'flag --config', name, problems);
  if (text === undefined) return NO_FILE;
  const problem = notConfiguration(name, text);
  if (problem !== undefined) {
    problems.push({ where: 'flag --config', message: problem });
    return NO_FILE;
  }
  const file = parseYaml(name === '-' ? 'standard input' : name, text);
  if (!('data' in file)) {
    problems.push(file);
    return NO_FILE;
  }
  return { ...check(file, path === 0 ? cwd : dirname(path), problems), ...(named === undefined ? { isFound: true } : {}) };
}

/** Of a private key not even the first line may be shown as wrong YAML. */
function notConfiguration(name: string, text: string): string | undefined {
  if (name === '-' && text.trim() === '') return 'must get a configuration on standard input, got nothing';
  return /^\s*(-----BEGIN|PuTTY-User-Key-File)/.test(text)
    ? `must name a configuration file, got ${show(name)}, which holds a key`
    : undefined;
}

function readText(path: string | 0, where: string, name: string, problems: Problem[]): string | undefined {
  try {
    const bytes = readBounded(path);
    if (typeof bytes === 'string') {
      const message = `must name a regular file of at most 1 MiB, got ${show(name)}, which is ${bytes}`;
      problems.push({
        where,
        message: path === 0 ? `must get at most 1 MiB on standard input, got ${bytes.replace('more than', 'over')}` : message,
      });
      return undefined;
    }
    const read = textOf(path === 0 ? 'standard input' : name, withoutMark(bytes));
    if ('text' in read) return read.text;
    problems.push(read);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    problems.push({ where, message: `must name a file that can be read, got ${show(name)} (${code})` });
    return undefined;
  }
}

/** YAML allows a byte order mark, and CRLF, which some editors write. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(Buffer.from('\ufeff')) ? bytes.subarray(3) : bytes;
}

function check(file: YamlFile, folder: string, problems: Problem[]): ConfigFile {
  // What an option itself requires is told by its kind, in the same words for every source.
  problems.push(
    ...schemaProblems(
      file,
      shapeErrors(file, validate),
      (path) => path.length > 0 && (isOption(path) || isListOfWorkloads(file, path)),
      keyFor,
    ),
  );
  if (!isMap(file.data)) return NO_FILE;
  if (Array.isArray(file.data.workloads)) problems.push(listOfWorkloads(file));
  const { workloads, ...values } = file.data;
  const place = (path: DocumentPath) => placeIn(file, path);
  return { values, workloads: readWorkloads(file, workloads, problems), folder, place };
}

function isListOfWorkloads({ data }: YamlFile, path: DocumentPath): boolean {
  return path.length === 1 && path[0] === 'workloads' && Array.isArray((data as { workloads?: unknown }).workloads);
}

/** The mistake that everybody makes once. */
function listOfWorkloads(file: YamlFile): Problem {
  return {
    where: file.locate(['workloads']),
    message: 'workloads must be a map of names, got a list',
    hint: 'workloads: {cpu: {}, disk: {vm_count: 2}}',
  };
}

function isOption(path: DocumentPath): boolean {
  const [first, , third] = path;
  if (first === 'workloads') return path.length === 3 && third !== undefined && Object.hasOwn(SETTINGS, third);
  return first !== undefined && Object.hasOwn(TABLE, first);
}

function readWorkloads(file: YamlFile, workloads: unknown, problems: Problem[]): Map<string, FileWorkload> {
  const read = new Map<string, FileWorkload>();
  for (const [name, body] of Object.entries(isMap(workloads) ? workloads : {})) {
    const { params, ...settings } = isMap(body) ? body : { params: undefined };
    read.set(name, { settings, params: readParams(file, ['workloads', name, 'params'], params, problems) });
  }
  return read;
}

function readParams(file: YamlFile, path: DocumentPath, params: unknown, problems: Problem[]): FileWorkload['params'] {
  // Without a prototype, so that no name of a param has a meaning of its own.
  const read: { [key: string]: GivenParam } = Object.create(null);
  for (const [key, raw] of Object.entries(isMap(params) ? params : {})) {
    if (raw === null || raw === undefined) problems.push({ where: placeIn(file, [...path, key]), message: 'has no value' });
    else {
      read[key] = {
        raw: raw as RawParam,
        written: file.written([...path, key]),
        origin: 'file',
        source: () => file.locate([...path, key]),
      };
    }
  }
  return read;
}

function placeIn(file: YamlFile, path: DocumentPath): string {
  return `${file.locate(path)}: ${formatPath(path)}`;
}

function isMap(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
