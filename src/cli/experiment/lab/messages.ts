/** Every message and hint of an experiment that runs in the lab. */
import type { Problem } from '../../../errors';
import { shellWord } from '../../../text/shell-word';
import { show } from '../../../text/show';

// The arguments

export function onlyOnCluster(flag: string): Problem {
  return { where: `flag --${flag}`, message: 'is for a cluster', hint: `omit it, or omit --in lab` };
}

export function onlyInLab(flag: string): Problem {
  return { where: `flag --${flag}`, message: 'is for the lab', hint: `use it with --in lab` };
}

export const NOT_PARALLEL: Problem = {
  where: 'flag --parallel',
  message:
    'must be 1 in the lab: groups at the same time would share the CPUs and disks of this machine, and change the figures of each other',
  hint: 'omit --parallel',
};

/** @param folder as the user named it */
export function needsFile(folder: string): Problem {
  return {
    where: folder,
    message: 'is a rendered folder, which the lab cannot boot',
    hint: 'name the file of the experiment, or an experiment of the catalog such as fio-bench/quick',
  };
}

export function wrongClass(got: string): Problem {
  return { where: 'flag --class', message: `must be NAME=DIRECTORY, got ${show(got)}`, hint: 'for example: --class fast=/dev/shm' };
}

export function twiceClass(name: string): Problem {
  return { where: 'flag --class', message: `names the storage class ${show(name)} twice` };
}

export function notADirectory(name: string, path: string): Problem {
  return { where: 'flag --class', message: `${name}: must be an existing directory, got ${show(path)}` };
}

/** @param known storage classes of the experiment */
export function unusedClass(name: string, known: readonly string[]): Problem {
  return {
    where: 'flag --class',
    message: `no group uses the storage class ${show(name)}; the experiment has ${known.join(', ') || 'none'}`,
  };
}

export function classesMissing(names: readonly string[]): Problem {
  return {
    where: 'flag --class',
    message: `must name a directory for each storage class of the experiment; missing: ${names.join(', ')}`,
    hint: `for example: ${names.map((name) => `--class ${shellWord(name)}=DIRECTORY`).join(' ')}`,
  };
}

export function severalClasses(group: string, names: readonly string[]): Problem {
  return {
    where: `group ${group}`,
    message: `must have one storage class in the lab, which has all disks of a group in one directory; got ${names.join(', ')}`,
    hint: 'use the same storage_class for all workloads of the group',
  };
}

// The check

/** @param values of the axis; @param keys what the groups differ in, and the lab does not have */
export function comparesNothing(axis: string, values: readonly string[], keys: readonly string[]): Problem {
  const reason = keys.length > 0 ? `: the lab has no ${keys.join(', ')}` : '';
  const isStorage = keys.includes('storage_class');
  return {
    where: `axis ${axis}`,
    message: `compares nothing in the lab, where ${values.join(', ')} are the same${reason}`,
    hint: isStorage
      ? 'name a directory for each storage class: --class NAME=DIRECTORY; or run it on a cluster'
      : `choose one value: --only ${shellWord(`${axis}=${values[0]}`)}; or run it on a cluster`,
  };
}

export function sameValues(axis: string, values: readonly string[]): string {
  return `axis ${axis}: ${values.join(' and ')} are the same in the lab`;
}

export const PODS = 'its trials run in pods, which need a cluster';

export function withoutEffect(keys: readonly string[]): string {
  return `without effect in the lab: ${keys.join(', ')}`;
}

// Work on a group

export const BOOTING = 'booting its VMs';
export const REMOVING = 'stopping its VMs and removing their disks';
export const IS_BOOTING = 'is booting';

// The end

export const THIS_MACHINE = 'this machine';
export const THE_LAB = 'virtwork lab';

/** @param vms by the folder of their lab; undefined: the default one */
export function downCommand(vms: readonly (readonly [folder: string | undefined, names: readonly string[]])[]): string {
  const commands = vms.map(([folder, names]) =>
    ['virtwork lab down', ...names, ...(folder === undefined ? [] : ['--lab-dir', shellWord(folder)])].join(' '),
  );
  return commands.join(' && ');
}
