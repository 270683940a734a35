import { UserError } from '../../errors';
import { quoted } from '../../text/shell-word';
import type { Args, Context } from '../context';
import type { Verb } from '../verb';
import { inside } from './inside';
import { COMMAND_REQUIRED } from './messages';
import { LAB_DIR } from './places';

export const exec: Verb = {
  name: 'exec',
  describe: 'run a command in a VM, as root',
  words: 'VM',
  rest: 'COMMAND',
  flags: { 'lab-dir': LAB_DIR },
  options: [],
  examples: [['virtwork lab exec virtwork-cpu-0 -- systemctl --failed', 'list failed units']],
  run: runExec,
};

async function runExec(args: Args, context: Context): Promise<number> {
  const command = args['--'] as string[] | undefined;
  if (!command || command.length === 0) throw new UserError([COMMAND_REQUIRED]);
  // The shell stays until the command ends, so that signals and unknown commands have the exit codes of a shell.
  return inside(args, context, ['sudo', 'sh', '-c', quoted('"$@"; exit $?'), 'sh', ...command.map(quoted)]);
}
