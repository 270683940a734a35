import { isUtf8 } from 'node:buffer';
import type { Problem } from '../errors';
import { shellWord } from '../text/shell-word';

/** A text, and what is wrong with its line ends, if anything. */
export interface TextFile {
  readonly text: string;
  readonly lineEnds?: Problem;
}

/**
 * Reads bytes as UTF-8 text.
 * @param name of the file, for the problem and its hint
 * @returns the text, or why the bytes are none
 */
export function textOf(name: string, bytes: Buffer): TextFile | Problem {
  const problem = encodingProblem(name, bytes);
  if (problem) return problem;
  const text = bytes.toString('utf8');
  const carriageReturn = text.indexOf('\r');
  return carriageReturn < 0 ? { text } : { text, lineEnds: lineEndProblem(name, text, carriageReturn) };
}

/** Neither text nor meant to be: it has bytes that texts in no encoding have. */
export function isBinary(bytes: Buffer): boolean {
  if (utf16(bytes)) return false;
  const controls = bytes.toString('latin1').match(CONTROLS)?.length ?? 0;
  return bytes.includes(0) || (isUtf8(bytes) ? controls > bytes.length / 3 : controls > 0);
}

/** Backspace, tab, line feed, form feed, carriage return and escape stand in texts, the first in man pages. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const CONTROLS = /[^\b\t\n\f\r\x1b\x20-\x7e\x80-\xff]/g;
const BYTE_ORDER_MARK = '\ufeff';

function encodingProblem(name: string, bytes: Buffer): Problem | undefined {
  const encoding = utf16(bytes);
  if (encoding) return { where: name, message: `must be UTF-8 text, is UTF-16`, hint: convert(name, encoding) };
  if (!isUtf8(bytes)) {
    const where = `${name}:${lineAt(bytes.toString('latin1'), firstInvalid(bytes))}`;
    return { where, message: 'must be UTF-8 text, has another encoding', hint: `${convert(name, 'ISO-8859-1')}, if it is Latin-1` };
  }
  return bytes.subarray(0, 3).equals(Buffer.from(BYTE_ORDER_MARK))
    ? {
        where: `${name}:1`,
        message: 'must not begin with a byte order mark (BOM)',
        hint: `sed -i '1s/^\\xEF\\xBB\\xBF//' ${shellWord(name)}`,
      }
    : undefined;
}

/** @returns the encoding of text whose ASCII characters take two bytes, with a byte order mark or without */
function utf16(bytes: Buffer): string | undefined {
  if (bytes.length < 2 || bytes.length % 2 !== 0 || (isUtf8(bytes) && !bytes.includes(0))) return undefined;
  const mark = bytes.readUInt16BE(0);
  for (const [encoding, order, text] of [
    ['UTF-16LE', 0xfffe, bytes.toString('utf16le')],
    ['UTF-16BE', 0xfeff, Buffer.from(bytes).swap16().toString('utf16le')],
  ] as const) {
    const plain = text.replace(/[^\t\n\r\x20-\x7e]/g, '').length;
    if ((mark === order && !text.includes('\0')) || plain > text.length * 0.7) return mark === order ? 'UTF-16' : encoding;
  }
  return undefined;
}

function lineEndProblem(name: string, text: string, index: number): Problem {
  const where = `${name}:${lineAt(text, index)}`;
  return text[index + 1] === '\n'
    ? {
        where,
        message: 'must end its lines with LF alone, has CRLF as on Windows',
        hint: `dos2unix ${shellWord(name)}; in Git, "* text eol=lf" in .gitattributes keeps it so`,
      }
    : { where, message: 'must have no carriage return (CR)', hint: `mac2unix ${shellWord(name)} makes line ends of them` };
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** Index of the first byte that is none of UTF-8. */
function firstInvalid(bytes: Buffer): number {
  const decoded = bytes.toString('utf8');
  let index = 0;
  for (const character of decoded) {
    const length = Buffer.byteLength(character);
    if (character === '\ufffd' && !bytes.subarray(index, index + 3).equals(Buffer.from('\ufffd'))) break;
    index += length;
  }
  return index;
}

function convert(name: string, encoding: string): string {
  const file = shellWord(name);
  return `iconv -f ${encoding} -t UTF-8 ${file} >converted && mv converted ${file}`;
}
