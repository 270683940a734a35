import { basename, resolve } from 'node:path';
import { formatProblem, type Problem } from '../../errors';
import { readBounded } from '../../files/bounded-file';
import { liesIn } from '../../files/real-path';
import { shownPath } from '../../files/shown-path';
import { keepSecret } from '../../text/secrets';
import { CONFIG_FILE, type ConfigFile } from '../config-file';
import { placeOf } from '../contradictions';
import type { Folded } from '../fold';
import type { ExtraUserData } from '../guest-kinds';
import type { Fields } from '../structured';
import type { OptionKey } from '../table';
import { certificatesIn } from './certificates';
import { notRegular, outside, sameName, unreadable } from './messages';
import { type RepositoryFile, repositoryFile } from './repositories';
import { secretsIn, type UserData, userDataFile, userDataMap, userDataText } from './user-data';

/** What the options about guests read from files, checked. */
export interface GuestInput {
  /** Certificates in PEM format. */
  readonly caCertificates: readonly string[];
  readonly packageRepositories: readonly RepositoryFile[];
  /** A cloud-config. Absent: none. */
  readonly extraUserData?: Fields;
  /** What of it and of the proxy is secret. */
  readonly secrets: readonly Secret[];
}

/** A secret in a value, in words for a message. */
export interface Secret {
  readonly key: OptionKey;
  readonly what: string;
}

/** Reads the files that options name. Each is read once, although many workloads may name it. */
export interface Reading {
  readonly read: <T>(path: string, folded: Folded, key: GuestKey, use: (name: string, bytes: Uint8Array) => T) => T | undefined;
  readonly problems: Problem[];
  readonly warnings: string[];
}

type GuestKey = 'ca_certificates' | 'package_repositories' | 'extra_user_data';

/** @param home start of paths that begin with `~` */
export function readingOf(file: ConfigFile, cwd: string, home: string, problems: Problem[]): Reading {
  const known = new Map<string, unknown>();
  const read: Reading['read'] = (path, folded, key, use) => {
    const full = resolve(cwd, path.replace(/^~(?=\/|$)/, home));
    if (!known.has(`${key} ${full}`)) {
      const name = shownPath(full, cwd);
      const where = placeOf(folded, key);
      const isStrangers = file.isFound === true && folded.origins[key] === 'file' && !liesIn(cwd, full);
      const bytes = isStrangers ? outside(name, CONFIG_FILE) : bytesOf(full, name);
      if (!Buffer.isBuffer(bytes)) problems.push({ where, ...bytes });
      known.set(`${key} ${full}`, Buffer.isBuffer(bytes) ? use(name, bytes) : undefined);
    }
    return known.get(`${key} ${full}`) as ReturnType<typeof use> | undefined;
  };
  return { read, problems, warnings: [] };
}

function bytesOf(path: string, name: string): Buffer | Omit<Problem, 'where'> {
  try {
    const bytes = readBounded(path);
    return typeof bytes === 'string' ? notRegular(name, bytes) : bytes;
  } catch (error) {
    return unreadable(name, (error as NodeJS.ErrnoException).code);
  }
}

/** The input for guests of these options, which are those of all workloads or of one. */
export function guestInput(folded: Folded, reading: Reading): GuestInput {
  const { values } = folded;
  const caCertificates = values.ca_certificates.flatMap((path) => certificates(path, folded, reading));
  const packageRepositories = values.package_repositories.flatMap((path) => repositories(path, folded, reading));
  const extraUserData = values.extra_user_data && userData(values.extra_user_data, folded, reading);
  reading.problems.push(...sameNames(packageRepositories, placeOf(folded, 'package_repositories')));
  return {
    caCertificates: [...new Set(caCertificates)],
    packageRepositories: [...new Map(packageRepositories.map((file) => [file.name, file])).values()],
    ...(extraUserData === undefined ? {} : { extraUserData }),
    secrets: [
      ...proxySecrets(values.proxy),
      ...packageRepositories.flatMap(({ name, isSecret }) =>
        isSecret ? [{ key: 'package_repositories' as const, what: `the password in ${name}` }] : [],
      ),
      ...secretsIn(extraUserData ?? {}).map((what) => ({ key: 'extra_user_data' as const, what })),
    ],
  };
}

function certificates(path: string, folded: Folded, { read, problems, warnings }: Reading): readonly string[] {
  const where = placeOf(folded, 'ca_certificates');
  const found = read(path, folded, 'ca_certificates', (name, bytes) => {
    const { pems, problems: wrong, warnings: odd } = certificatesIn(name, bytes as Buffer);
    problems.push(...wrong.map((each) => ({ where, ...each })));
    warnings.push(...odd.map((message) => formatProblem({ where, message })));
    return pems;
  });
  return found ?? [];
}

function repositories(path: string, folded: Folded, { read, problems }: Reading): readonly RepositoryFile[] {
  const found = read(path, folded, 'package_repositories', (name, bytes) => {
    const file = repositoryFile(name, bytes);
    if (!Array.isArray(file)) return file as RepositoryFile;
    problems.push(...file.map((each) => ({ where: placeOf(folded, 'package_repositories'), ...each })));
    return undefined;
  });
  return found === undefined ? [] : [found];
}

function sameNames(files: readonly RepositoryFile[], where: string): Problem[] {
  const first = new Map<string, RepositoryFile>();
  return files.flatMap((file) => {
    const other = first.get(file.name);
    if (other === undefined) first.set(file.name, file);
    return other === undefined || other === file ? [] : [{ where, ...sameName(basename(file.name), other.name) }];
  });
}

function userData(given: ExtraUserData, folded: Folded, { read, problems }: Reading): Fields | undefined {
  const where = placeOf(folded, 'extra_user_data');
  const taken = (found: UserData): Fields | undefined => {
    if ('config' in found) return found.config;
    problems.push(...found.problems.map((each) => ({ where, ...each })));
    return undefined;
  };
  if ('file' in given) return read(given.file, folded, 'extra_user_data', (name, bytes) => taken(userDataFile(name, bytes as Buffer)));
  return taken('config' in given ? userDataMap(given.config) : userDataText('extra_user_data', given.text));
}

/** The passwords of the proxy, which from now on no output shows. */
function proxySecrets(proxy: Folded['values']['proxy']): Secret[] {
  return (['http', 'https'] as const).flatMap((scheme) => {
    const user = /^https?:\/\/([^@]*:[^@]+)@/.exec(proxy[scheme] ?? '')?.[1];
    if (user === undefined) return [];
    keepSecret(`${user}@`);
    return [{ key: 'proxy', what: `the password of proxy.${scheme}` }];
  });
}
