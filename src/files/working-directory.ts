import { UserError } from '../errors';

/** @throws UserError when the working directory was deleted */
export function workingDirectory(process: Pick<NodeJS.Process, 'cwd'>): string {
  try {
    return process.cwd();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError([{ where: 'working directory', message: `no longer exists (${code})`, hint: 'cd to a directory that exists' }]);
  }
}
