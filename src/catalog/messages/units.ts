/** Messages about units, as systemd would read them in the guest. */
import { show } from '../../text/show';
import { mustBe, nearHint, optionalHint, type Text } from './wording';

/** systemd refuses the whole unit, or ignores a line of it. */
export const SYSTEMD_IGNORES_LINE = 'systemd ignores this line';

// Lines, sections and directives.

export function unclosedSection(line: string): Text {
  return { message: `a section must end with ], got ${show(line)}` };
}

export function outsideOfSection(line: string): Text {
  return { message: `is outside of any section, got ${show(line)}`, hint: 'put a section such as [Service] before it' };
}

export function noAssignment(line: string): Text {
  return { message: `must be Name=value, got ${show(line)}`, hint: 'end a line that continues with \\, and begin a comment with #' };
}

/** @param type of the unit, such as `service` */
export function unknownSection(name: string, type: string, known: readonly string[], near: string | undefined): Text {
  const sections = known.map((each) => `[${each}]`).join(', ');
  return {
    message: `unknown section [${name}] in a .${type} unit (known: ${sections}); systemd ignores it`,
    ...nearHint(near && `[${near}]`),
  };
}

export function unknownDirective(name: string, section: string, hint: string | undefined): Text {
  return { message: `unknown directive ${name}= in [${section}]; ${SYSTEMD_IGNORES_LINE}`, ...optionalHint(hint) };
}

/** A directive that was probably meant, in another section. */
export function inSection(directive: string, section: string): string {
  return `did you mean "${directive}=" in [${section}]?`;
}

export function moveToSection(section: string): string {
  return `put it into [${section}]`;
}

/** @param effect see {@link unitRefused}, {@link onlyIgnored} and {@link SYSTEMD_IGNORES_LINE} @param near a value that was probably meant */
export function wrongDirective(name: string, requirement: string, got: string, effect: string, near: string | undefined): Text {
  return { message: `${mustBe(`${name}=`, requirement, got)}; ${effect}`, ...nearHint(near && `${name}=${near}`) };
}

export const SYSTEMD_REFUSES_UNIT = 'systemd refuses the unit';

/** @param words of a list, which keeps its other words */
export function onlyIgnored(words: readonly string[]): string {
  return `systemd ignores only ${words.map((word) => show(word)).join(' and ')}`;
}

// Units as a whole.

export const NO_TIME: Text = {
  message: 'has no time, so systemd refuses it',
  hint: 'add OnCalendar=, OnBootSec= or OnUnitActiveSec= to [Timer]',
};
export const NO_PATH: Text = {
  message: 'has no path, so systemd refuses it',
  hint: 'add PathExists=, PathChanged= or DirectoryNotEmpty= to [Path]',
};
export const NO_WHAT: Text = { message: 'has no What=, so systemd refuses it', hint: 'add What= to [Mount]' };
export const NO_LISTEN: Text = { message: 'listens to nothing, so systemd refuses it', hint: 'add ListenStream= to [Socket]' };
export const NO_EXEC_START: Text = {
  message: 'has no ExecStart= that systemd accepts, so it would start nothing',
  hint: 'add ExecStart=/path/of/program to [Service]',
};
export const NO_BUS_NAME: Text = { message: 'needs BusName= for Type=dbus' };
export const EXIT_TYPE_OF_ONESHOT: Text = { message: 'must not have ExitType=cgroup with Type=oneshot' };
export const KILL_MODE_OF_PAM: Text = { message: 'must have KillMode=control-group or mixed with PAMName=' };
export const SERVICE_OF_ACCEPT: Text = { message: 'must not have Service= with Accept=yes, which starts NAME@.service' };
export const NO_CONNECTIONS: Text = { message: 'must have MaxConnections= of at least 1' };

export function restartOfOneshot(restart: string): Text {
  return { message: `must not have Restart=${restart} with Type=oneshot`, hint: 'use Restart=on-failure, or a timer' };
}

export function severalExecStarts(count: number, hint: string): Text {
  return { message: `has ${count} commands in ExecStart=, which systemd accepts only for Type=oneshot`, hint };
}

export const ONE_EXEC_START = 'use ExecStartPre= for all but the last, Type=oneshot, or a script that runs them';

/** @param unit file that has the commands */
export function resetExecStart(unit: string): string {
  return `add an empty ExecStart= before it, which removes the commands of ${unit}`;
}

export function missingDirective(directive: string): Text {
  return { message: `has no ${directive}=, so systemd refuses it` };
}

export function misnamedUnit(name: string, directive: string, path: string): Text {
  return { message: `must be called ${name}, because ${directive}= is ${path}`, hint: `rename the file to ${name}` };
}

