import { type Dirent, lstatSync, readdirSync, statSync } from 'node:fs';
import type { Problem } from '../../errors';
import { isBinary, textOf } from '../../files/text-file';
import type { GuestFile } from '../entry';
import * as say from '../messages/files';
import { placeholders } from '../params/placeholders';
import type { Problems } from '../problems';
import { linkOutside, nulProblem, readBytes, unreadable } from './entry-file';
import { readerOf } from './file-readers';
import { isBackup, isLeftover } from './leftovers';

/** What virtwork itself writes into every guest. */
const OWN =
  /^\/etc\/(virtwork\/(workload\.env|access\.env|trials\.env|units|packages|peer-files|owners|apply|triggered|(disk|trials)\/.*)|systemd\/system\/virtwork-[^/]+\.d\/10-virtwork\.conf)$/;
/** Folders whose files are executable in the guest. A file that begins with #! is executable everywhere. */
const EXECUTABLE = /\/(s?bin|libexec)\//;
/** Texts that programs of Linux read line by line. Other texts may have other line ends on purpose. */
const READ_IN_LINES = /^\/etc\/|\.(hbs|ya?ml|sh|bash|py|pl|rb|conf|service|socket|timer|mount|path|target)$/;
/** Units and their drop-ins. */
const UNIT = /\/systemd\/(system|user)\//;
const CONTROL = /\p{Cc}/u;

/** A file or folder below a folder of guest paths. */
interface Place {
  /** Path of the entry. */
  readonly entry: string;
  readonly path: string;
  /** Path as the user knows it, for messages. */
  readonly source: string;
  /** Path in the guest; of a template with its `.hbs`. */
  readonly inGuest: string;
}

/**
 * Reads every file below a folder of guest paths, sorted by path.
 * @param entry path of the entry
 * @param name of the folder in it, such as `files.server`; it need not exist
 * @param shown path of the entry as the user knows it, for messages
 */
export function readFiles(entry: string, name: string, shown: string, findings: Problems): GuestFile[] {
  const root: Place = { entry, path: `${entry}/${name}`, source: `${shown}/${name}`, inGuest: '' };
  try {
    if (!lstatSync(root.path, { throwIfNoEntry: false })) return [];
    const problem = rootProblem(root);
    if (!problem) return readFolder(root, findings);
    findings.problems.push(problem);
  } catch (error) {
    findings.problems.push(unreadable(root.source, error));
  }
  return [];
}

function rootProblem({ entry, path, source }: Place): Problem | undefined {
  return linkOutside(entry, path, source) ?? (statSync(path).isDirectory() ? undefined : { where: source, ...say.NOT_A_FOLDER });
}

function readFolder(folder: Place, findings: Problems): GuestFile[] {
  const found = filesIn(folder, findings.problems);
  if (found?.length === 0) findings.warnings.push({ where: folder.source, ...say.emptyFolder(folder.inGuest) });
  return (found ?? []).flatMap((each) => {
    const place: Place = {
      entry: folder.entry,
      path: `${folder.path}/${each.name}`,
      source: `${folder.source}/${each.name}`,
      inGuest: `${folder.inGuest}/${each.name}`,
    };
    if (CONTROL.test(each.name)) {
      findings.problems.push({ where: JSON.stringify(place.source), ...say.CONTROL_IN_NAME });
      return [];
    }
    if (isBackup(each.name)) {
      findings.warnings.push({ where: place.source, ...say.BACKUP });
      return [];
    }
    return each.isDirectory() ? readFolder(place, findings) : (readFile(place, findings) ?? []);
  });
}

/** @returns undefined for a folder that cannot be read */
function filesIn({ path, source }: Place, problems: Problem[]): Dirent[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((each) => !isLeftover(each.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    problems.push(unreadable(source, error));
    return undefined;
  }
}

/** @returns undefined for a file that no guest can have */
function readFile(place: Place, findings: Problems): GuestFile | undefined {
  const { entry, source, inGuest } = place;
  const { problems } = findings;
  const path = inGuest.replace(/\.hbs$/, '');
  if (path.endsWith('/')) {
    problems.push({ where: source, ...say.NO_NAME_BEFORE_HBS });
    return undefined;
  }
  const bytes = readBytes(entry, place.path, source, problems);
  const content = bytes && (isBinary(bytes) ? binaryContent(bytes, place, findings) : textContent(bytes, place, findings));
  if (content === undefined) return undefined;
  const executable = EXECUTABLE.test(path) || (typeof content === 'string' && content.startsWith('#!'));
  const file = { path, content, mode: executable ? '0755' : '0644', source };
  if (path === inGuest) return file;
  const text = String(content);
  return { ...file, placeholders: placeholders(source, text, readerOf(path, text), problems) };
}

function binaryContent(bytes: Buffer, { source, inGuest }: Place, { problems, warnings }: Problems): Buffer | undefined {
  const nul = UNIT.test(inGuest) ? nulProblem(source, bytes.toString('latin1')) : undefined;
  const problem = nul ?? (inGuest.endsWith('.hbs') ? { where: source, ...say.NO_UTF8_TEMPLATE } : undefined);
  if (problem) {
    problems.push(problem);
    return undefined;
  }
  warnings.push({ where: source, ...say.binaryFile(bytes.length) });
  return bytes;
}

function textContent(bytes: Buffer, { source, inGuest }: Place, { problems, warnings }: Problems): string | undefined {
  const read = textOf(source, bytes);
  if (!('text' in read)) {
    problems.push(read);
    return undefined;
  }
  const { text, lineEnds } = read;
  const isStrict = text.startsWith('#!') || READ_IN_LINES.test(inGuest) || EXECUTABLE.test(inGuest);
  if (lineEnds) (isStrict ? problems : warnings).push(lineEnds);
  return text;
}

/** The files of a role, sorted by path: those of all roles and its own. @param problems gets those of paths that are taken */
export function mergeFiles(shared: readonly GuestFile[], own: readonly GuestFile[], problems: Problem[]): GuestFile[] {
  const merged = new Map<string, GuestFile>();
  for (const file of [...shared, ...own]) {
    const { path, source } = file;
    const other = merged.get(path);
    if (other) problems.push({ where: source, ...say.sameGuestPath(path, other.source) });
    if (OWN.test(path)) problems.push({ where: source, ...say.pathOfVirtwork(path) });
    merged.set(path, file);
  }
  return [...merged.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
