import { looksPrivate } from '../show';
import { OPTIONS, optionsFault, skipOptions } from './authorized-key-options';
import { BlobReader } from './ssh-blob';

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
/** Words that only look like options and a type are part of a comment. */
const NEXT_KEY = new RegExp(`,(?=\\s*(?:(?:${ANY_TYPE})[ \\t]|${OPTIONS}[ \\t]+(?:${ANY_TYPE})[ \\t]+AAAA))`, 'g');

/**
 * Splits a text with several lines of an authorized_keys file: at line breaks, and at commas where the next key
 * begins, so that options and comments may hold commas. Comments and empty lines are left out.
 */
export function splitKeys(text: string): string[] {
  return text
    .split(/\r?\n/)
    .flatMap(splitLine)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The comma before a key separates only where a whole key stands before it: options end in a comma too. */
function splitLine(line: string): string[] {
  for (const { index } of line.matchAll(NEXT_KEY)) {
    const [head, tail] = [line.slice(0, index), line.slice(index + 1)];
    if (BEGINS.test(keyText(head))) return [head, ...splitLine(tail)];
  }
  return [line];
}

/**
 * Reads a line of an authorized_keys file as sshd does: options, type, data, comment.
 * @returns what the line is instead, without any of its data; undefined for a good one
 * @see sshd(8), AUTHORIZED_KEYS FILE FORMAT
 */
export function keyFault(line: string): string | undefined {
  if (/BEGIN [A-Z0-9 ]*PRIVATE KEY|^\s*PuTTY-User-Key-File/.test(line)) return 'a private key';
  const key = keyText(line);
  const [type = '', data = ''] = key.split(/[ \t]+/);
  if (type === 'ssh-dss') return 'a key of type ssh-dss, which sshd accepts no more';
  if (!TYPES.includes(type)) return otherThing(line);
  const fault = dataFault(type, data) ?? optionsFault(line.trimStart().slice(0, -key.length).trim());
  return fault === undefined ? undefined : `a key of type ${type} ${fault}`;
}

/** The line from the type of the key on. */
function keyText(line: string): string {
  const text = line.trimStart();
  return BEGINS.test(text) ? text : skipOptions(text);
}

function otherThing(line: string): string {
  if (/BEGIN .*PUBLIC KEY/.test(line)) return 'a key in another format, which ssh-keygen -i converts';
  return looksPrivate(line) ? 'what looks like a part of a key' : 'something else';
}

function dataFault(type: string, data: string): string | undefined {
  const blob = Buffer.from(data, 'base64');
  if (data === '' || blob.toString('base64') !== data) return 'whose data is not complete base64';
  const reader = new BlobReader(blob);
  const inner = reader.text();
  if (inner !== type) return TYPES.includes(inner) ? `whose data is a key of type ${inner}` : INCOMPLETE;
  const isCertificate = CERTIFICATES.includes(type);
  if (isCertificate) reader.bytes();
  const fault = fieldsFault(type, reader);
  if (fault !== undefined) return fault;
  if (isCertificate) skipCertificate(reader);
  return reader.isAtEnd() ? undefined : INCOMPLETE;
}

const INCOMPLETE = 'whose data is incomplete or damaged';

/** The public numbers of the key. */
function fieldsFault(type: string, reader: BlobReader): string | undefined {
  if (type.includes('ed25519')) {
    if (reader.bytes().length !== 32) return INCOMPLETE;
  } else if (type.includes('ecdsa')) {
    const curve = reader.text() as keyof typeof POINT;
    const point = reader.bytes();
    if (!type.includes(curve) || point.length !== POINT[curve] || point[0] !== 4) return INCOMPLETE;
  } else {
    const [exponent, modulus] = [reader.number(), reader.number()];
    if (exponent === 0 || modulus === 0) return INCOMPLETE;
    if (modulus < 1024) return `of ${modulus} bits, and sshd takes at least 1024`;
  }
  if (type.startsWith('sk-') && reader.bytes().length === 0) return INCOMPLETE;
  return undefined;
}

/** Serial, type, id, principals, validity, critical options, extensions, reserved, the key that signed it, its signature. */
function skipCertificate(reader: BlobReader): void {
  reader.skip(8 + 4);
  for (let field = 0; field < 2; field += 1) reader.bytes();
  reader.skip(8 + 8);
  for (let field = 0; field < 5; field += 1) reader.bytes();
}
