import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorObject } from 'ajv';
import type { Problem } from '../errors';
import { documentPath, formatPath, schemaProblems, shapeErrors } from '../schema/schema-errors';
import type { AlertCondition, AlertRule } from '../signals/alert';
import type { GuestReading, Relation, Signal } from '../signals/signal';
import { type DocumentPath, parseYaml, type YamlFile } from '../yaml/yaml-file';
import type { AccessRule, ParamSpec, ResultSpec, Storage, TrialTime } from './entry';
import { readText } from './files/entry-file';
import { HAS_NUL } from './messages/entry';
import { mustBe } from './messages/wording';
import { validate } from './workload-validator';

export const WORKLOAD_FILE = 'workload.yaml';

/** `workload.yaml` as written. Its shape is valid. */
export interface WorkloadFile {
  readonly description?: string;
  readonly packages?: readonly string[] | { readonly [os: string]: readonly string[] };
  readonly params?: readonly DeclaredParam[];
  readonly roles?: readonly { readonly name: string; readonly 'vm-count'?: number }[];
  readonly storage?: readonly DeclaredDisk[];
  readonly service?: {
    readonly name?: string;
    readonly ports: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[];
    readonly 'selector-role'?: string;
  };
  readonly access?: {
    readonly role?: string;
    readonly serial?: string;
    readonly rules?: readonly AccessRule[];
    readonly 'cluster-rules'?: readonly AccessRule[];
  };
  readonly space?: readonly DeclaredSpace[];
  readonly results?: readonly DeclaredResult[];
  readonly trial?: Partial<TrialTime>;
  readonly files?: readonly DeclaredFile[];
  readonly vm?: { readonly count?: number; readonly 'cpu-cores'?: number; readonly memory?: string | number };
  readonly chaos?: boolean;
  readonly idle?: boolean;
  readonly signals?: readonly DeclaredSignal[];
  readonly presets?: { readonly [name: string]: { readonly [param: string]: unknown } };
  readonly alerts?: readonly DeclaredAlert[];
}

export interface DeclaredAlert extends Pick<AlertRule, 'name' | 'severity'> {
  readonly after?: string;
  readonly when?: { readonly [param: string]: Omit<AlertCondition, 'values'> & { readonly values?: readonly unknown[] } };
  readonly why?: string;
  readonly others?: boolean;
}

/** Only `name` is always required, see the rules of check-signals.ts. */
export interface DeclaredSignal
  extends Pick<Signal, 'name'>,
    Partial<Pick<Signal, 'role' | 'desc' | 'outside' | 'unit' | 'floor' | 'hides' | 'full'>> {
  readonly guest?: Pick<GuestReading, 'metric'> & Partial<GuestReading>;
  readonly relation?: Partial<Relation>;
  readonly window?: string;
}

export interface DeclaredDisk extends Omit<Storage, 'size' | 'raw'> {
  readonly size?: string | number;
  readonly raw?: boolean;
}

export interface DeclaredSpace {
  readonly on: string;
  readonly role?: string;
  readonly share?: number;
  readonly base?: string | number;
  readonly each?: { readonly [param: string]: string | number };
  readonly times?: string;
  readonly sizes?: readonly string[];
  readonly 'only-warn'?: boolean;
  readonly desc?: string;
}

/** Mode and owner of a file in the guest, which its name and content do not say. */
export interface DeclaredFile {
  readonly path: string;
  readonly mode?: string;
  readonly owner?: string;
  readonly role?: string;
}

export interface DeclaredParam
  extends Omit<ParamSpec, 'type' | 'default' | 'description' | 'enum' | 'notBelow' | 'needs' | 'needsMinimum'> {
  readonly type?: ParamSpec['type'];
  readonly default?: unknown;
  readonly desc?: string;
  readonly enum?: readonly unknown[];
  readonly 'not-below'?: string;
  readonly needs?: { readonly [key: string]: readonly unknown[] };
  readonly 'needs-minimum'?: { readonly [key: string]: number };
}

export interface DeclaredResult extends Omit<ResultSpec, 'needs' | 'unless'> {
  readonly needs?: DeclaredParam['needs'];
  readonly unless?: DeclaredParam['needs'];
}

/** workload.yaml after its shape was checked: the part that rules can be checked against. */
export interface CheckedWorkloadFile {
  readonly file: YamlFile;
  /** Without what has the wrong shape. A wrong item of a list leaves a hole, so that the others keep their index. */
  readonly data: WorkloadFile;
  /** The keys that miss something for this reason: rules must not conclude anything from what is missing. */
  readonly incomplete: ReadonlySet<string>;
}

