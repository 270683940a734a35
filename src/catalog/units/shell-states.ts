/** How a shell reads a place of a script. `literal`: a here-document in which nothing is expanded. */
export type ShellState = 'word' | 'double' | 'single' | 'heredoc' | 'literal';

/** How a shell reads a place, and what is around it. */
export interface ShellPlace {
  readonly state: ShellState;
  /** Words outside of quotes of the command that the place belongs to, or that gets the here-document. */
  readonly command: readonly string[];
  /** The same of the commands that it is piped into. */
  readonly piped: readonly string[];
  /** The word that ends the here-document around the place. Absent: there is none. */
  readonly delimiter?: string;
}

/** From here to the next span; no state where the text is taken as it is, as in a comment. */
interface Span {
  readonly from: number;
  readonly state: ShellState | undefined;
  readonly document?: Document;
}

/** A here-document. */
interface Document {
  readonly delimiter: string;
  /** Where it is announced. */
  readonly announced: number;
}

const HERE_DOCUMENT = /^<<(-?)\s*(?:'([^'\n]+)'|"([^"\n]+)"|\\?([\w.-]+))/;

/**
 * Tells for each place of a shell script how the shell reads it: as a part of a word, in quotes, or in a here-document.
 * @returns a function of the place; its answer is undefined in a comment
 */
export function shellStates(script: string): (at: number) => ShellPlace | undefined {
  const spans = spansOf(script);
  const starts = lineStarts(script, spans);
  const lines = new Map<number, readonly Token[]>();
  return (at) => {
    const { state, document } = spans[lastBefore(spans, ({ from }) => from <= at)] as Span;
    if (state === undefined) return undefined;
    const place = document?.announced ?? at;
    const line = lastBefore(starts, (start) => start <= place);
    const tokens = lines.get(line) ?? tokensOf(script, spans, starts[line] ?? 0, starts[line + 1] ?? script.length);
    lines.set(line, tokens);
    return { state, ...commandAt(tokens, place), ...(document ? { delimiter: document.delimiter } : {}) };
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

/** Where command lines begin: behind line ends that are not in quotes, in a here-document, or after what goes on. */
function lineStarts(script: string, spans: readonly Span[]): number[] {
  const starts = [0];
  let span = 0;
  for (let at = script.indexOf('\n'); at >= 0; at = script.indexOf('\n', at + 1)) {
    while (span + 1 < spans.length && (spans[span + 1] as Span).from <= at) span += 1;
    const { state, document } = spans[span] as Span;
    const isEnd = (state === 'word' || state === undefined) && document === undefined;
    if (isEnd && !/(\\|\||&&)\s*$/.test(script.slice(Math.max(0, at - 10), at))) starts.push(at + 1);
  }
  return starts;
}

/** A word or an operator. */
interface Token {
  readonly text: string;
  readonly at: number;
}

function tokensOf(script: string, spans: readonly Span[], from: number, to: number): Token[] {
  const tokens: Token[] = [];
  for (let index = lastBefore(spans, (span) => span.from <= from); index < spans.length; index += 1) {
    const span = spans[index] as Span;
    if (span.from >= to) break;
    const [begin, end] = [Math.max(span.from, from), Math.min(spans[index + 1]?.from ?? to, to)];
    if (span.state !== 'word') continue;
    for (const match of script.slice(begin, end).matchAll(/[|;&<>()`]+|[^\s|;&<>()`"']+/g))
      tokens.push({ text: match[0], at: begin + match.index });
  }
  return tokens;
}

/** How many words around a place are looked at. */
const FAR = 100;

function commandAt(tokens: readonly Token[], place: number): Pick<ShellPlace, 'command' | 'piped'> {
  const here = tokens.length === 0 ? 0 : lastBefore(tokens, ({ at }) => at <= place) + 1;
  const before = tokens.slice(Math.max(0, here - FAR), here).map(({ text }) => text);
  const after = tokens.slice(here, here + FAR).map(({ text }) => text);
  const end = after.findIndex((text) => /^[|;&]+$/.test(text));
  const command = [...before.slice(before.findLastIndex((text) => /^[|;&]+$/.test(text)) + 1), ...(end < 0 ? after : after.slice(0, end))];
  if (!/^\|&?$/.test(after[end] ?? '')) return { command, piped: [] };
  const rest = after.slice(end + 1);
  const last = rest.findIndex((text) => /^(&&?|\|\||;+)$/.test(text));
  return { command, piped: last < 0 ? rest : rest.slice(0, last) };
}

function spansOf(script: string): Span[] {
  const spans: Span[] = [{ from: 0, state: 'word' }];
  /** What is open around the place, the innermost last: the state outside of it comes back with its end. */
  const open: { end: string; outside: ShellState }[] = [];
  /** Here-documents that begin with the next line. */
  let documents: { readonly match: RegExpExecArray; readonly announced: number }[] = [];
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
    } else if (state === 'double' && char !== '`') continue;
    else if (char === '(') open.push({ end: ')', outside: state });
    else if (char === '"' || char === "'") {
      open.push({ end: char, outside: state });
      enter(at + 1, char === '"' ? 'double' : 'single');
    } else if (char === '#' && /^[\s;&|(]?$/.test(script[at - 1] ?? '')) {
      const end = endOfLine(script, at);
      spans.push({ from: at, state: undefined }, { from: end, state });
      at = end - 1;
    } else if (char === '<' && script[at - 1] !== '<') {
      const match = HERE_DOCUMENT.exec(script.slice(at, at + 200));
      if (match) documents.push({ match, announced: at });
    } else if (char === '\n' && documents.length > 0) {
      for (const { match, announced } of documents) {
        const end = endOfDocument(script, at + 1, match);
        const [whole, , single, double, plain] = match;
        const isLiteral = whole.includes('\\') || single !== undefined || double !== undefined;
        const document = { delimiter: single ?? double ?? plain ?? '', announced };
        spans.push({ from: at + 1, state: isLiteral ? 'literal' : 'heredoc', document }, { from: end, state });
        at = end - 1;
      }
      documents = [];
    }
  }
  return spans;
}

function endOfLine(script: string, at: number): number {
  const end = script.indexOf('\n', at);
  return end < 0 ? script.length : end;
}

/** Place behind the text of a here-document, where the line with its delimiter begins. */
function endOfDocument(script: string, from: number, [, dash, single, double, plain]: RegExpExecArray): number {
  const delimiter = single ?? double ?? plain;
  for (let at = from; at < script.length; at = endOfLine(script, at) + 1) {
    const line = script.slice(at, endOfLine(script, at));
    if ((dash ? line.replace(/^\t+/, '') : line) === delimiter) return at;
  }
  return script.length;
}
