import type { Place } from '../entry';
import { directives } from './directives';
import { commandsOf } from './exec';
import { shellStates } from './shell-states';
import { parseUnit } from './unit-text';
import { quoteAt, splitWords } from './words';

/** Who reads a text. */
export type Reader = 'systemd' | 'shell' | 'variables' | 'other';

/** Kinds of values that systemd splits at blanks. */
const SPLIT = new Set([
  ...['exec', 'environ', 'pass_environ', 'unset_environ', 'namespace_path_strv', 'unit_deps', 'unit_mounts_for', 'install', 'bind_paths'],
  ...['exec_directories', 'user_group_strv_compat', 'service_sockets', 'unit_path_strv_printf', 'documentation', 'temporary_filesystems'],
  ...['set_status', 'syscall_filter', 'syscall_archs', 'syscall_log', 'address_families', 'capability_set', 'log_extra_fields', 'io_limit'],
  ...['device_allow', 'in_addr_prefixes', 'restrict_filesystems', 'restrict_network_interfaces', 'extension_images', 'mount_images'],
]);
const IN_SHELL = { word: ' "\'\\$`;&|<>(){}[]*?~!#', double: '"\\$`', single: "'", heredoc: '\\$`' } as const;
const QUOTE = { word: '', double: '"', single: "'", heredoc: '"' } as const;

/** Stands for the n-th placeholder of a text while the text is taken apart. */
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
  return reader === 'shell' ? inShell(marked, keys) : new Map();
}

function inShell(script: string, keys: readonly string[]): Map<number, Place> {
  const states = shellStates(script);
  return new Map(
    marksIn(script).flatMap(({ n, at }): [number, Place][] => {
      const state = states(at);
      if (state === undefined) return [];
      const quoted = state === 'word' ? { quoted: `"{{${keys[n]}}}"` } : {};
      return [[n, { reader: 'a shell', refused: IN_SHELL[state], quote: QUOTE[state], environment: state !== 'single', ...quoted }]];
    }),
  );
}

/** systemd reads such a file with EnvironmentFile=, and then expands nothing in it. A shell may read it as well. */
function inVariables(text: string, keys: readonly string[]): Map<number, Place> {
  return new Map([...inShell(text, keys)].map(([n, place]) => [n, { ...place, reader: 'systemd or a shell', environment: false }]));
}

function inUnit(text: string, keys: readonly string[]): Map<number, Place> {
  const places = new Map<number, Place>();
  for (const { section, name, value } of parseUnit(text).assignments) {
    const kind = directives().sections.get(section)?.get(name) ?? '';
    for (const { n, at } of marksIn(value)) {
      const quote = SPLIT.has(kind) ? quoteAt(value, at) : undefined;
      const specifiers = kind === '' ? '' : '%';
      const ends = quote === undefined ? '' : quote === '' ? ' "\'' : quote;
      const variables = kind === 'exec' ? '$' : '';
      const quoted = quote === '' ? inQuotes(value, at, keys) : undefined;
      const environment = kind === 'exec' && at >= (value.search(/\s/) + 1 || value.length);
      places.set(n, {
        reader: 'systemd',
        refused: `${ends}\\${specifiers}${variables}`,
        quote: quote ?? '',
        environment,
        ...(quoted === undefined ? {} : { quoted }),
      });
    }
    if (kind === 'exec') for (const [n, place] of inScripts(value, keys)) places.set(n, both(places.get(n), place));
  }
  return places;
}

/** Scripts that a shell gets from an Exec line, as in `/bin/sh -c 'script'`. */
function inScripts(value: string, keys: readonly string[]): [number, Place][] {
  return (commandsOf(value) ?? []).flatMap(({ script }) => (script ? [...inShell(script.text, keys)] : []));
}

/** What two readers refuse, one after the other. The second one's quotes are of no help against the first. */
function both(first: Place | undefined, second: Place): Place {
  return {
    reader: second.reader,
    refused: [...new Set(`${first?.refused ?? ''}${second.refused}`)].join(''),
    quote: second.quote,
    environment: false,
  };
}

/** The word around a place, in double quotes as a whole: systemd knows no others that would help. */
function inQuotes(value: string, at: number, keys: readonly string[]): string | undefined {
  const word = splitWords(value)?.findLast((each) => each.at <= at);
  if (!word || /["']/.test(word.raw)) return undefined;
  return `"${word.raw.replace(ANY_MARK, (_, n) => `{{${keys[Number(n)]}}}`)}"`;
}

function marksIn(text: string): { n: number; at: number }[] {
  return [...text.matchAll(ANY_MARK)].map((match) => ({ n: Number(match[1]), at: match.index }));
}
