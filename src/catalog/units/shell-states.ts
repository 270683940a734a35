/** How a shell reads a place of a script. */
export type ShellState = 'word' | 'double' | 'single' | 'heredoc';

/** From here to the next span; no state where the text is taken as it is, as in a comment. */
interface Span {
  readonly from: number;
  readonly state: ShellState | undefined;
}

const HERE_DOCUMENT = /^<<(-?)\s*(?:'([^'\n]+)'|"([^"\n]+)"|\\?([\w.-]+))/;

/**
 * Tells for each place of a shell script how the shell reads it: as a part of a word, in quotes, or in a here-document.
 * @returns a function of the place; its answer is undefined where the text is taken as it is
 */
export function shellStates(script: string): (at: number) => ShellState | undefined {
  const spans = spansOf(script);
  return (at) => spans.findLast((span) => span.from <= at)?.state;
}

function spansOf(script: string): Span[] {
  const spans: Span[] = [{ from: 0, state: 'word' }];
  /** What is open around the place, the innermost last: the state outside of it comes back with its end. */
  const open: { end: string; outside: ShellState }[] = [];
  /** Here-documents that begin with the next line. */
  let documents: RegExpExecArray[] = [];
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
      const document = HERE_DOCUMENT.exec(script.slice(at, at + 200));
      if (document) documents.push(document);
    } else if (char === '\n' && documents.length > 0) {
      for (const document of documents) {
        const end = endOfDocument(script, at + 1, document);
        spans.push(
          { from: at + 1, state: document[0].includes('\\') || document[2] || document[3] ? undefined : 'heredoc' },
          { from: end, state },
        );
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
