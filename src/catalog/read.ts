import { isUtf8 } from 'node:buffer';
import { type Dirent, existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Problem } from '../errors';
import { canonicalQuantity } from '../quantity';
import { schemaProblems } from '../schema-errors';
import { parseYaml, type YamlFile } from '../yaml-file';
import { checkEntry } from './check';
import { ACCESS_SERIAL } from './check-access';
import { checkParams } from './check-params';
import { checkUses } from './check-uses';
import {
  type Access,
  type AccessRule,
  type Entry,
  type GuestFile,
  type ParamSpec,
  type Role,
  type Service,
  SINGLE_ROLE,
  type Storage,
  type Unit,
} from './entry';
import { placeholders } from './placeholders';
import { unitName, unitRole } from './unit-name';
import { validate } from './workload-validator';

const MANIFEST = 'workload.yaml';
/** What virtwork itself writes into every guest. */
const OWN =
  /^\/etc\/(virtwork\/(workload\.env|access\.env|units|packages|peer-files|disk\/.*)|systemd\/system\/virtwork-[^/]+\.d\/10-virtwork\.conf)$/;
/** Folders whose files are executable in the guest, as everything is that begins with #!. */
const EXECUTABLE = /\/(s?bin|libexec)\//;

/** `workload.yaml` as it stands, its shape already checked. */
export interface Manifest {
  readonly description?: string;
  readonly packages?: readonly string[] | { readonly [os: string]: readonly string[] };
  readonly params?: readonly ManifestParam[];
  readonly roles?: readonly { readonly name: string; readonly 'vm-count'?: number }[];
  readonly storage?: readonly (Omit<Storage, 'size' | 'filesystem'> & {
    readonly size?: string | number;
    readonly filesystem?: Storage['filesystem'];
  })[];
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
  readonly vm?: { readonly count?: number; readonly 'cpu-cores'?: number; readonly memory?: string | number };
  readonly chaos?: boolean;
}

export interface ManifestParam extends Omit<ParamSpec, 'type' | 'default' | 'description' | 'enum' | 'notBelow'> {
  readonly type?: ParamSpec['type'];
  readonly default?: unknown;
  readonly desc?: string;
  readonly enum?: readonly unknown[];
  readonly 'not-below'?: string;
}

/** What is wrong with an entry, and what is only odd. */
export interface Findings {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

/**
 * Reads an entry strictly.
 * @param folder path of the entry
 * @param shown path as the user knows it, for error texts
 * @returns undefined when it has a fault; the findings then say all of them
 */
export function readEntry(folder: string, shown: string, builtIn: boolean, findings: Findings): Entry | undefined {
  const before = findings.problems.length;
  const manifest = readManifest(folder, shown, findings.problems);
  if (!manifest) return undefined;
  const { file, data } = manifest;
  const name = basename(folder);
  const serviceFiles = readdirSync(folder)
    .filter((each) => each.endsWith('.service'))
    .sort();
  checkEntry({ name, folder, shown, file, data, serviceFiles }, findings.problems);
  const params = checkParams(file, data.params ?? [], findings.problems);
  if (findings.problems.length > before) return undefined;

  const roleNames = data.roles?.map((role) => role.name) ?? [SINGLE_ROLE];
  const units = serviceFiles.map((each): Unit & { role: string | undefined } => {
    const source = join(shown, each);
    const text = readUnit(join(folder, each), source, findings.problems);
    return {
      name: unitName(name, each, data.roles !== undefined),
      text,
      source,
      role: unitRole(each, roleNames),
      placeholders: placeholders(source, text, 'systemd', findings.problems),
    };
  });
  const shared = readFiles(`${folder}/files`, `${shown}/files`, findings.problems);
  const roles = roleNames.map((role): Role => {
    const vmCount = data.roles ? data.roles.find((each) => each.name === role)?.['vm-count'] : data.vm?.count;
    return {
      name: role,
      ...(vmCount ? { vmCount } : {}),
      units: units.filter((unit) => !data.roles || unit.role === role).map(({ role: _, ...unit }) => unit),
      files: mergeFiles(shared, readFiles(`${folder}/files.${role}`, `${shown}/files.${role}`, findings.problems), findings.problems),
    };
  });
  const entry: Entry = {
    name,
    description: data.description ?? '',
    packages: Array.isArray(data.packages)
      ? { any: data.packages }
      : { ...(data.packages as { [os: string]: readonly string[] } | undefined) },
    params,
    roles,
    multiRole: data.roles !== undefined,
    storage: (data.storage ?? []).map(({ size, filesystem = 'xfs', ...storage }) => ({
      ...storage,
      filesystem,
      ...(size === undefined ? {} : { size: canonicalQuantity(String(size)) }),
    })),
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
  checkUses(entry, file, findings);
  return findings.problems.length > before ? undefined : entry;
}

function readManifest(folder: string, shown: string, problems: Problem[]): { file: YamlFile; data: Manifest } | undefined {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    problems.push({ where: shown, message: 'must be a folder with a catalog entry' });
    return undefined;
  }
  const path = join(folder, MANIFEST);
  const text = lstatSync(path, { throwIfNoEntry: false }) ? readText(path, join(shown, MANIFEST), problems) : '';
  if (text === undefined) return undefined;
  const file = parseYaml(join(shown, MANIFEST), text);
  if (!('data' in file)) {
    problems.push(file);
    return undefined;
  }
  const errors = validate(file.data).filter((error) => error.keyword !== 'if');
  problems.push(...schemaProblems(file, errors));
  // Beside a key that nobody knows the rest is as the rules expect it, and may have faults of its own.
  return errors.every(({ keyword }) => keyword === 'additionalProperties') ? { file, data: file.data as Manifest } : undefined;
}

function readUnit(path: string, source: string, problems: Problem[]): string {
  const text = readText(path, source, problems);
  if (text !== undefined && !/^ExecStart\s*=\s*\S/m.test(text))
    problems.push({ where: source, message: 'has no ExecStart=, so it would start nothing' });
  return text ?? '';
}

function readText(path: string, source: string, problems: Problem[]): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(unreadable(source, error));
    return undefined;
  }
}

