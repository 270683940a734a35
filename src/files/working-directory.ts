import { UserError } from '../errors';
import { noWorkingDirectory } from './messages';

/** @throws UserError if the working directory was deleted */
export function workingDirectory(process: Pick<NodeJS.Process, 'cwd'>): string {
  try {
    return process.cwd();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError([{ where: 'working directory', ...noWorkingDirectory(code) }]);
  }
}
