import { isUtf8 } from 'node:buffer';
import { type Dirent, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Problem } from '../errors';
import type { GuestFile } from './entry';
import { placeholders } from './placeholders';
import { unreadable } from './read-text';

/** What virtwork itself writes into every guest. */
const OWN =
  /^\/etc\/(virtwork\/(workload\.env|access\.env|units|packages|peer-files|disk\/.*)|systemd\/system\/virtwork-[^/]+\.d\/10-virtwork\.conf)$/;
/** Folders whose files are executable in the guest, as everything is that begins with #!. */
const EXECUTABLE = /\/(s?bin|libexec)\//;

/** Every file below a folder of guest paths, sorted by path. */
export function readFiles(folder: string, source: string, problems: Problem[], path = ''): GuestFile[] {
  return filesIn(folder, source, problems).flatMap((each) => {
    const [below, from, to] = [`${folder}/${each.name}`, `${source}/${each.name}`, `${path}/${each.name}`];
    if (each.isDirectory()) return readFiles(below, from, problems, to);
    // Reading a pipe would wait for ever.
    if (!each.isFile() && statSync(below, { throwIfNoEntry: false })?.isFile() === false) {
      problems.push({ where: from, message: 'must be a file or a folder' });
      return [];
    }
    return readFile(below, from, to, problems) ?? [];
  });
}

function filesIn(folder: string, source: string, problems: Problem[]): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (lstatSync(folder, { throwIfNoEntry: false })) problems.push(unreadable(source, error));
    return [];
  }
}

/** @returns undefined for a file that cannot be read */
function readFile(file: string, source: string, guestPath: string, problems: Problem[]): GuestFile | undefined {
  const path = guestPath.replace(/\.hbs$/, '');
  if (path.endsWith('/')) {
    problems.push({ where: source, message: 'needs a name before .hbs' });
    return undefined;
  }
  try {
    const bytes = readFileSync(file);
    const content = isUtf8(bytes) ? bytes.toString('utf8') : bytes;
    if (path !== guestPath && typeof content !== 'string') {
      problems.push({ where: source, message: 'must be UTF-8 text, as every .hbs file' });
      return undefined;
    }
    return {
      path,
      content,
      executable: EXECUTABLE.test(path) || (typeof content === 'string' && content.startsWith('#!')),
      source,
      ...(path === guestPath ? {} : { placeholders: placeholders(source, String(content), readerOf(path, String(content)), problems) }),
    };
  } catch (error) {
    problems.push(unreadable(source, error));
    return undefined;
  }
}

function readerOf(path: string, content: string): 'systemd' | 'shell' | 'other' {
  if (/\.(service|socket|timer|mount|path|target|conf)$/.test(path) && path.includes('/systemd/')) return 'systemd';
  return /^#!.*sh\b/.test(content) ? 'shell' : 'other';
}

export function mergeFiles(shared: readonly GuestFile[], own: readonly GuestFile[], problems: Problem[]): GuestFile[] {
  const merged = new Map<string, GuestFile>();
  for (const file of [...shared, ...own]) {
    const other = merged.get(file.path);
    if (other) problems.push({ where: file.source, message: `is ${file.path} in the guest, and so is ${other.source}` });
    if (OWN.test(file.path)) problems.push({ where: file.source, message: `must not be ${file.path}, which virtwork writes itself` });
    merged.set(file.path, file);
  }
  return [...merged.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
