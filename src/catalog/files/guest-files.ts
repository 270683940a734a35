import { type Dirent, lstatSync, readdirSync, statSync } from 'node:fs';
import type { Problem } from '../../errors';
import { isBinary, textOf } from '../../files/text-file';
import type { GuestFile } from '../entry';
import { placeholders } from '../params/placeholders';
import type { Problems } from '../problems';
import { isInside, nulProblem, readBytes, unreadable } from './entry-file';
import { readerOf } from './file-readers';
import { isBackup, isLeftover } from './leftovers';

/** What virtwork itself writes into every guest. */
const OWN =
  /^\/etc\/(virtwork\/(workload\.env|access\.env|units|packages|peer-files|owners|apply|triggered|disk\/.*)|systemd\/system\/virtwork-[^/]+\.d\/10-virtwork\.conf)$/;
/** Folders whose files are executable in the guest, as everything is that begins with #!. */
const EXECUTABLE = /\/(s?bin|libexec)\//;
/** Texts that programs of Linux read line by line; what else has other line ends may have them on purpose. */
const READ_IN_LINES = /^\/etc\/|\.(hbs|ya?ml|sh|bash|py|pl|rb|conf|service|socket|timer|mount|path|target)$/;
/** Units and their drop-ins. */
const UNIT = /\/systemd\/(system|user)\//;
const CONTROL = /\p{Cc}/u;

/** A folder of an entry that is being read. */
interface Tree {
  /** Path of the entry. */
  readonly entry: string;
  readonly findings: Problems;
}

/**
 * Every file that a folder of guest paths brings, sorted by path.
 * @param entry path of the entry
 * @param name of the folder in it, such as `files.server`; it need not be there
 * @param shown path of the entry as the user knows it, for error texts
 */
export function readFiles(entry: string, name: string, shown: string, findings: Problems): GuestFile[] {
  const [folder, source] = [`${entry}/${name}`, `${shown}/${name}`];
  const { problems } = findings;
  try {
    if (!lstatSync(folder, { throwIfNoEntry: false }) || !isInside(entry, folder, source, problems)) return [];
    if (statSync(folder).isDirectory()) return readFolder({ entry, findings }, folder, source, '');
    problems.push({ where: source, message: 'must be a folder, with files at the paths that they have in the guest' });
  } catch (error) {
    problems.push(unreadable(source, error));
  }
  return [];
}

/** @param path of the folder in the guest */
function readFolder(tree: Tree, folder: string, source: string, path: string): GuestFile[] {
  const { problems, warnings } = tree.findings;
  const found = filesIn(folder, source, problems);
  if (found?.length === 0)
    warnings.push({
      where: source,
      message: 'is an empty folder, which no guest gets',
      hint: `a line in files/etc/tmpfiles.d/NAME.conf: d ${path || '/PATH'} 0755 root root`,
    });
  return (found ?? []).flatMap((each) => {
    const [below, from, to] = [`${folder}/${each.name}`, `${source}/${each.name}`, `${path}/${each.name}`];
    if (CONTROL.test(each.name)) {
      problems.push({ where: JSON.stringify(from), message: 'must have no line break or other control character in its name' });
      return [];
    }
    if (isBackup(each.name)) {
      warnings.push({ where: from, message: 'reaches no guest: by its name it is a backup', hint: 'another name if it is meant' });
      return [];
    }
    return each.isDirectory() ? readFolder(tree, below, from, to) : (readFile(tree, below, from, to) ?? []);
  });
}

/** @returns undefined, and a problem, when the folder cannot be read */
function filesIn(folder: string, source: string, problems: Problem[]): Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((each) => !isLeftover(each.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    problems.push(unreadable(source, error));
    return undefined;
  }
}

/** @returns undefined, and a problem, for a file that no guest can have */
function readFile({ entry, findings }: Tree, file: string, source: string, guestPath: string): GuestFile | undefined {
  const path = guestPath.replace(/\.hbs$/, '');
  if (path.endsWith('/')) {
    findings.problems.push({ where: source, message: 'needs a name before .hbs' });
    return undefined;
  }
  const bytes = readBytes(entry, file, source, findings.problems);
  if (bytes === undefined) return undefined;
  const content = contentOf(bytes, source, guestPath, findings);
  if (content === undefined) return undefined;
  const executable = EXECUTABLE.test(path) || (typeof content === 'string' && content.startsWith('#!'));
  return {
    path,
    content,
    mode: executable ? '0755' : '0644',
    source,
    ...(path === guestPath
      ? {}
      : { placeholders: placeholders(source, String(content), readerOf(path, String(content)), findings.problems) }),
  };
}

function contentOf(bytes: Buffer, source: string, guestPath: string, { problems, warnings }: Problems): GuestFile['content'] | undefined {
  if (isBinary(bytes)) {
    const nul = UNIT.test(guestPath) ? nulProblem(source, bytes.toString('latin1')) : undefined;
    if (nul) {
      problems.push(nul);
      return undefined;
    }
    if (guestPath.endsWith('.hbs')) {
      problems.push({ where: source, message: 'must be UTF-8 text, as every .hbs file' });
      return undefined;
    }
    warnings.push({
      where: source,
      message: `is a binary file of ${bytes.length} bytes: the Secret holds it as base64, which reviewers cannot read`,
    });
    return bytes;
  }
  const read = textOf(source, bytes);
  if (!('text' in read)) {
    problems.push(read);
    return undefined;
  }
  const { text, lineEnds } = read;
  const strict = text.startsWith('#!') || READ_IN_LINES.test(guestPath) || EXECUTABLE.test(guestPath);
  if (lineEnds) (strict ? problems : warnings).push(lineEnds);
  return text;
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
