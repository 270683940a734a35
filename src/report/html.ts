/** Text of a page. Only {@link html} and {@link trusted} create it, so no other string reaches the page unescaped. */
export class Html {
  constructor(readonly text: string) {}
}

/** What a template may hold: strings and numbers are escaped, lists are joined, and absent parts are left out. */
export type Part = Html | string | number | false | undefined | readonly Part[];

const ESCAPES: { readonly [char: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** Characters that no HTML or SVG text may contain, and those that change the direction of the text around them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters
const UNSAFE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** A string with the characters replaced that mean something in HTML, also in attributes. */
export function escaped(text: string): string {
  return plain(text).replace(/[&<>"']/g, (char) => ESCAPES[char] as string);
}

/** A string without control characters, unpaired surrogates and marks of direction. */
export function plain(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd').replace(UNSAFE, '\ufffd');
}

/** A template literal whose values are escaped. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(strings.map((text, index) => text + textOf(values[index])).join(''));
}

/** Markup that this program created by other means, such as SVG of a library. */
export function trusted(text: string): Html {
  return new Html(text);
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(textOf).join('');
  return escaped(String(part));
}
