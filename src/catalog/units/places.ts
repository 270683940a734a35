import type { Place } from '../entry';
import { directives } from './directives';
import { type Command, commandsOf } from './exec';
import { codeReader, inputReader, isShell } from './interpreters';
import { lastBefore, type ShellPlace, shellStates } from './shell-states';
import { type Assignment, parseUnit } from './unit-text';
import { quotesOf, splitWords, type Word } from './words';

/** What reads a text; `code`: a program that runs all of it. */
export type Reader = 'systemd' | 'shell' | 'variables' | 'words' | 'sysctl' | 'other' | { readonly code: string };

/** Kinds of values that systemd splits at blanks. */
const SPLIT = new Set([
  ...['exec', 'environ', 'pass_environ', 'unset_environ', 'namespace_path_strv', 'unit_deps', 'unit_mounts_for', 'install', 'bind_paths'],
  ...['exec_directories', 'user_group_strv_compat', 'service_sockets', 'unit_path_strv_printf', 'documentation', 'temporary_filesystems'],
  ...['set_status', 'syscall_filter', 'syscall_archs', 'syscall_log', 'address_families', 'capability_set', 'log_extra_fields', 'io_limit'],
  ...['device_allow', 'in_addr_prefixes', 'restrict_filesystems', 'restrict_network_interfaces', 'extension_images', 'mount_images'],
]);
const IN_SHELL = { word: ' "\'\\$`;&|<>(){}[]*?~!#', double: '"\\$`', single: "'", heredoc: '\\$`', literal: '' } as const;
const QUOTE = { word: '', double: '"', single: "'", heredoc: '"', literal: "'" } as const;

/** Stands for the n-th placeholder of a text while the text is parsed. */
const MARK = { begin: '\uE001', end: '\uE002' };
export const mark = (n: number): string => MARK.begin + n + MARK.end;
const ANY_MARK = new RegExp(`${MARK.begin}(\\d+)${MARK.end}`, 'g');

/**
 * The places of the placeholders of a text, by their number.
 * @param marked the text, with marks for its placeholders
 * @param keys of the placeholders
 */
export function placesOf(reader: Reader, marked: string, keys: readonly string[]): Map<number, Place> {
  if (reader === 'systemd') return inUnit(marked, keys);
  if (reader === 'variables') return inVariables(marked, keys);
  if (reader === 'words') return everywhere(marked, { reader: 'a program', refused: ' "\'\\%', quote: '', environment: false });
  // After a | the kernel reads the name of a program, which it runs for a core dump.
  if (reader === 'sysctl') return everywhere(marked, { reader: 'a program', refused: '|', quote: '', environment: false });
  if (typeof reader === 'object') return everywhere(marked, inCode(reader.code));
  return reader === 'shell' ? inShell(marked, keys) : new Map();
}

function everywhere(text: string, place: Place): Map<number, Place> {
  return new Map(marksIn(text).map(({ n }) => [n, place]));
}

function inCode(code: string): Place {
  return { reader: 'a program', refused: '', quote: '', environment: false, code };
}

function inShell(script: string, keys: readonly string[]): Map<number, Place> {
  const states = shellStates(script);
  return new Map(
    marksIn(script).flatMap(({ n, at }): [number, Place][] => {
      const found = states(at);
      if (found === undefined) return [];
      const { state, delimiter } = found;
      const code = runBy(found) ?? 'a shell';
      const quoted = state === 'word' ? { quoted: `"{{${keys[n]}}}"` } : {};
      const environment = state !== 'single' && state !== 'literal';
      const more = { ...quoted, code, ...(delimiter === undefined ? {} : { end: delimiter }) };
      return [[n, { reader: 'a shell', refused: IN_SHELL[state], quote: QUOTE[state], environment, ...more }]];
    }),
  );
}

/** @returns the program that runs what a shell has read, as in `eval "…"` or `echo … | sh` */
function runBy({ command, piped, delimiter }: ShellPlace): string | undefined {
  const isInput = delimiter !== undefined || command.some((word) => word.startsWith('<<<') || word.startsWith('<('));
  return codeReader(command) ?? (isInput ? inputReader(command) : undefined) ?? inputReader(piped);
}

