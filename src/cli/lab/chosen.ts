import { refuse, UserError } from '../../errors';
import type { LabFolder, LabVm } from '../../lab/folder';
import { nearest } from '../../text/suggest';
import type { Args } from '../context';
import { oneVmRequired, unknownVm } from './messages';

/**
 * @returns the named VMs, or all
 * @throws UserError for each unknown name
 */
export function chosen(folder: LabFolder, args: Args): LabVm[] {
  const all = folder.list();
  const names = all.map(({ name }) => name);
  const asked = [...new Set((args.VM as string[] | undefined) ?? [])];
  refuse(asked.filter((name) => !names.includes(name)).map((name) => unknownVm(name, names, nearest(name, names))));
  return asked.length === 0 ? all : all.filter(({ name }) => asked.includes(name));
}

/**
 * @returns the one VM that is named, or the only one of the lab
 * @throws UserError for no VM or several
 */
export function chosenOne(folder: LabFolder, args: Args): LabVm {
  const [vm, ...more] = chosen(folder, args);
  if (vm === undefined || more.length > 0) throw new UserError([oneVmRequired(folder.list().map(({ name }) => name))]);
  return vm;
}