function unreadable(source: string, error: unknown): Problem {
  return { where: source, message: `cannot be read (${(error as NodeJS.ErrnoException).code})` };
}

/** Every file below a folder of guest paths, sorted by path. */
export function readFiles(folder: string, source: string, problems: Problem[], path = ''): GuestFile[] {
  return filesIn(folder, source, problems).flatMap((each) => {
    const [below, from, to] = [`${folder}/${each.name}`, `${source}/${each.name}`, `${path}/${each.name}`];
    if (each.isDirectory()) return readFiles(below, from, problems, to);
    // Reading a pipe would wait for ever.
    if (!each.isFile() && statSync(below, { throwIfNoEntry: false })?.isFile() === false) {
      problems.push({ where: from, message: 'must be a file or a folder' });
      return [];
    }
    return readFile(below, from, to, problems) ?? [];
  });
}

function filesIn(folder: string, source: string, problems: Problem[]): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (lstatSync(folder, { throwIfNoEntry: false })) problems.push(unreadable(source, error));
    return [];
  }
}

/** @returns undefined for a file that cannot be read */
function readFile(file: string, source: string, guestPath: string, problems: Problem[]): GuestFile | undefined {
  const path = guestPath.replace(/\.hbs$/, '');
  if (path.endsWith('/')) {
    problems.push({ where: source, message: 'needs a name before .hbs' });
    return undefined;
  }
  try {
    const bytes = readFileSync(file);
    const content = isUtf8(bytes) ? bytes.toString('utf8') : bytes;
    if (path !== guestPath && typeof content !== 'string') {
      problems.push({ where: source, message: 'must be UTF-8 text, as every .hbs file' });
      return undefined;
    }
    return {
      path,
      content,
      executable: EXECUTABLE.test(path) || (typeof content === 'string' && content.startsWith('#!')),
      source,
      ...(path === guestPath ? {} : { placeholders: placeholders(source, String(content), readerOf(path, String(content)), problems) }),
    };
  } catch (error) {
    problems.push(unreadable(source, error));
    return undefined;
  }
}

function readerOf(path: string, content: string): 'systemd' | 'shell' | 'other' {
  if (/\.(service|socket|timer|mount|path|target|conf)$/.test(path) && path.includes('/systemd/')) return 'systemd';
  return /^#!.*sh\b/.test(content) ? 'shell' : 'other';
}

function mergeFiles(shared: readonly GuestFile[], own: readonly GuestFile[], problems: Problem[]): GuestFile[] {
  const merged = new Map<string, GuestFile>();
  for (const file of [...shared, ...own]) {
    const other = merged.get(file.path);
    if (other) problems.push({ where: file.source, message: `is ${file.path} in the guest, and so is ${other.source}` });
    if (OWN.test(file.path)) problems.push({ where: file.source, message: `must not be ${file.path}, which virtwork writes itself` });
    merged.set(file.path, file);
  }
  return [...merged.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function serviceOf(
  entry: string,
  { name = `virtwork-${entry}`, ports, 'selector-role': selectorRole }: NonNullable<Manifest['service']>,
): Service {
  return {
    name,
    ports: ports.map((port) => ({
      name: port.name ?? `port-${port.port}`,
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
}: NonNullable<Manifest['access']>): Access {
  return { ...access, serial, rules, clusterRules };
}

/** The folder as the user would type it. */
export function shownPath(folder: string, cwd: string): string {
  const path = relative(cwd, folder);
  return path.startsWith('..') ? folder : path;
}
