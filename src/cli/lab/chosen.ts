import { refuse } from '../../errors';
import type { LabFolder, LabVm } from '../../lab/folder';
import { nearest } from '../../text/suggest';
import type { Args } from '../context';

/** The VMs that are named, or all. */
export function chosen(folder: LabFolder, args: Args): LabVm[] {
  const all = folder.list();
  const asked = [...new Set((args.VM as string[] | undefined) ?? [])];
  refuse(
    asked
      .filter((name) => !all.some((vm) => vm.name === name))
      .map((name) => {
        const near = nearest(
          name,
          all.map((vm) => vm.name),
        );
        return { where: 'virtwork lab', message: `there is no VM ${name}; there are ${names(folder)}`, ...(near ? { hint: near } : {}) };
      }),
  );
  return asked.length === 0 ? all : all.filter(({ name }) => asked.includes(name));
}

export function names(folder: LabFolder): string {
  return (
    folder
      .list()
      .map(({ name }) => name)
      .join(', ') || 'none'
  );
}
