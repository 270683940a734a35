/** What the values of directives must be, as in `must …`. The names are those of the kinds of values. */

export const TIME = 'be a time such as 30s, 5min or infinity';
export const TIMER = 'be a time such as 30s or 5min';
export const CALENDAR = 'be a calendar event such as hourly, *-*-* 03:00:00 or Mon..Fri 10:00';
export const NANOSECONDS = 'be a time such as 50us or 100ns';
export const SIZE = 'be a size in bytes such as 512M or 2G';
export const SIZE_LIMIT = `${SIZE}, a percentage or infinity`;
export const TASKS = 'be a number, a percentage or infinity';
export const RLIMIT = 'be a number or infinity, or two of them as in 1024:4096';
export const PERCENTAGE = 'be a percentage such as 50%';
export const WHOLE_NUMBER = 'be a whole number';
export const MODE = 'be an octal mode such as 0755';
export const SIGNAL = 'be a signal such as SIGTERM';
export const OUTPUT = 'be journal, null, inherit, file:/path, append:/path, truncate:/path, …';
export const INPUT = 'be null, data, socket, file:/path, …';
export const USER = 'be a name without : and /, or a number';
export const USERS = 'be names or numbers, with blanks between them';
export const FOLDER = 'be an absolute path, or ~';
export const ABSOLUTE_PATH = 'be an absolute path';
export const ABSOLUTE_PATHS = 'be absolute paths, with blanks between them';
export const RELATIVE_PATHS = 'be relative paths, with blanks between them';
export const PATH = 'be a path';
export const UNITS = 'be names of units with their endings, such as network-online.target';
export const UNIT = 'be the name of a unit with its ending';
export const SERVICE = 'be the name of a .service';
export const SOCKETS = 'be names of .socket units';
export const SLICE = 'be the name of a .slice';
export const UNIT_NAMES = 'be names of units';
export const CLOSED_QUOTES = 'have an end for every quote';
export const ADDRESS = 'be a port from 1 to 65535, ADDRESS:PORT, or the path of a socket';
export const URIS = 'be URIs that begin with http://, https://, file:, info: or man:';
export const CAPABILITIES = 'be capabilities such as CAP_NET_ADMIN';
export const SYSTEM_CALLS = 'be system calls and known groups such as @system-service';

/** @param word without quotes, which is not a pair */
export function pairs(word: string): string {
  return `be NAME=value pairs, with double quotes around a pair that has blanks; ${JSON.stringify(word)} is not a pair`;
}

/** @param specifier such as `%e` */
export function percentSign(specifier: string): string {
  return `write a % as %%: systemd does not know ${specifier}`;
}

/** @param must what the value must be @param name that systemd does not know */
export function unknownName(must: string, name: string): string {
  return `${must}; systemd does not know ${name}`;
}

export function oneOf(words: readonly string[]): string {
  return `be one of ${words.join(', ')}`;
}

/** @param words allowed in addition to those of a boolean */
export function yesNoOr(words: readonly string[]): string {
  return words.length > 0 ? `be yes, no, ${words.join(' or ')}` : 'be yes or no';
}

export function numberBetween(least: number, most: number): string {
  return `be ${least} to ${most}`;
}
