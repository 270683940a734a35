/** Every message, hint and note of the command line itself and of the verbs in this folder. Help texts stand with the verbs. */
import type { Problem } from '../errors';
import { show } from '../text/show';

/** What of a {@link Problem} stands here: where it is, is known to the caller. */
type Text = Pick<Problem, 'message' | 'hint'>;

// The command line.

/** A flag as the user writes it: `--memory`, `-n`. */
export function flagWord(name: string): string {
  return `${name.length === 1 ? '-' : '--'}${name}`;
}

/** @param near the known flag that was probably meant */
export function unknownFlag(name: string, command: string, near?: string): Text {
  return { message: `unknown flag ${flagWord(name)} for ${command}`, hint: near ? `did you mean ${flagWord(near)}?` : seeHelp(command) };
}

export function unexpectedArgument(word: string, command: string): Text {
  return { message: `unexpected argument ${show(word)}`, hint: seeHelp(command) };
}

/** @param path what was given, such as `lab upp` */
export function unknownCommand(path: string, known: readonly string[], near: string | undefined, program: string): Text {
  return {
    message: `unknown command ${show(path)}; known: ${known.join(', ')}`,
    hint: near ? `did you mean "${program} ${near}"?` : seeHelp(program),
  };
}

export function commandRequired(known: readonly string[], program: string): Text {
  return { message: `a command is required: ${known.join(', ')}`, hint: seeHelp(program) };
}

export function flagBeforeCommand(name: string, program: string): Text {
  return { message: `flag ${flagWord(name)} must come after a command`, hint: seeHelp(program) };
}

/** @param got what was given, without values that must not be shown */
export function givenOften(got: string): string {
  return `must be given once, got ${got}`;
}

export function notOneOf(known: readonly string[], got: unknown): string {
  return `must be one of ${known.join(', ')}, got ${show(got)}`;
}

export function switchWithValue(got: string): string {
  return `takes no value, or true or false, got ${show(got)}`;
}

export const NEEDS_A_VALUE = 'needs a value';
export const PRIVATE_KEY = 'must not be a private key';

/** @param message what the parser says that no check of virtwork's covers */
export function usage(message: string): Text {
  return { message: message.split(/\s+/).filter(Boolean).join(' '), hint: seeHelp('virtwork') };
}

export function wrongDuration(must: string, got: unknown): string {
  return `must ${must}, got ${show(got)}`;
}

function seeHelp(command: string): string {
  return `run: ${command} --help`;
}

// The process.

/** @param command without values, one of which may be a password */
export function internalError(command: string, url: string, stack: string | undefined): string {
  return `${command}: internal error; please report it at ${url}\n${stack}`;
}

/** @param reason what the system says */
export function streamNotWritten(reason: string): string {
  return `cannot be written: ${reason}`;
}

// synth.

export function wroteFile(path: string): string {
  return `wrote ${path}\n`;
}

export function removedFile(path: string): string {
  return `removed ${path}\n`;
}

/** Above the table of the alerts that a base fires. */
export const ALERTS_EXPECTED = 'Expected alerts of KubeVirt and Kubernetes:';

export function upToDate(folder: string): string {
  return `${folder} is up to date\n`;
}

export function unchangedFiles(count: number): string {
  return `${counted(count, 'file')} unchanged`;
}

/**
 * `8 VMs, 16 vCPUs, 16Gi memory, 20Gi data disks`, and `, 12 trials` if anything is measured.
 * @param unknown VMs whose CPUs and memory are not in the sums
 */
export function sizes(
  vms: number,
  cpuCores: number,
  memory: string,
  disks: string,
  trials: number,
  unknown?: { readonly vms: number; readonly names: readonly string[] },
): string {
  const measured = trials > 0 ? `, ${counted(trials, 'trial')}` : '';
  const decided = unknown
    ? `; without the CPUs and memory of ${counted(unknown.vms, 'VM')} with instancetype ${unknown.names.join(', ')}`
    : '';
  return `${counted(vms, 'VM')}, ${counted(cpuCores, 'vCPU')}, ${memory} memory, ${disks} data disks${measured}${decided}\n`;
}

export function outputIsLink(dir: string): Text {
  return {
    message: 'must be a folder, got a symbolic link',
    hint: `use --output-dir ${dir} to write where the link leads`,
  };
}

/** @param command that writes the folder */
export function outOfDate(folder: string, command: string): string {
  return `${folder} is out of date: run ${command} and commit\n`;
}

export function onlyLineEnds(count: number, folder: string): string {
  return `only line endings differ in ${counted(count, 'file')}; add \`${folder}** text eol=lf\` to .gitattributes\n`;
}

// list and validate.

/** @param problem as {@link formatProblem} prints it */
export function leftOut(problem: string): string {
  return `left out: ${problem}`;
}

export function valid(count: number): string {
  return `${count} ${count === 1 ? 'entry is' : 'entries are'} valid\n`;
}

export const NO_SUCH_FOLDER = 'no such folder';

// new.

const NEW_EXAMPLE = 'run: virtwork new my-benchmark';
export const ANOTHER_NAME = 'choose another name';

/** @param must what a name must be, as a clause that follows `must` */
export function wrongEntryName(must: string, got: string): Text {
  return { message: `the name of an entry must ${must}, got ${got}`, hint: NEW_EXAMPLE };
}

export function entryExists(name: string): Text {
  return { message: `an entry named ${name} already exists`, hint: ANOTHER_NAME };
}

export function noSourceEntry(got: string): Text {
  return { message: `must name an entry or the folder of one, got ${show(got)}`, hint: 'run: virtwork list' };
}

export function folderNamed(path: string): string {
  return `use --from ${path}`;
}

/** @param reason what the system says */
export function entryNotWritten(reason: string): Text {
  return { message: `cannot be written: ${reason}`, hint: 'choose another --catalog-dir' };
}

/** @param next commands to run */
export function created(folder: string, next: readonly string[]): string {
  return `created ${folder}\nnext: ${next.join(', then ')}\n`;
}

// completion.

export function oneShell(known: readonly string[], got: readonly string[]): string {
  return `must be given one of ${known.join(', ')}, got ${got.join(' ') || 'nothing'}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

// Packages.

export function needsPackages(flag: string): { message: string; hint: string } {
  return { message: 'has a meaning only with --packages', hint: `use --packages, or omit --${flag}` };
}