/**
 * Reads `workload.yaml` of an entry. An entry without the file has an empty one.
 * @param problems gets what is wrong with its text and its shape
 */
export function readWorkloadFile(folder: string, shown: string, problems: Problem[]): CheckedWorkloadFile {
  const name = join(shown, WORKLOAD_FILE);
  const path = join(folder, WORKLOAD_FILE);
  const text = lstatSync(path, { throwIfNoEntry: false }) ? readText(folder, path, name, problems) : '';
  const file = parseYaml(name, text ?? '');
  if (!('data' in file)) problems.push(file);
  if (text === undefined || !('data' in file))
    return { file: { name, data: {}, written: () => undefined, locate: () => name }, data: {}, incomplete: ALL_KEYS };
  const errors = shapeErrors(file, validate).filter((error) => error.keyword !== 'if');
  problems.push(...schemaProblems(file, errors));
  const sound = soundPart(file.data, errors);
  problems.push(...nulTexts(file, sound.data));
  return { file, ...sound };
}

/** Descriptions that got a NUL from YAML's `\0`. The rules of all other strings do not allow it. */
function nulTexts(file: YamlFile, { description, params = [], space = [] }: WorkloadFile): Problem[] {
  // Unlike map, flatMap skips the holes that wrong items leave.
  const texts: readonly (readonly [DocumentPath, unknown])[] = [
    [['description'], description],
    ...params.flatMap((param, index) => [[['params', index, 'desc'], param.desc] as const]),
    ...space.flatMap((each, index) => [[['space', index, 'desc'], each.desc] as const]),
  ];
  return texts
    .filter(([, text]) => String(text).includes('\0'))
    .map(([path, text]) => ({ where: file.locate(path), message: mustBe(formatPath(path), HAS_NUL, text) }));
}

const ALL_KEYS: ReadonlySet<string> = new Set(['params', 'roles', 'service']);

/** The part of a document that has the right shape. Unknown keys do not make the rest unusable. */
function soundPart(data: unknown, errors: readonly ErrorObject[]): Pick<CheckedWorkloadFile, 'data' | 'incomplete'> {
  const paths = errors.filter(({ keyword }) => keyword !== 'additionalProperties').map((error) => documentPath(error.instancePath, data));
  if (paths.length === 0) return { data: data as WorkloadFile, incomplete: new Set() };
  if (paths.some((path) => path.length === 0)) return { data: {}, incomplete: ALL_KEYS };
  const sound = structuredClone(data) as { [key: string]: unknown };
  const incomplete = new Set(paths.filter((path) => dropped(sound, path)).map(([key]) => String(key)));
  return { data: incomplete.has('roles') ? { ...sound, roles: mentionedRoles(sound) } : sound, incomplete };
}

/** What is kept of a wrong item of a list: the rest of the file may refer to it by its name. */
const NAME: { readonly [key: string]: string } = { roles: 'name', params: 'key' };

/**
 * Removes the item of a list that the path leads into; without a list, the value of the first key.
 * @returns whether something is missing now
 */
function dropped(data: { [key: string]: unknown }, path: DocumentPath): boolean {
  const [key = ''] = path;
  const depth = path.findIndex((step) => typeof step === 'number');
  const list = depth < 0 ? undefined : path.slice(0, depth).reduce<unknown>((value, step) => (value as typeof data)?.[step], data);
  if (!Array.isArray(list)) return Reflect.deleteProperty(data, key);
  const index = path[depth] as number;
  const name = depth === 1 ? NAME[key] : undefined;
  const known = name === undefined ? undefined : (list[index] as typeof data | null)?.[name];
  if (typeof known !== 'string') return Reflect.deleteProperty(list, index);
  list[index] = { [name as string]: known };
  return false;
}

/** Roles that are named elsewhere, in place of a list of roles that cannot be read. */
function mentionedRoles({ roles = [], storage = [], service, access }: WorkloadFile): WorkloadFile['roles'] {
  const names = [...roles.map((role) => role.name), ...storage.map((each) => each.role), service?.['selector-role'], access?.role];
  const unique = [...new Set(names.filter((name) => name !== undefined))];
  return unique.length > 0 ? unique.map((name) => ({ name })) : undefined;
}