// References to other units.

/** What happens without the unit that a directive names. */
export const WITHOUT_NEEDED = 'without it this unit does not start';
export const WITHOUT_ORDERED = 'the order has no effect';
export const WITHOUT_WANTED = 'systemd ignores it';
export const WITHOUT_WANTING = 'no boot starts this unit for it';

/** @param reference such as `After=x.service` @param near such a reference that was probably meant */
export function missingOwnUnit(reference: string, effect: string, near: string | undefined): Text {
  return { message: `${reference} names a unit that the entry does not have; ${effect}`, ...nearHint(near) };
}

export function missingUnit(reference: string, effect: string, near: string | undefined): Text {
  return { message: `${reference} names a unit that neither the entry nor its packages seem to have; ${effect}`, ...nearHint(near) };
}

export function missingUnitOfDropIn(unit: string, near: string | undefined): Text {
  return { message: `is a drop-in for ${unit}, which the entry does not have`, ...optionalHint(near && `rename its folder to ${near}.d`) };
}

export function missingTriggered(unit: string, hint: string): Text {
  return { message: `is for ${unit}, which the entry does not have, so systemd refuses it`, hint };
}

export function addFile(path: string): string {
  return `add the file ${path}`;
}

/** @param kind `user` or `group` @param near a known name */
export function unknownUser(directive: string, name: string, kind: string, near: string | undefined, entry: string): Text {
  const add = `use DynamicUser=yes, or add a file files/etc/sysusers.d/${entry}.conf with the line "u ${name} -"`;
  return {
    message: `${directive}=${name} is a ${kind} that neither the guest system nor the entry seems to have`,
    ...(near === undefined ? { hint: add } : nearHint(near)),
  };
}

// Commands of Exec lines. The name of the directive stands before each message.

export function ofDirective(name: string, message: string): string {
  return `${name}= ${message}`;
}

export const OPEN_QUOTE = 'has a quote that is not closed';
export const NO_PROGRAM = 'has no program';
export const IN_A_SHELL = "run it in a shell: /bin/bash -c '…', or in a script in files/usr/local/bin";

export function mustWrite(requirement: string): string {
  return `must ${requirement}`;
}

export function beginsWithAssignment(got: string): Text {
  return { message: `must begin with a program, got ${show(got)}`, hint: `put Environment=${got} on a separate line` };
}

export function beginsWithVariable(got: string): Text {
  return { message: `must not begin with a variable, got ${show(got)}`, hint: 'write the path of the program' };
}

export function beginsWithHome(got: string): Text {
  return { message: `must begin with an absolute path, got ${show(got)}`, hint: 'write the path without ~, which systemd does not expand' };
}

export function beginsWithFolder(got: string): Text {
  return { message: `must begin with a program, got the folder ${show(got)}` };
}

export function beginsWithRelativePath(got: string): Text {
  return {
    message: `must begin with an absolute path or the bare name of a program, got ${show(got)}`,
    hint: 'write the absolute path',
  };
}

export function beginsWithBuiltin(builtin: string, hint: string): Text {
  return { message: `begins with ${builtin}, which only a shell knows`, hint };
}

export function workingDirectory(path: string): string {
  return `put WorkingDirectory=${path} on a separate line`;
}

export function onlyForShells(got: string, hint: string): Text {
  return { message: `has ${show(got)}, which only a shell understands: systemd passes it to the program unchanged`, hint };
}

export function expandedByShells(got: string, hint: string): Text {
  return { message: `has ${show(got)}, which only a shell expands: systemd passes it to the program unchanged`, hint };
}

export const ABSOLUTE_PATH = 'write the absolute path';
export const QUOTE_SCRIPT = "put the whole script into one pair of quotes after -c: '…'";
export const NULL_OUTPUT = 'put StandardOutput=null on a separate line; errors follow it';

/** @param mode `append` or `truncate` */
export function outputToFile(mode: string, path: string): string {
  return `put StandardOutput=${mode}:${path} on a separate line; errors follow it`;
}

/** @param format of the date @param escaped with doubled percent signs */
export function specifierInDate(format: string, escaped: string): Text {
  return { message: `has ${show(format)}, in which systemd replaces the % itself`, hint: `write ${escaped}` };
}

export function notExecutable(program: string): Text {
  return {
    message: `begins with ${program}, which is not executable in the guest`,
    hint: 'begin the file with a line such as #!/bin/bash',
  };
}

/** @param near a program of the entry with nearly the same name */
export function missingProgram(program: string, near: string | undefined): Text {
  return {
    message: `begins with ${program}, which the entry does not have`,
    ...(near === undefined ? { hint: addFile(`files${program}`) } : nearHint(near)),
  };
}
