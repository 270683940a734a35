import { spawn } from 'node:child_process';
import { closeSync, constants, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { EXIT, UserError } from '../../errors';
import { GUEST_FILES } from '../../guest/paths';
import type { LabFolder, LabVm } from '../../lab/folder';
import { standingOf } from '../../lab/lab';
import { FILES } from '../../lab/machine';
import { LOG_KEPT, olderLog, requirePrograms, runProgram } from '../../lab/process';
import { sshCommand } from '../../lab/ssh';
import type { Args, Context } from '../context';
import type { Verb } from '../verb';
import { chosen, names } from './chosen';
import { folderOf, LAB_DIR } from './places';
import { EMPTY } from './show';

/** ssh's own exit code, when it did not get there. */
const UNREACHABLE = 255;

export const logs: Verb = {
  name: 'logs',
  describe: 'the journal of the VMs; of a guest that cannot be reached, its console',
  words: 'VM',
  flags: { 'lab-dir': LAB_DIR, unit: { alias: 'u', metavar: 'UNIT', describe: 'of this unit only' }, console: { describe: 'the console' } },
  options: [],
  run: runLogs,
};

export const ssh: Verb = {
  name: 'ssh',
  describe: 'a shell in a VM',
  words: 'VM',
  flags: { 'lab-dir': LAB_DIR },
  options: [],
  run: (args, context) => inside(args, context, []),
};

export const exec: Verb = {
  name: 'exec',
  describe: 'run a command in a VM, as root',
  words: 'VM',
  rest: 'COMMAND',
  flags: { 'lab-dir': LAB_DIR },
  options: [],
  examples: [['virtwork lab exec virtwork-cpu-0 -- systemctl --failed', 'what failed']],
  run: runExec,
};

async function runLogs(args: Args, context: Context): Promise<number> {
  const folder = folderOf(args, context);
  const vms = chosen(folder, args);
  if (vms.length === 0) context.log.info(EMPTY.trim());
  for (const vm of vms) {
    const units = args.unit === undefined ? [] : ['-u', String(args.unit)];
    context.out(args.console === true ? consoleOf(folder, vm) : await journalOf(folder, vm, units));
  }
  return EXIT.done;
}

async function runExec(args: Args, context: Context): Promise<number> {
  const command = args['--'] as string[] | undefined;
  if (!command || command.length === 0) {
    throw new UserError([{ where: 'virtwork lab exec', message: 'needs a command after --', hint: 'virtwork lab exec VM -- COMMAND' }]);
  }
  // Through a shell that outlives the command: a kill or an unknown name has the exit code that shells give it.
  return inside(args, context, ['sudo', 'sh', '-c', quoted('"$@"; exit $?'), 'sh', ...command.map(quoted)]);
}

async function inside(args: Args, context: Context, command: readonly string[]): Promise<number> {
  requirePrograms('ssh');
  const folder = folderOf(args, context);
  const [vm, ...more] = chosen(folder, args);
  if (vm === undefined || more.length > 0) {
    throw new UserError([{ where: 'virtwork lab', message: `must be given one VM; there are ${names(folder)}` }]);
  }
  const [program = '', ...words] = sshCommand(folder, vm);
  const child = spawn(program, [...words, ...command], { stdio: 'inherit' });
  const code = await new Promise<number>((done) => child.on('close', (status) => done(status ?? EXIT.failed)));
  if (code === UNREACHABLE && (await standingOf(vm)).state === 'booting') context.log.error(`${vm.name} is booting`);
  return code;
}

/** Through SSH; the console tells what happened before there was any. */
export function journalOf(folder: LabFolder, vm: LabVm, filter: readonly string[]): Promise<string> {
  return saidBy(folder, vm, ['journalctl', '--boot', '--no-pager', ...filter.map(quoted)]);
}

/** How each unit of the workload stands, and the last that it said. */
export function unitsOf(folder: LabFolder, vm: LabVm): Promise<string> {
  // Whatever stands badly makes systemctl fail, which is no problem here.
  const script = `xargs systemctl status --no-pager --full --lines=30 virtwork-packages.service <${GUEST_FILES.units} || true`;
  return saidBy(folder, vm, ['sh', '-c', quoted(script)]);
}

async function saidBy(folder: LabFolder, vm: LabVm, command: readonly string[]): Promise<string> {
  const [program = '', ...words] = sshCommand(folder, vm);
  const { code, stdout } = await runProgram(program, [...words, 'sudo', ...command], { timeout: 60_000 });
  return code === 0 ? plain(stdout) : consoleOf(folder, vm).split('\n').slice(-60).join('\n');
}

/** Without the colours and line ends of a terminal; what else there is of control characters comes out escaped. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r', '');
}

function consoleOf(folder: LabFolder, { name }: LabVm): string {
  try {
    const file = join(folder.of(name), FILES.console);
    return plain(endOf(olderLog(file)) + endOf(file));
  } catch {
    return '';
  }
}

/** The last bytes of a file; nothing of one that is not there. */
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

/** One word of a shell's. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
