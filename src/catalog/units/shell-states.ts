/** How a shell reads a place of a script. `literal`: a here-document in which nothing is expanded. */
export type ShellState = 'word' | 'double' | 'single' | 'heredoc' | 'literal';

/** How a shell reads a place, and what is around it. */
export interface ShellPlace {
  readonly state: ShellState;
  /** Words outside of quotes of the command that the place belongs to, or that reads the here-document. */
  readonly command: readonly string[];
  /** The same of the commands that it is piped into. */
  readonly piped: readonly string[];
  /** The word that ends the here-document around the place. Absent: the place is not in one. */
  readonly delimiter?: string;
}

/** From here to the next span. Without a state it is a comment. */
interface Span {
  readonly from: number;
  readonly state: ShellState | undefined;
  readonly document?: HereDocument;
}

interface HereDocument {
  readonly delimiter: string;
  /** Place of its `<<`. */
  readonly announced: number;
  /** Its `<<-`: lines may begin with tabs. */
  readonly tabs: boolean;
  readonly literal: boolean;
}

const HERE_DOCUMENT = /^<<(-?)\s*(?:'([^'\n]+)'|"([^"\n]+)"|(\\?)([\w.-]+))/;

/**
 * Finds how the shell reads each place of a script: as a part of a word, in quotes, or in a here-document.
 * @returns a function of the place, which returns undefined in a comment
 */
export function shellStates(script: string): (at: number) => ShellPlace | undefined {
  const spans = spansOf(script);
  const tokens = tokensOf(script, spans);
  return (at) => {
    const { state, document } = spans[lastBefore(spans, ({ from }) => from <= at)] as Span;
    if (state === undefined) return undefined;
    return { state, ...commandAt(tokens, document?.announced ?? at), ...(document ? { delimiter: document.delimiter } : {}) };
  };
}

/** Index of the last item for which the test holds; it holds for all before it. */
export function lastBefore<T>(items: readonly T[], test: (item: T) => boolean): number {
  let [low, high] = [0, items.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (test(items[middle] as T)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A word, an operator, or the end of a command line. */
interface Token {
  readonly text: string;
  readonly at: number;
}

const TOKEN = /\n|[|;&<>()`]+|[^\s|;&<>()`"']+/g;
/** The end of a line after which the command continues on the next line. */
const CONTINUES = /(\\|\||&&)\s*$/;

/** The words and operators outside of quotes. */
function tokensOf(script: string, spans: readonly Span[]): Token[] {
  const tokens: Token[] = [];
  for (const [index, { from, state }] of spans.entries()) {
    if (state !== 'word') continue;
    for (const { 0: text, index: at } of script.slice(from, spans[index + 1]?.from).matchAll(TOKEN)) {
      const place = from + at;
      if (text !== '\n' || !CONTINUES.test(script.slice(Math.max(0, place - 10), place))) tokens.push({ text, at: place });
    }
  }
  return tokens;
}

/** How many words around a place are examined. */
const FAR = 100;

function commandAt(tokens: readonly Token[], place: number): Pick<ShellPlace, 'command' | 'piped'> {
  const last = lastBefore(tokens, ({ at }) => at <= place);
  const here = (tokens[last]?.at ?? Number.POSITIVE_INFINITY) <= place ? last + 1 : 0;
  const before = tokens.slice(Math.max(0, here - FAR), here).map(({ text }) => text);
  const after = tokens.slice(here, here + FAR).map(({ text }) => text);
  const isEnd = (text: string) => /^([|;&]+|\n)$/.test(text);
  const end = after.findIndex(isEnd);
  const command = [...before.slice(before.findLastIndex(isEnd) + 1), ...(end < 0 ? after : after.slice(0, end))];
  if (!/^\|&?$/.test(after[end] ?? '')) return { command, piped: [] };
  const rest = after.slice(end + 1);
  const endOfRest = rest.findIndex((text) => /^(&&?|\|\||;+|\n)$/.test(text));
  return { command, piped: endOfRest < 0 ? rest : rest.slice(0, endOfRest) };
}

function spansOf(script: string): Span[] {
  const spans: Span[] = [{ from: 0, state: 'word' }];
  /** What is open around the place, the innermost last: the state outside of it returns with its end. */
  const open: { end: string; outside: ShellState }[] = [];
  /** Here-documents that begin with the next line. */
  let documents: HereDocument[] = [];
  let state = 'word' as ShellState;
  const enter = (from: number, next: ShellState) => {
    state = next;
    spans.push({ from, state });
  };
  for (let at = 0; at < script.length; at += 1) {
    const char = script[at] as string;
    if (char === open.at(-1)?.end) enter(at, open.pop()?.outside ?? 'word');
    else if (state === 'single') continue;
    else if (char === '\\') at += 1;
    else if (char === '$' && script[at + 1] === '(') {
      open.push({ end: ')', outside: state });
      at += 1;
      enter(at, 'word');
    } else if (state === 'double') continue;
    else if (char === '(') open.push({ end: ')', outside: state });
    else if (char === '"' || char === "'") {
      open.push({ end: char, outside: state });
      enter(at + 1, char === '"' ? 'double' : 'single');
    } else if (char === '#' && /^[\s;&|(]?$/.test(script[at - 1] ?? '')) {
      const end = endOfLine(script, at);
      spans.push({ from: at, state: undefined }, { from: end, state });
      at = end - 1;
    } else if (char === '<' && script[at - 1] !== '<') documents.push(...hereDocument(script, at));
    else if (char === '\n') {
      for (const document of documents) {
        const end = endOfDocument(script, at + 1, document);
        spans.push({ from: at + 1, state: document.literal ? 'literal' : 'heredoc', document }, { from: end, state });
        at = end - 1;
      }
      documents = [];
    }
  }
  return spans;
}

function hereDocument(script: string, announced: number): HereDocument[] {
  const match = HERE_DOCUMENT.exec(script.slice(announced, announced + 200));
  if (!match) return [];
  const [, dash, single, double, backslash, plain] = match;
  const quoted = single ?? double;
  return [{ delimiter: quoted ?? plain ?? '', announced, tabs: dash === '-', literal: quoted !== undefined || backslash === '\\' }];
}

function endOfLine(script: string, at: number): number {
  const end = script.indexOf('\n', at);
  return end < 0 ? script.length : end;
}

/** Place behind the text of a here-document, where the line with its delimiter begins. */
function endOfDocument(script: string, from: number, { delimiter, tabs }: HereDocument): number {
  for (let at = from; at < script.length; at = endOfLine(script, at) + 1) {
    const line = script.slice(at, endOfLine(script, at));
    if ((tabs ? line.replace(/^\t+/, '') : line) === delimiter) return at;
  }
  return script.length;
}
