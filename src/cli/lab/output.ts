import { closeSync, constants, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { GUEST_FILES } from '../../guest/paths';
import type { LabFolder, LabVm } from '../../lab/folder';
import { FILES } from '../../lab/machine';
import { LOG_KEPT, olderLog, runProgram } from '../../lab/process';
import { sshCommand } from '../../lab/ssh';
import { quoted } from '../../text/shell-word';

/** Lines of the console in the place of a guest's answer. */
const CONSOLE_LINES = 60;
/** Milliseconds. */
const PATIENCE = 60_000;

/** The journal of a guest since its boot, or the end of its console if the guest cannot be reached. */
export function journalOf(folder: LabFolder, vm: LabVm, filter: readonly string[]): Promise<string> {
  return outputOf(folder, vm, ['journalctl', '--boot', '--no-pager', ...filter.map(quoted)]);
}

/** The state of each unit of the workload, with its last lines in the journal. */
export function unitsOf(folder: LabFolder, vm: LabVm): Promise<string> {
  // The health endpoint does not watch the units of trials. systemctl fails for a failed unit, which is not an error here.
  const trials = `TRIALS_UNIT= TRIALS_PREPARE=; test ! -r ${GUEST_FILES.trials} || . ${GUEST_FILES.trials}`;
  const units = 'virtwork-packages.service $TRIALS_UNIT $TRIALS_PREPARE';
  const script = `${trials}; xargs systemctl status --no-pager --full --lines=30 ${units} <${GUEST_FILES.units} || true`;
  return outputOf(folder, vm, ['sh', '-c', quoted(script)]);
}

/** The console of a VM, up to the size that the lab keeps. */
export function consoleOf(folder: LabFolder, { name }: LabVm): string {
  try {
    const file = join(folder.of(name), FILES.console);
    return plain(endOf(olderLog(file)) + endOf(file));
  } catch {
    return '';
  }
}

async function outputOf(folder: LabFolder, vm: LabVm, command: readonly string[]): Promise<string> {
  const [program = '', ...words] = sshCommand(folder, vm);
  const { code, stdout } = await runProgram(program, [...words, 'sudo', ...command], { timeout: PATIENCE });
  return code === 0 ? plain(stdout) : consoleOf(folder, vm).split('\n').slice(-CONSOLE_LINES).join('\n');
}

/** Removes colors and the line endings of a terminal. Other control characters are escaped when printed. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r', '');
}

/** The last bytes of a file; nothing for a missing file. */
function endOf(path: string): string {
  if (!existsSync(path)) return '';
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, LOG_KEPT));
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, size - bytes.length));
  } finally {
    closeSync(file);
  }
}
