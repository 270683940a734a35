import type { Problem } from '../../errors';
import { nearest } from '../../text/suggest';
import type { EntryRole, GuestFile } from '../entry';
import { clashes, hint, undeclared } from '../problems';
import type { CheckedWorkloadFile, DeclaredFile } from '../workload-file';
import { normalPath } from './guest-path';

/** Permissions alone: setuid and setgid have no effect on scripts, and the sticky bit none on files. */
const MODE = /^0?[0-7]{3}$/;
const NAME = '([A-Za-z_][A-Za-z0-9_.-]{0,31}|[0-9]{1,10})';
const OWNER = new RegExp(`^${NAME}(:${NAME})?$`);

/** @returns the roles, whose files have the mode and the owner that `files` of the workloadFile says */
export function withModes(workloadFile: CheckedWorkloadFile, roles: readonly EntryRole[], problems: Problem[]): EntryRole[] {
  const items = (workloadFile.data.files ?? []).map((item) => ({ ...item, path: normalPath(item.path) }));
  problems.push(...items.flatMap((item, index) => itemProblems(workloadFile, roles, item, index)), ...twice(workloadFile, items));
  return roles.map((role) => ({
    ...role,
    files: role.files.map((file) =>
      stated(
        file,
        items.find((item) => isMeant(item, role, file)),
      ),
    ),
  }));
}

function itemProblems(
  { file, data, incomplete }: CheckedWorkloadFile,
  roles: readonly EntryRole[],
  item: DeclaredFile,
  index: number,
): Problem[] {
  const { path, mode, owner, role } = item;
  const at = `files[${index}]`;
  const problem = (key: keyof DeclaredFile, must: string, try_?: string): Problem => ({
    where: file.locate(['files', index, key]),
    message: `${at}.${key} must ${must}, got ${JSON.stringify(item[key])}`,
    ...hint(try_),
  });
  const names = data.roles?.map(({ name }) => name) ?? [];
  const unknownRole = role !== undefined && !incomplete.has('roles') && !names.includes(role);
  const files = roles.filter(({ name }) => role === undefined || role === name).flatMap((each) => each.files);
  const paths = [...new Set(files.map((each) => each.path))];
  return [
    ...(mode === undefined && owner === undefined
      ? [{ where: file.locate(['files', index]), message: `${at} needs one of the keys "mode" and "owner"` }]
      : []),
    ...(mode === undefined || MODE.test(mode) ? [] : [problem('mode', 'be three octal digits, or four that begin with 0', '0600')]),
    ...(owner === undefined || OWNER.test(owner) ? [] : [problem('owner', 'be a user, or a user and a group', 'postgres:postgres')]),
    ...(unknownRole ? [undeclared(file, ['files', index, 'role'], `${at}.role`, role, names)] : []),
    ...(unknownRole || paths.includes(path) || incomplete.has('roles') ? [] : [problem('path', ...missing(path, paths, role))]),
  ];
}

/** @returns what a path must be that no file has, and what was probably meant */
function missing(path: string, paths: readonly string[], role: string | undefined): [string, string?] {
  if (paths.some((each) => each.startsWith(`${path}/`)))
    return ['be a file, not a folder', `a line in files/etc/tmpfiles.d/NAME.conf: d ${path} 0700 USER GROUP`];
  const below = path.replace(/^\/?files(\.[^/]+)?(?=\/)/, '').replace(/\.hbs$/, '');
  return [
    `be the path of a file in the guest that ${role === undefined ? 'files/' : `files/ or files.${role}/`} brings`,
    paths.find((each) => each === below || each === `/${below}`) ?? nearest(path, paths),
  ];
}

function twice({ file }: CheckedWorkloadFile, items: readonly DeclaredFile[]): Problem[] {
  return clashes(items, (item) => item.path).map(([index, path]) => ({
    where: file.locate(['files', index, 'path']),
    message: `files[${index}].path must be unique, got ${JSON.stringify(path)} twice`,
  }));
}

function isMeant({ path, role }: DeclaredFile, { name }: EntryRole, file: GuestFile): boolean {
  return path === file.path && (role === undefined || role === name);
}

function stated(file: GuestFile, item: DeclaredFile | undefined): GuestFile {
  if (!item) return file;
  const { mode = file.mode, owner } = item;
  return { ...file, mode: mode.padStart(4, '0'), ...(owner === undefined ? {} : { owner }) };
}
