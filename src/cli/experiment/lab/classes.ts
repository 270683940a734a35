import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Problem } from '../../../errors';
import type { PlannedGroup } from '../../../experiment/experiment-plan';
import type { Plan } from '../../../plan/plan';
import type { Args } from '../../context';
import type { Flag } from '../../verb';
import { classesMissing, notADirectory, severalClasses, twiceClass, unusedClass, wrongClass } from './messages';

export const CLASS: Flag = {
  metavar: 'NAME=DIRECTORY',
  many: true,
  describe: 'with --in lab: where the disks of the VMs of a storage class are',
};

/** Directories by storage class. Empty: a storage class has no meaning. */
export type Classes = ReadonlyMap<string, string>;

/**
 * Reads --class.
 * @param all the plans of all groups, by ID; @param groups those that run
 */
export function readClasses(
  args: Args,
  cwd: string,
  all: ReadonlyMap<string, Plan>,
  groups: readonly PlannedGroup[],
  problems: Problem[],
): Classes {
  const classes = new Map<string, string>();
  const given = [args.class ?? []].flat() as string[];
  for (const text of given) {
    const [, name, path = ''] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (name === undefined) problems.push(wrongClass(text));
    else if (classes.has(name)) problems.push(twiceClass(name));
    else if (!isDirectory(resolve(cwd, path))) problems.push(notADirectory(name, path));
    else classes.set(name, resolve(cwd, path));
  }
  if (given.length === 0) return classes;
  const known = [...new Set([...all.values()].flatMap(classesIn))].sort();
  const own = groups.map(({ id }) => [id, classesIn(all.get(id) as Plan)] as const);
  problems.push(...[...classes.keys()].filter((name) => !known.includes(name)).map((name) => unusedClass(name, known)));
  const missing = [...new Set(own.flatMap(([, names]) => names))].filter((name) => !given.some((text) => text.startsWith(`${name}=`)));
  if (missing.length > 0) problems.push(classesMissing(missing));
  problems.push(...own.filter(([, names]) => names.length > 1).map(([id, names]) => severalClasses(id, names)));
  return classes;
}

/** The storage classes that a group names. */
export function classesIn({ workloads }: Plan): string[] {
  const disks = workloads.flatMap(({ roles }) => roles).flatMap((role) => role.disks);
  return [...new Set(disks.flatMap(({ storageClass }) => storageClass ?? []))].sort();
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
