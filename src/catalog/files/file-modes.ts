import type { Problem } from '../../errors';
import { nearest } from '../../text/suggest';
import { roleNames, unknownRole, wrongValue } from '../checks/workload-problems';
import type { EntryRole, GuestFile } from '../entry';
import { needsOneKey } from '../messages/entry';
import { folderInsteadOfFile, noSuchFile, WRONG_MODE, WRONG_OWNER } from '../messages/files';
import { mustBeUnique, nearHint } from '../messages/wording';
import { clashes } from '../problems';
import type { CheckedWorkloadFile, DeclaredFile } from '../workload-file';
import { normalPath } from './guest-path';

/** Permissions alone: setuid and setgid have no effect on scripts, and the sticky bit has none on files. */
const MODE = /^0?[0-7]{3}$/;
const NAME = '([A-Za-z_][A-Za-z0-9_.-]{0,31}|[0-9]{1,10})';
const OWNER = new RegExp(`^${NAME}(:${NAME})?$`);

/** @returns the roles, whose files have the mode and the owner that `files` of workload.yaml states */
export function withModes({ data }: CheckedWorkloadFile, roles: readonly EntryRole[]): EntryRole[] {
  const items = data.files ?? [];
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

function isMeant({ path, role }: DeclaredFile, { name }: EntryRole, file: GuestFile): boolean {
  return normalPath(path) === file.path && (role === undefined || role === name);
}

function stated(file: GuestFile, item: DeclaredFile | undefined): GuestFile {
  if (!item) return file;
  const { mode = file.mode, owner } = item;
  return { ...file, mode: mode.padStart(4, '0'), ...(owner === undefined ? {} : { owner }) };
}

/** Rules for `files` of workload.yaml. */
export function checkModes(workloadFile: CheckedWorkloadFile, roles: readonly EntryRole[]): Problem[] {
  const { file, data } = workloadFile;
  const items = data.files ?? [];
  return [
    ...items.flatMap((item, index) => [
      ...modeProblems(workloadFile, item, index),
      ...unknownRoles(workloadFile, item, index),
      ...pathProblems(workloadFile, roles, item, index),
    ]),
    ...clashes(items, (item) => normalPath(item.path)).map(([index, path]) => ({
      where: file.locate(['files', index, 'path']),
      message: mustBeUnique(`files[${index}].path`, path),
    })),
  ];
}

function modeProblems(workloadFile: CheckedWorkloadFile, { mode, owner }: DeclaredFile, index: number): Problem[] {
  const at = ['files', index];
  const problem = (key: string, [must, hint]: readonly [string, string], got: string) => ({
    ...wrongValue(workloadFile, [...at, key], must, got),
    hint,
  });
  if (mode === undefined && owner === undefined)
    return [{ where: workloadFile.file.locate(at), message: needsOneKey(`files[${index}]`, ['mode', 'owner']) }];
  return [
    ...(mode === undefined || MODE.test(mode) ? [] : [problem('mode', WRONG_MODE, mode)]),
    ...(owner === undefined || OWNER.test(owner) ? [] : [problem('owner', WRONG_OWNER, owner)]),
  ];
}

function unknownRoles(workloadFile: CheckedWorkloadFile, { role }: DeclaredFile, index: number): Problem[] {
  return workloadFile.incomplete.has('roles') ? [] : unknownRole(workloadFile, ['files', index, 'role'], role);
}

function pathProblems(workloadFile: CheckedWorkloadFile, roles: readonly EntryRole[], item: DeclaredFile, index: number): Problem[] {
  const { role } = item;
  const path = normalPath(item.path);
  if (workloadFile.incomplete.has('roles') || (role !== undefined && !roleNames(workloadFile).includes(role))) return [];
  const files = roles.filter(({ name }) => role === undefined || role === name).flatMap((each) => each.files);
  const paths = [...new Set(files.map((each) => each.path))];
  if (paths.includes(path)) return [];
  const at = ['files', index, 'path'];
  if (paths.some((each) => each.startsWith(`${path}/`))) {
    const [must, hint] = folderInsteadOfFile(path);
    return [{ ...wrongValue(workloadFile, at, must, path), hint }];
  }
  return [{ ...wrongValue(workloadFile, at, noSuchFile(role), path), ...nearHint(meant(path, paths)) }];
}

/** The path in the guest that was probably meant: people write the path in the entry, with `.hbs` or without the first slash. */
function meant(path: string, paths: readonly string[]): string | undefined {
  const below = path.replace(/^\/?files(\.[^/]+)?(?=\/)/, '').replace(/\.hbs$/, '');
  return paths.find((each) => each === below || each === `/${below}`) ?? nearest(path, paths);
}
