/** A record of a CSV file, and the line on which it begins. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Separators that spreadsheets write, by language. */
const SEPARATORS = [',', ';', '\t'];

/**
 * Reads CSV as in RFC 4180, with any of the usual separators: the one that is most frequent in the first line. Lines without text are left out.
 * @returns also the line of a quote that is not closed
 */
export function csvRecords(text: string): { readonly records: readonly CsvRecord[]; readonly open?: number } {
  const separator = separatorOf(text.slice(0, (text.indexOf('\n') + 1 || text.length + 1) - 1));
  const records: CsvRecord[] = [];
  let [line, begin, field, fields] = [1, 1, '', [] as string[]];
  let quoted: number | undefined;
  const endField = () => {
    fields.push(field.trim());
    field = '';
  };
  const endRecord = () => {
    endField();
    if (fields.some((each) => each !== '')) records.push({ line: begin, fields });
    fields = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (char === '\n') line += 1;
    if (quoted !== undefined) {
      if (char !== '"') field += char;
      else if (text[at + 1] === '"') {
        field += '"';
        at += 1;
      } else quoted = undefined;
    } else if (char === '"' && field.trim() === '') {
      quoted = line;
      field = '';
    } else if (char === separator) endField();
    else if (char === '\n') {
      endRecord();
      begin = line;
    } else if (char !== '\r') field += char;
  }
  if (field !== '' || fields.length > 0) endRecord();
  return { records, ...(quoted === undefined ? {} : { open: quoted }) };
}

function separatorOf(header: string): string {
  const count = (separator: string) => header.split(separator).length;
  return SEPARATORS.reduce((best, each) => (count(each) > count(best) ? each : best));
}
