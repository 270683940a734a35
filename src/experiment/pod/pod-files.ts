import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guestFiles } from '../../guest/files';
import { packageRoot } from '../../package';
import type { RolePlan } from '../../plan/plan';

/** The script that a container runs. The package contains it at this path. */
export const POD_SCRIPT = 'virtwork-pod';
const SCRIPT_PATH = join('src', 'experiment', 'pod', POD_SCRIPT);

/** Contents by key of the Secret. */
export type PodFiles = { readonly [key: string]: Buffer };

/**
 * The files of a guest as the keys of a Secret, with a table of their modes and paths, and the script that installs them. What prepares the
 * guest's packages is left out: those of a pod are in its image.
 */
export function podFiles(role: RolePlan): PodFiles {
  const { preparation: _, ...guest } = role.guest;
  const files = guestFiles({ ...role, guest }).map((file, index) => ({ ...file, key: keyOf(file.path, index) }));
  const table = files.map(({ mode, key, path }) => `${mode} ${key} ${path}\n`).join('');
  return {
    files: Buffer.from(table),
    [POD_SCRIPT]: readFileSync(join(packageRoot(), SCRIPT_PATH)),
    ...Object.fromEntries(files.map(({ key, content }) => [key, Buffer.from(content)])),
  };
}

/** Several files may have the same name, and keys of a Secret have fewer characters than names. */
function keyOf(path: string, index: number): string {
  return `${String(index + 1).padStart(3, '0')}-${path.slice(path.lastIndexOf('/') + 1).replace(/[^-._a-zA-Z0-9]/g, '_')}`;
}
