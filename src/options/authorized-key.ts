import { looksPrivate } from '../text/show';
import { OPTIONS, optionsProblem, skipOptions } from './authorized-key-options';
import { BlobReader } from './ssh-blob';
import { KEY } from './value-messages';

const PLAIN = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];
/** `ssh-rsa` → `ssh-rsa-cert-v01@openssh.com` */
const CERTIFICATES = PLAIN.map((type) => `${type.replace('@openssh.com', '')}-cert-v01@openssh.com`);
const TYPES = [...PLAIN, ...CERTIFICATES];
/** Bytes of a point on each curve, in the uncompressed form. */
const POINT = { nistp256: 65, nistp384: 97, nistp521: 133 } as const;
const ANY_TYPE = [...TYPES, 'ssh-dss'].join('|').replaceAll('.', '\\.');
const BEGINS = new RegExp(`^(?:${ANY_TYPE})[ \\t]`);
const NEXT_TYPE = new RegExp(`,(?=\\s*(?:${ANY_TYPE})[ \\t])`, 'g');
/** What follows options. Words that only look like options and a type belong to a comment. */
const AFTER_OPTIONS = new RegExp(`(?<![ \\t])[ \\t]+(?:${ANY_TYPE})[ \\t]+AAAA`, 'g');
const ONLY_OPTIONS = new RegExp(`^\\s*${OPTIONS}$`);
/** Maximum characters of a line with several keys, and of the options of one of them. A longer line is not split. */
const LONGEST_LINE = 1 << 16;
const LONGEST_OPTIONS = 1 << 11;

/**
 * Splits a string with several lines of an authorized_keys file: at line breaks, and at commas where the next key begins, because
 * options and comments may contain commas. Comments and empty lines are omitted.
 */
export function splitKeys(text: string): string[] {
  return text
    .split(/\r?\n/)
    .flatMap(splitLine)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** A comma separates keys only if a complete key precedes it: options end in a comma too. */
function splitLine(line: string): string[] {
  if (line.length > LONGEST_LINE) return [line];
  const keys: string[] = [];
  let begin = 0;
  for (const comma of nextKeys(line)) {
    const head = line.slice(begin, comma);
    if (!BEGINS.test(keyText(head))) continue;
    keys.push(head);
    begin = comma + 1;
  }
  return [...keys, line.slice(begin)];
}

/** Positions of commas after which a key may begin, in order. A single pattern would search the whole line again from each comma. */
function nextKeys(line: string): number[] {
  const found = [...line.matchAll(NEXT_TYPE)].map(({ index }) => index);
  for (const { index: end } of line.matchAll(AFTER_OPTIONS)) {
    for (let at = line.lastIndexOf(',', end); at >= Math.max(0, end - LONGEST_OPTIONS); at = line.lastIndexOf(',', at - 1)) {
      if (ONLY_OPTIONS.test(line.slice(at + 1, end))) found.push(at);
      if (at === 0) break;
    }
  }
  return found.sort((a, b) => a - b);
}

/**
 * Reads a line of an authorized_keys file as sshd does: options, type, data, comment.
 * @returns what the line is instead, without any of its data; undefined for a good line
 * @see sshd(8), AUTHORIZED_KEYS FILE FORMAT
 */
export function keyProblem(line: string): string | undefined {
  if (/BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|^\s*PuTTY-User-Key-File/.test(line)) return KEY.private;
  const key = keyText(line);
  const [type = '', data = ''] = key.split(/[ \t]+/);
  if (type === 'ssh-dss') return KEY.dss;
  if (!TYPES.includes(type)) return otherThing(line);
  const problem = dataProblem(type, data) ?? optionsProblem(line.trimStart().slice(0, -key.length).trim());
  return problem === undefined ? undefined : KEY.ofType(type, problem);
}

/** The line from the type of the key onward. */
function keyText(line: string): string {
  const text = line.trimStart();
  return BEGINS.test(text) ? text : skipOptions(text);
}

function otherThing(line: string): string {
  if (/BEGIN .{0,40}PUBLIC KEY/.test(line)) return KEY.otherFormat;
  return looksPrivate(line) ? KEY.partOfKey : KEY.other;
}

function dataProblem(type: string, data: string): string | undefined {
  const blob = Buffer.from(data, 'base64');
  if (data === '' || blob.toString('base64') !== data) return KEY.notBase64;
  const reader = new BlobReader(blob);
  const inner = reader.text();
  if (inner !== type) return TYPES.includes(inner) ? KEY.dataOfType(inner) : KEY.damaged;
  const isCertificate = CERTIFICATES.includes(type);
  if (isCertificate) reader.bytes();
  const problem = fieldsProblem(type, reader);
  if (problem !== undefined) return problem;
  if (isCertificate) skipCertificate(reader);
  return reader.isAtEnd() ? undefined : KEY.damaged;
}

/** The public numbers of the key. */
function fieldsProblem(type: string, reader: BlobReader): string | undefined {
  if (type.includes('ed25519')) {
    if (reader.bytes().length !== 32) return KEY.damaged;
  } else if (type.includes('ecdsa')) {
    const curve = reader.text() as keyof typeof POINT;
    const point = reader.bytes();
    if (!type.includes(curve) || point.length !== POINT[curve] || point[0] !== 4) return KEY.damaged;
  } else {
    const [exponent, modulus] = [reader.number(), reader.number()];
    if (exponent === 0 || modulus === 0) return KEY.damaged;
    if (modulus < 1024) return KEY.tooShort(modulus);
  }
  if (type.startsWith('sk-') && reader.bytes().length === 0) return KEY.damaged;
  return undefined;
}

/** Skips serial, type, ID, principals, validity, critical options, extensions, reserved, the signing key and the signature. */
function skipCertificate(reader: BlobReader): void {
  reader.skip(8 + 4);
  for (let field = 0; field < 2; field += 1) reader.bytes();
  reader.skip(8 + 8);
  for (let field = 0; field < 5; field += 1) reader.bytes();
}
