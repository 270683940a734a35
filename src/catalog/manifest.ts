import { existsSync, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../errors';
import { schemaProblems } from '../schema-errors';
import { parseYaml, type YamlFile } from '../yaml-file';
import type { AccessRule, ParamSpec, Storage } from './entry';
import { readText } from './read-text';
import { validate } from './workload-validator';

const MANIFEST = 'workload.yaml';

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

export function readManifest(folder: string, shown: string, problems: Problem[]): { file: YamlFile; data: Manifest } | undefined {
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
