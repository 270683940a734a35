import { createHash } from 'node:crypto';
import { SERIAL_LENGTH } from '../../kubernetes/disk-serial';
import { ACCESS_SERIAL, type Entry } from '../entry';
import { ownName } from '../entry-name';

/** The part of an entry that decides about the names in it. */
export type Named = Pick<Entry, 'name' | 'packages' | 'storage' | 'service' | 'access'>;

/** How the names in an entry change in a copy of it. */
export interface Renaming {
  /** Name of a file or folder. */
  readonly file: (name: string) => string;
  /** @param file name of the file that holds the text */
  readonly text: (text: string, file: string) => string;
}

type Change = (text: string) => string;

/** Names that virtwork itself uses in every guest, whatever the name of the entry. */
const COMMON_VARIABLE = /^VIRTWORK_(SERVICE|PEER|PEER_PREFIX|ROLE|WORKLOAD|RUN_ID|GUEST_OS|(METRICS|ETC|ACCESS)_DIR)$/;
const COMMON_METRIC = /^virtwork_(unit|workload_info)/;
/** Lines that only people read: comments and descriptions. */
const PROSE = /^(?:[ \t]*#(?!!)|description:|Description=).*$/gm;
/** They stand for new names until all old ones are replaced, so that no new name is mistaken for an old one. */
const MARK = { name: '\ufdd0', snake: '\ufdd1', upper: '\ufdd2', serials: 0xfdd3 };

/**
 * Gives the new name to everything that an entry names after itself: units, scripts, the Service, serials, metrics and
 * their files, and what its texts say about these. A word that only looks the same does not change, such as a param or
 * a program with the name of the entry.
 * @param shared paths of the files that virtwork adds to every guest
 */
export function renaming(entry: Named, to: string, shared: readonly string[]): Renaming {
  const serials = serialNames(entry, to);
  const own = ownNames(entry.name, shared);
  const all = together([...serials.map(serialChange), serviceChange(entry), own, componentChange(entry.name)]);
  const prose = together([proseChange(entry), all]);
  const written = (text: string) => serials.reduce((done, { fresh }, index) => done.replaceAll(serialMark(index), fresh), named(text, to));
  return {
    file: (name) => written(own(name)),
    text: (text, file) => written(/^README/i.test(file) ? prose(text) : all(text.replace(PROSE, prose))),
  };
}

function together(changes: readonly Change[]): Change {
  return (text) => changes.reduce((changed, change) => change(changed), text);
}

function named(text: string, to: string): string {
  return text.replaceAll(MARK.name, to).replaceAll(MARK.snake, snake(to)).replaceAll(MARK.upper, snake(to).toUpperCase());
}

/** `virtwork-<entry>…`, `virtwork_<entry>_…`, `VIRTWORK_<ENTRY>_…` and `<entry>.prom`. */
function ownNames(name: string, shared: readonly string[]): Change {
  const hyphens = new RegExp(`(?<![\\w-])(bin/)?${ownName(name)}(?![A-Za-z0-9])([\\w.@-]*)`, 'g');
  const metrics = new RegExp(`(?<!\\w)virtwork_${snake(name)}(?![A-Za-z0-9])\\w*`, 'g');
  const variables = new RegExp(`(?<!\\w)VIRTWORK_${snake(name).toUpperCase()}(?![A-Za-z0-9])\\w*`, 'g');
  const file = new RegExp(`(?<![\\w-])${name}\\.prom(?!\\w)`, 'g');
  const after = (match: string) => match.slice('virtwork_'.length + name.length);
  return (text) =>
    text
      .replace(hyphens, (match, bin: string | undefined, rest: string) =>
        isShared(match, shared) ? match : `${bin ?? ''}${ownName(MARK.name)}${rest}`,
      )
      .replace(metrics, (match) => (COMMON_METRIC.test(match) ? match : `virtwork_${MARK.snake}${after(match)}`))
      .replace(variables, (match) => (COMMON_VARIABLE.test(match) ? match : `VIRTWORK_${MARK.upper}${after(match)}`))
      .replace(file, `${MARK.name}.prom`);
}

/** A script is meant only if its folder stands before it: alone, the same word is the name of a unit. */
function isShared(match: string, shared: readonly string[]): boolean {
  const name = match.replace(/@[^.]*/, '@').replace(/\.$/, '');
  return /[/.@]/.test(name) && shared.some((path) => path.endsWith(`/${name}`));
}

interface Serial {
  readonly old: string;
  readonly fresh: string;
}

function serialNames({ storage, access }: Named, to: string): Serial[] {
  return [
    ...storage.map(({ serial, name }) => ({ old: serial, fresh: serialOf(storage.length === 1 ? to : `${to}-${name}`) })),
    ...(access && access.serial !== ACCESS_SERIAL ? [{ old: access.serial, fresh: serialOf(`${to}-access`) }] : []),
  ];
}

function serialOf(name: string): string {
  const whole = `vw-${name}`;
  if (whole.length <= SERIAL_LENGTH) return whole;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 4);
  return `${whole.slice(0, SERIAL_LENGTH - 1 - hash.length).replace(/-$/, '')}-${hash}`;
}

/** A serial may be any word, so it is replaced only where the text says that it is a serial. */
function serialChange({ old }: Serial, index: number): Change {
  const pattern = new RegExp(`((?:\\b|_)serial\\W{1,3}|\\bvirtio-)${old}(?![\\w-])`, 'gi');
  return (text) => text.replace(pattern, `$1${serialMark(index)}`);
}

function serialMark(index: number): string {
  return String.fromCodePoint(MARK.serials + index);
}

/** The Service of an entry may have another name than the entry. */
function serviceChange({ name, service }: Named): Change {
  const isOwn = service === undefined || new RegExp(`^${ownName(name)}(?![A-Za-z0-9])`).test(service.name);
  if (isOwn) return (text) => text;
  const pattern = new RegExp(`(?<![\\w-])${service.name}(?![\\w-])`, 'g');
  return (text) => text.replace(pattern, ownName(MARK.name));
}

/** In label selectors and labels. */
function componentChange(name: string): Change {
  const pattern = new RegExp(`(component["']?\\s*[:=]\\s*["']?)${name}(?![\\w-])`, 'g');
  return (text) => text.replace(pattern, `$1${MARK.name}`);
}

/** The name in headings and command lines; and anywhere alone, if it is neither a plain word nor that of a program. */
function proseChange({ name, packages }: Named): Change {
  const heading = new RegExp(`^([ \\t]*#+ +)${name}[ \\t]*$`, 'gm');
  const command = new RegExp(`(--(?:workloads|from-catalog|params)[ =]|virtwork (?:validate|new|lab \\w+) )${name}(?![\\w-])`, 'g');
  const alone = new RegExp(`(?<![\\w./-])${name}(?![\\w-])`, 'g');
  const isDistinct = name.includes('-') && !Object.values(packages).flat().includes(name);
  return (text) => {
    const changed = text.replace(heading, `$1${MARK.name}`).replace(command, `$1${MARK.name}`);
    return isDistinct ? changed.replace(alone, MARK.name) : changed;
  };
}

function snake(name: string): string {
  return name.replaceAll('-', '_');
}
