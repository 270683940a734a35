/** A record of a CSV file, and the line on which it begins. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
  /** The line of a quote that is not closed. The record ends with it. */
  readonly open?: number;
}

/** Separators that spreadsheets write, by language. */
const SEPARATORS = [',', ';', '\t'];
/** Excel names the separator in a line before the header. */
const NAMED = /^"?sep=([^\w"\r\n])"?[ \t\r]*(?:\n|$)/i;

/**
 * Reads CSV as in RFC 4180, with any of the usual separators: the one that is most frequent in the first line, or the one that a first line
 * such as `sep=;` names. Lines without text are left out. It gives one record after the other, so that large files need little memory.
 */
export function* csvRecords(text: string): Generator<CsvRecord> {
  const named = NAMED.exec(text);
  const separator = named?.[1] ?? separatorOf(text.slice(0, (text.indexOf('\n') + 1 || text.length + 1) - 1));
  const first = named?.[0].length ?? 0;
  let [line, begin, start, kept, fields] = [named ? 2 : 1, named ? 2 : 1, first, '', [] as string[]];
  for (let at = first; at <= text.length; at += 1) {
    const char = text[at];
    if (char === '"' && kept === '' && text.slice(start, at).trim() === '') {
      const close = closing(text, at + 1);
      if (close === undefined) {
        yield { line: begin, fields, open: line };
        return;
      }
      const quoted = text.slice(at + 1, close);
      line += quoted.split('\n').length - 1;
      [kept, start, at] = [quoted.replaceAll('""', '"'), close + 1, close];
    } else if (char === separator || char === '\n' || char === undefined) {
      fields.push((kept + text.slice(start, at)).trim());
      [kept, start] = ['', at + 1];
      if (char === separator) continue;
      if (fields.some((each) => each !== '')) yield { line: begin, fields };
      line += 1;
      [begin, fields] = [line, []];
    }
  }
}

/** The index of the quote that closes a field. Two quotes are one in the field. */
function closing(text: string, from: number): number | undefined {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at;
  return undefined;
}

function separatorOf(header: string): string {
  const count = (separator: string) => header.split(separator).length;
  return SEPARATORS.reduce((best, each) => (count(each) > count(best) ? each : best));
}
