import { isUtf8 } from 'node:buffer';
import type { Problem } from '../errors';
import { byteOrderMark, carriageReturn, crlf, otherEncoding, utf16 } from './messages';

/** The text of a file, and the problem of its line ends, if there is one. */
export interface TextFile {
  readonly text: string;
  readonly lineEnds?: Problem;
}

/**
 * Reads bytes as UTF-8 text.
 * @param name of the file, for the problem and its hint
 * @returns the text, or why the bytes are not UTF-8
 */
export function textOf(name: string, bytes: Buffer): TextFile | Problem {
  const problem = encodingProblem(name, bytes);
  if (problem) return problem;
  const text = bytes.toString('utf8');
  const carriageReturn = text.indexOf('\r');
  return carriageReturn < 0 ? { text } : { text, lineEnds: lineEndProblem(name, text, carriageReturn) };
}

/** Whether bytes are not text: they contain bytes that occur in no text encoding. */
export function isBinary(bytes: Buffer): boolean {
  if (utf16Of(bytes)) return false;
  const controls = bytes.toString('latin1').match(CONTROLS)?.length ?? 0;
  return bytes.includes(0) || (isUtf8(bytes) ? controls > bytes.length / 3 : controls > 0);
}

/** Backspace, tab, line feed, form feed, carriage return and escape occur in text, backspace in man pages. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters
const CONTROLS = /[^\b\t\n\f\r\x1b\x20-\x7e\x80-\xff]/g;
const BYTE_ORDER_MARK = '\ufeff';

function encodingProblem(name: string, bytes: Buffer): Problem | undefined {
  const encoding = utf16Of(bytes);
  if (encoding) return { where: name, ...utf16(name, encoding) };
  if (!isUtf8(bytes)) {
    const where = `${name}:${lineAt(bytes.toString('latin1'), firstInvalid(bytes))}`;
    return { where, ...otherEncoding(name) };
  }
  return bytes.subarray(0, 3).equals(Buffer.from(BYTE_ORDER_MARK)) ? { where: `${name}:1`, ...byteOrderMark(name) } : undefined;
}

/** @returns the encoding of text in UTF-16, with or without a byte order mark; undefined for other text */
function utf16Of(bytes: Buffer): string | undefined {
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
  return { where, ...(text[index + 1] === '\n' ? crlf(name) : carriageReturn(name)) };
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** Index of the first byte that is not valid UTF-8. */
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
