/** A word of a value that systemd splits at blanks. */
export interface Word {
  /** Without its quotes. */
  readonly text: string;
  /** As written in the value. */
  readonly raw: string;
  /** Where it begins in the value. */
  readonly at: number;
}

/**
 * Splits a value at blanks as systemd does: `"…"` and `'…'` keep blanks, `\` escapes.
 * @returns undefined if a quote is not closed
 */
export function splitWords(value: string): Word[] | undefined {
  const words: Word[] = [];
  let word: { text: string; at: number } | undefined;
  let quote = '';
  for (let at = 0; at < value.length; at += 1) {
    const char = value[at] as string;
    if (quote === '' && /\s/.test(char)) {
      if (word) words.push({ ...word, raw: value.slice(word.at, at) });
      word = undefined;
      continue;
    }
    word ??= { text: '', at };
    if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === '\\' && at + 1 < value.length) {
      at += 1;
      word.text += ESCAPED[value[at] as string] ?? (/["'\\\s;]/.test(value[at] as string) ? value[at] : `\\${value[at]}`);
    } else word.text += char;
  }
  if (quote) return undefined;
  if (word) words.push({ ...word, raw: value.slice(word.at) });
  return words;
}

const ESCAPED: { readonly [char: string]: string } = { n: '\n', t: '\t', s: ' ' };

type Quote = '' | '"' | "'";

/**
 * @returns a function of a place in the value, which returns the quote that is open there, or an empty string.
 * It must be called with increasing places
 */
export function quotesOf(value: string): (place: number) => Quote {
  let quote: Quote = '';
  let at = 0;
  return (place) => {
    for (; at < place; at += 1) {
      const char = value[at] as string;
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
    }
    return quote;
  };
}
