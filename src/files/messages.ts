import type { Problem } from '../errors';
import { shellWord } from '../text/shell-word';

/** A problem without its place. */
type Text = Omit<Problem, 'where'>;

// What a file is that makes it unreadable, as in `got "x", which is a FIFO`.

export const NOT_READABLE = {
  fifo: 'a FIFO',
  device: 'a device or socket',
  /** @param most MiB */
  tooLarge: (most: number) => `more than ${most} MiB`,
} as const;

// Encodings and line ends of text files.

/** @param encoding as iconv names it */
export function utf16(name: string, encoding: string): Text {
  return { message: 'must be UTF-8 text, is UTF-16', hint: `run: ${iconv(name, encoding)}` };
}

export function otherEncoding(name: string): Text {
  return { message: 'must be UTF-8 text, has another encoding', hint: `if it is Latin-1, run: ${iconv(name, 'ISO-8859-1')}` };
}

export function byteOrderMark(name: string): Text {
  const hint = `run: sed -i '1s/^\\xEF\\xBB\\xBF//' ${shellWord(name)}`;
  return { message: 'must not begin with a byte order mark (BOM)', hint };
}

export function crlf(name: string): Text {
  return {
    message: 'must use LF line endings, has CRLF',
    hint: `run: dos2unix ${shellWord(name)}; in Git, keep LF with "* text eol=lf" in .gitattributes`,
  };
}

export function carriageReturn(name: string): Text {
  return { message: 'must have no carriage return (CR)', hint: `to convert them to line ends, run: mac2unix ${shellWord(name)}` };
}

function iconv(name: string, encoding: string): string {
  const file = shellWord(name);
  return `iconv -f ${encoding} -t UTF-8 ${file} >converted && mv converted ${file}`;
}

// The working directory.

export function noWorkingDirectory(code: string | undefined): Text {
  return { message: `no longer exists (${code})`, hint: 'change to a directory that exists' };
}
