import { EXIT } from '../../errors';
import { requirePrograms } from '../../lab/process';
import { sshCommand } from '../../lab/ssh';
import { standingOf } from '../../lab/standing';
import type { Args, Context } from '../context';
import { chosenOne } from './chosen';
import { stillBooting } from './messages';
import { folderOf } from './places';

/** Exit code of ssh when it cannot connect. */
const UNREACHABLE = 255;

/**
 * Runs a command in a VM through SSH, with the terminal of this process.
 * @param command empty: a shell
 * @returns its exit code
 */
export async function inside(args: Args, context: Context, command: readonly string[]): Promise<number> {
  requirePrograms('ssh');
  const folder = folderOf(args, context);
  const vm = chosenOne(folder, args);
  const [program = '', ...words] = sshCommand(folder, vm);
  const { execa } = require('execa') as typeof import('execa');
  const { exitCode = EXIT.failed } = await execa(program, [...words, ...command], { stdio: 'inherit', reject: false });
  if (exitCode === UNREACHABLE && (await standingOf(vm)).state === 'booting') context.log.error(stillBooting(vm.name));
  return exitCode;
}
