import { isUtf8 } from 'node:buffer';
import { REPO_MUST, REPOSITORY } from './messages';

/** A file of the package manager: repositories, or a key that signs them. */
export interface RepositoryFile {
  /** Name of the file in the guest. */
  readonly name: string;
  readonly kind: 'dnf' | 'apt' | 'key';
  /** Text, or the bytes of a binary key. No Buffer: users of the library need no types of node. */
  readonly content: string | Uint8Array;
  /** Whether it contains a password. */
  readonly isSecret: boolean;
}

type Text = { readonly message: string; readonly hint?: string };

/** @returns the file, or everything that is wrong with it */
export function repositoryFile(name: string, bytes: Uint8Array): RepositoryFile | readonly Text[] {
  const base = name.replace(/^.*\//, '');
  const kind = kindOf(base);
  if (kind === undefined) return [REPOSITORY.name(name)];
  if (!/^[A-Za-z0-9_.-]+$/.test(base)) return [REPOSITORY.characters(name)];
  if (kind === 'key') return keyFile(name, base, bytes);
  if (!isUtf8(bytes) || bytes.includes(0)) return [REPOSITORY.notText(name)];
  const text = (bytes as Buffer)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n');
  const wrong = kind === 'dnf' ? wrongRepo(name, text) : base.endsWith('.list') ? wrongList(name, text) : wrongSources(name, text);
  if (wrong.length > 0) return wrong;
  return { name: base, kind, content: text.endsWith('\n') ? text : `${text}\n`, isSecret: hasPassword(text) };
}

function kindOf(base: string): RepositoryFile['kind'] | undefined {
  if (/^RPM-GPG-KEY|\.(?:asc|gpg)$/.test(base)) return 'key';
  if (base.endsWith('.repo')) return 'dnf';
  return /\.(?:list|sources)$/.test(base) ? 'apt' : undefined;
}

/** In the URL, or as a setting of dnf. */
function hasPassword(text: string): boolean {
  return /^\s*(?!#)[^\n]*\w:\/\/[^\s/@:]*:[^\s/@]+@/m.test(text) || /^\s*(?:proxy_)?password\s*=\s*\S/m.test(text);
}

function keyFile(name: string, base: string, bytes: Uint8Array): RepositoryFile | readonly Text[] {
  const text = (bytes as Buffer).toString('latin1');
  const tag = packetTag(bytes);
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(text) || tag === 5 || tag === 7) return [REPOSITORY.privateKey(name)];
  const isArmored = /^-----BEGIN PGP PUBLIC KEY BLOCK-----$/m.test(text.replaceAll('\r', ''));
  if (base.endsWith('.gpg') ? tag !== 6 : !isArmored)
    return [REPOSITORY.noKey(name, base.endsWith('.gpg') ? REPO_MUST.binary : REPO_MUST.armored)];
  return { name: base, kind: 'key', content: isArmored ? text : bytes, isSecret: false };
}

/** The type of the first packet of OpenPGP: 6 is a public key, 5 and 7 are secret keys. */
function packetTag([first = 0]: Uint8Array): number | undefined {
  if ((first & 0x80) === 0) return undefined;
  return (first & 0x40) === 0 ? (first & 0x3f) >> 2 : first & 0x3f;
}

const ADDRESS = /^(?:https?|ftp|file|mirror|mirror\+[a-z]+|cdrom|copy|tor\+https?):/;

/** @returns what dnf cannot read */
function wrongRepo(name: string, text: string): Text[] {
  const wrong: Text[] = [];
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(?:[#;].*)?$/.test(line) || (/^\s/.test(line) && current !== undefined && current.size > 0)) continue;
    const section = /^\[([^\][]+)\]\s*(?:[#;].*)?$/.exec(line)?.[1];
    if (section !== undefined) {
      if (sections.has(section)) wrong.push(REPOSITORY.section(name, section, REPO_MUST.once));
      if (section === 'main') wrong.push(REPOSITORY.section(name, section, REPO_MUST.notMain));
      current = new Map();
      sections.set(section, current);
      continue;
    }
    const [, key, value = ''] = /^([A-Za-z_][\w.-]*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key === undefined) wrong.push(REPOSITORY.line(name, index + 1, REPO_MUST.setting));
    else if (current === undefined) wrong.push(REPOSITORY.line(name, index + 1, REPO_MUST.section));
    else current.set(key.toLowerCase(), value);
  }
  if (sections.size === 0 && wrong.length === 0) return [REPOSITORY.empty(name, 'a section such as [base] with a baseurl')];
  for (const [section, settings] of sections) {
    const sources = ['baseurl', 'metalink', 'mirrorlist'].flatMap((key) => settings.get(key) ?? []);
    if (sources.length === 0) wrong.push(REPOSITORY.section(name, section, REPO_MUST.source));
    // A list may begin on the next line.
    else if (sources.some((source) => source !== '' && !/^(?:https?|ftp|file):\//.test(source)))
      wrong.push(REPOSITORY.section(name, section, REPO_MUST.url));
  }
  return wrong;
}

/** @returns what apt cannot read of a file with one repository per line */
function wrongList(name: string, text: string): Text[] {
  const lines = text.split('\n').map((line, index) => ({ line: line.replace(/#.*$/, '').trim(), number: index + 1 }));
  const stated = lines.filter(({ line }) => line !== '');
  if (stated.length === 0) return [REPOSITORY.empty(name, 'a line such as: deb https://mirror.example.com/debian trixie main')];
  return stated.filter(({ line }) => !isOneLine(line)).map(({ number }) => REPOSITORY.line(name, number, REPO_MUST.oneLine));
}

function isOneLine(line: string): boolean {
  const [, address = '', suite = '', components = ''] = /^deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)(?:\s+(.*))?$/.exec(line) ?? [];
  return ADDRESS.test(address) && suite !== '' && suite.endsWith('/') === (components === '');
}

/** @returns what apt cannot read of a file in the format deb822 */
function wrongSources(name: string, text: string): Text[] {
  const wrong: Text[] = [];
  const stanzas: { readonly line: number; readonly fields: Map<string, string> }[] = [];
  let last: string | undefined;
  let isOpen = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('#')) continue;
    if (line.trim() === '') {
      isOpen = false;
      continue;
    }
    if (!isOpen) {
      stanzas.push({ line: index + 1, fields: new Map() });
      isOpen = true;
      last = undefined;
    }
    const fields = stanzas.at(-1)?.fields as Map<string, string>;
    const [, key, value = ''] = /^([A-Za-z][\w-]*):\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined) {
      last = key.toLowerCase();
      fields.set(last, value);
    } else if (/^[ \t]/.test(line) && last !== undefined) fields.set(last, `${fields.get(last)} ${line.trim()}`.trim());
    else wrong.push(REPOSITORY.line(name, index + 1, REPO_MUST.field));
  }
  if (stanzas.length === 0) return [REPOSITORY.empty(name, 'the fields Types, URIs, Suites and Components')];
  return [...wrong, ...stanzas.flatMap(({ line, fields }) => wrongStanza(fields).map((must) => REPOSITORY.stanza(name, line, must)))];
}

function wrongStanza(fields: ReadonlyMap<string, string>): string[] {
  const missing = ['Types', 'URIs', 'Suites'].filter((field) => !fields.get(field.toLowerCase()));
  if (missing.length > 0) return [REPO_MUST.fields(missing)];
  const words = (field: string) => (fields.get(field) ?? '').split(/\s+/).filter(Boolean);
  const isFlat = words('suites').every((suite) => suite.endsWith('/'));
  return [
    ...(words('types').every((type) => type === 'deb' || type === 'deb-src') ? [] : [REPO_MUST.types]),
    ...(words('uris').every((uri) => ADDRESS.test(uri)) ? [] : [REPO_MUST.url]),
    ...(isFlat || words('components').length > 0 ? [] : [REPO_MUST.components]),
  ];
}
