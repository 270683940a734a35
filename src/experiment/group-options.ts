import type { Problem } from '../errors';
import { type ConfigFile, check } from '../options/config-file';
import { formatPath } from '../schema/schema-errors';
import type { DocumentPath, YamlFile } from '../yaml/yaml-file';
import type { Group } from './groups';
import { NO_VMS } from './messages';
import { sha256 } from './names';
import { isMap, mapAt, type Piece, problemAt, type YamlMap } from './source';

/** What the settings of an experiment say about the measured workload alone: the others have the sizes of their entries. */
const OF_MEASURED = ['vm_count', 'cpu_cores', 'memory'];

type Draft = { [key: string]: unknown };

/**
 * A configuration that is composed of values of another file. Its places are those of that file, so that the code that checks virtwork.yaml
 * reports problems of an experiment.
 */
class Composed {
  readonly data: Draft = {};
  private readonly origins = new Map<string, DocumentPath>();
  private readonly file: YamlFile;

  constructor(file: YamlFile) {
    this.file = file;
  }

  put(path: readonly string[], { value, from }: Piece): void {
    this.set(path, value);
    this.origins.set(path.join('\0'), from);
  }

  /** A value that the file does not state. */
  set(path: readonly string[], value: unknown): void {
    let map = this.data;
    for (const step of path.slice(0, -1)) {
      const inner = Object.hasOwn(map, step) ? map[step] : undefined;
      if (isMap(inner)) map = inner as Draft;
      else {
        const fresh: Draft = {};
        Object.defineProperty(map, step, { value: fresh, enumerable: true, configurable: true, writable: true });
        map = fresh;
      }
    }
    Object.defineProperty(map, path.at(-1) as string, { value, enumerable: true, configurable: true, writable: true });
  }

  config(problems: Problem[]): ConfigFile {
    const found: Problem[] = [];
    const file = this.file;
    const composed: YamlFile = {
      name: file.name,
      data: this.data,
      written: (path) => {
        const from = this.from(path);
        return from ? file.written(from) : String(at(this.data, path));
      },
      locate: (path) => file.locate(this.from(path) ?? []),
    };
    // Paths in the file are absolute already.
    const config = check(composed, '/', found);
    problems.push(...found.map((problem) => ({ ...problem, where: this.renamed(problem.where) })));
    return { ...config, place: (path) => `${composed.locate(path)}: ${formatPath(this.from(path) ?? path)}` };
  }

  /** A place with the path in the file instead of that in the configuration. */
  private renamed(where: string): string {
    for (const [key, from] of this.origins) {
      const [place = '', rest] = where.split(`: ${formatPath(key.split('\0'))}`);
      if (rest !== undefined && /^([.[]|$)/.test(rest)) return `${place}: ${formatPath(from)}${rest}`;
    }
    return where;
  }

  /** The path in the file; undefined for what the file does not state. */
  private from(path: DocumentPath): DocumentPath | undefined {
    for (let length = path.length; length > 0; length -= 1) {
      const from = this.origins.get(path.slice(0, length).join('\0'));
      if (from) return [...from, ...path.slice(length)];
    }
    return undefined;
  }
}

function at(data: unknown, path: DocumentPath): unknown {
  return path.reduce<unknown>((value, step) => (value as { [key: string | number]: unknown } | undefined)?.[step], data);
}

/** What is the same for all groups. */
export interface Common {
  readonly name: string;
  readonly file: YamlFile;
  /** The entry that is measured. */
  readonly workload: string;
  readonly repeats: number;
  /** Absent: trials run in the order in which they are stated. */
  readonly seed?: number;
}

/** The settings that all groups have, as a configuration without workloads. */
export function commonConfig({ file }: Pick<Common, 'file'>, problems: Problem[]): ConfigFile {
  const composed = new Composed(file);
  for (const [key, value] of Object.entries(mapAt(file.data, 'settings'))) composed.put([key], { value, from: ['settings', key] });
  return composed.config(problems);
}

/** Name of a workload next to the measured one: each group has its own. */
export function besideName(name: string, groupId: string): string {
  const digest = groupId.slice(-6);
  return `${name.slice(0, 33).replace(/-+$/, '')}-${digest}`;
}

/** The configuration of a group: what `virtwork synth` would read from a virtwork.yaml. */
export function groupConfig({ name, file, workload, repeats, seed }: Common, group: Group, problems: Problem[]): ConfigFile {
  const composed = new Composed(file);
  const measured = ['workloads', group.id];
  for (const [key, piece] of group.own) composed.put(OF_MEASURED.includes(key) ? [...measured, key] : [key], piece);
  composed.set(['create_namespace'], false);
  composed.set(['run'], `${name}/${group.id}`);
  composed.set([...measured, 'entry'], workload);
  const params: YamlMap = mapAt(file.data, 'params');
  for (const [key, value] of Object.entries(params)) composed.put([...measured, 'params', key], { value, from: ['params', key] });
  for (const [trial, own] of group.trials) {
    composed.set([...measured, 'trials', trial], {});
    for (const [key, piece] of own) composed.put([...measured, 'trials', trial, key], piece);
  }
  composed.set([...measured, 'repeats'], repeats);
  // Groups with the same trials run them in different orders.
  if (seed !== undefined) composed.set([...measured, 'seed'], Number.parseInt(sha256([seed, group.id]).slice(0, 8), 16));
  for (const [key, piece] of group.workloads) {
    const path = ['workloads', besideName(key, group.id)];
    const stated = isMap(piece.value) ? { ...piece.value } : {};
    if (stated.vm_count === 0) {
      problems.push(problemAt(file, [...piece.from, 'vm_count'], NO_VMS));
      delete (stated as Draft).vm_count;
    }
    composed.put(path, { ...piece, value: isMap(piece.value) || piece.value === null ? { ...stated } : piece.value });
    if (stated.entry === undefined && (isMap(piece.value) || piece.value === null)) composed.set([...path, 'entry'], key);
  }
  return composed.config(problems);
}