/** A line of one variable, in which a shell expands nothing except in the value of a placeholder. */
const VARIABLE = /^\s*(?:export\s+)?\w+=(?:[^\s"'$`\\|&;<>()]*|"[^"$`\\]*"|'[^']*')\s*$/;

/** systemd reads such a file with EnvironmentFile=, and then expands nothing in it. A shell may read it as well. */
function inVariables(text: string, keys: readonly string[]): Map<number, Place> {
  return new Map(
    [...inShell(text, keys)].map(([n, { code, ...place }]) => {
      const at = text.indexOf(mark(n));
      const line = text.slice(text.lastIndexOf('\n', at) + 1, (text.indexOf('\n', at) + 1 || text.length + 1) - 1);
      const more = VARIABLE.test(line) && !line.split('=', 1)[0]?.includes(MARK.begin) ? {} : { code };
      return [n, { ...place, ...more, reader: 'systemd or a shell', environment: false }];
    }),
  );
}

function inUnit(text: string, keys: readonly string[]): Map<number, Place> {
  const { assignments } = parseUnit(text);
  const places = new Map(assignments.flatMap((assignment) => [...inAssignment(assignment, assignments, keys)]));
  // Instead of a section, a directive or a whole line.
  for (const { n } of marksIn(text)) if (!places.has(n) && !isComment(text, n)) places.set(n, inCode('systemd'));
  return places;
}

function inAssignment(
  { section, name, value }: Assignment,
  assignments: readonly Assignment[],
  keys: readonly string[],
): ReadonlyMap<number, Place> {
  const marks = marksIn(value);
  if (marks.length === 0) return new Map();
  const kind = directives().sections.get(section)?.get(name) ?? '';
  const places = new Map(inValue(kind, value, keys));
  const add = (found: readonly (readonly [number, Place])[]) => {
    for (const [n, place] of found) places.set(n, both(places.get(n), place));
  };
  if (kind === 'exec') {
    add(inCodeOf(value));
    add(inScripts(value, keys));
  }
  const input = name === 'StandardInputText' ? readerOfInput(assignments) : undefined;
  if (input !== undefined) add(marks.map(({ n }) => [n, inCode(input)]));
  add(marks.filter(({ at }) => decides(name, kind, value, at)).map(({ n }) => [n, inCode('systemd')]));
  return places;
}

/** The places in a value, as systemd reads it. */
function inValue(kind: string, value: string, keys: readonly string[]): [number, Place][] {
  const quotes = quotesOf(value);
  const words = splitWords(value) ?? [];
  const firstArgument = value.search(/\s/) + 1 || value.length;
  const specifiers = kind === '' ? '' : '%';
  const variables = kind === 'exec' ? '$' : '';
  return marksIn(value).map(({ n, at }) => {
    const quote = SPLIT.has(kind) ? quotes(at) : undefined;
    const ends = quote === undefined ? '' : quote === '' ? ' "\'' : quote;
    const quoted = quote === '' ? inQuotes(words, at, keys) : undefined;
    return [
      n,
      {
        reader: 'systemd',
        refused: `${ends}\\${specifiers}${variables}`,
        quote: quote ?? '',
        environment: kind === 'exec' && at >= firstArgument,
        ...(quoted === undefined ? {} : { quoted }),
      },
    ];
  });
}

/** Whether the place decides which program is run or which variable is set, and not what either gets. */
function decides(name: string, kind: string, value: string, at: number): boolean {
  if (name === 'StandardInputData') return true;
  if (kind === 'exec') return !/\s/.test(value.slice(0, at).trimStart());
  return kind === 'environ' && !/=/.test(value.slice(0, at).split(/\s/).at(-1) ?? '');
}

function isComment(text: string, n: number): boolean {
  const at = text.indexOf(mark(n));
  return /^[ \t]*[#;]/.test(text.slice(text.lastIndexOf('\n', at) + 1, at));
}

/** Words of an Exec line that a program runs as code, as in `python3 -c 'code'`. Scripts of shells are parsed instead. */
function inCodeOf(value: string): [number, Place][] {
  return (commandsOf(value) ?? []).flatMap((command) => {
    const code = codeReader(wordsOf(command));
    if (code === undefined || (command.script && isShell(code))) return [];
    return command.args.flatMap(({ raw }) => marksIn(raw).map(({ n }): [number, Place] => [n, inCode(code)]));
  });
}

function readerOfInput(assignments: readonly Assignment[]): string | undefined {
  const lines = assignments.filter(({ name }) => name.startsWith('Exec')).flatMap(({ value }) => commandsOf(value) ?? []);
  return lines.map((command) => inputReader(wordsOf(command))).find((reader) => reader !== undefined);
}

function wordsOf({ program, args }: Command): string[] {
  return [program, ...args.map(({ text }) => text)];
}

/** Scripts that a shell gets from an Exec line, as in `/bin/sh -c 'script'`. */
function inScripts(value: string, keys: readonly string[]): [number, Place][] {
  return (commandsOf(value) ?? []).flatMap(({ script }) => (script ? [...inShell(script.text, keys)] : []));
}

/** A place that two readers read, one after the other. The quotes of the second do not help against the first. */
function both(first: Place | undefined, second: Place): Place {
  const code = second.code ?? first?.code;
  return {
    reader: second.reader,
    refused: [...new Set(`${first?.refused ?? ''}${second.refused}`)].join(''),
    quote: second.quote,
    environment: false,
    ...(code === undefined ? {} : { code }),
    ...(second.end === undefined ? {} : { end: second.end }),
  };
}

/** The word around a place, in double quotes as a whole: systemd knows no others that would help. */
function inQuotes(words: readonly Word[], at: number, keys: readonly string[]): string | undefined {
  const word = words[lastBefore(words, (each) => each.at <= at)];
  if (!word || word.at > at || /["']/.test(word.raw)) return undefined;
  return `"${word.raw.replace(ANY_MARK, (_, n) => `{{${keys[Number(n)]}}}`)}"`;
}

function marksIn(text: string): { n: number; at: number }[] {
  return [...text.matchAll(ANY_MARK)].map((match) => ({ n: Number(match[1]), at: match.index }));
}
