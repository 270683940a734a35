import { visible } from '../text/show';

const GAP = '   ';
/** Least width of a column. */
const NARROWEST = 8;
/** Characters that are shown of a cell: a longer one would widen every row. */
const WIDEST = 1000;

export interface Fit {
  /** Columns of the terminal: longer texts are wrapped at spaces, and words that are still too long are broken. */
  readonly width: number;
  /** Number of first columns that name the row. They are not wrapped. */
  readonly whole: number;
  /** Columns of names to copy: they are wrapped between names, and no name is broken. @default none */
  readonly names?: readonly number[];
}

/**
 * A table without borders, like those of kubectl.
 * @param fit absent: as wide as its texts
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[], fit?: Fit): string {
  const all = [header, ...rows.map((row) => row.map(cell))];
  const natural = header.map((_, column) => longest(all.map((row) => row[column] ?? '')));
  const least = header.map((_, column) => (fit?.names?.includes(column) ? longestWord(all.map((row) => row[column] ?? '')) : 0));
  const widths = fit ? fitted(natural, least, fit.width - GAP.length * (header.length - 1), fit.whole) : natural;
  return all.flatMap((row) => lines(row, widths)).join('');
}

/** A cell on one line. Rows may come from a file or a server with values of other types. */
function cell(value: string): string {
  const text = visible(String(value ?? '').slice(0, WIDEST + 1)).replace(/\s+/g, ' ');
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

/** The widest columns are narrowed first, equally. Space that is left goes to the last column, which has the longest texts. */
function fitted(natural: readonly number[], least: readonly number[], available: number, whole: number): number[] {
  let most = Math.max(NARROWEST, ...natural.slice(whole));
  const capped = () => natural.map((each, column) => (column < whole ? each : Math.max(least[column] ?? 0, Math.min(each, most))));
  while (most > NARROWEST && sum(capped()) > available) most -= 1;
  const widths = capped();
  const [last = 0] = widths.splice(-1);
  return [...widths, Math.max(last, Math.min(natural.at(-1) ?? 0, available - sum(widths)))];
}

function lines(row: readonly string[], widths: readonly number[]): string[] {
  const cells = widths.map((width, column) => wrapped(row[column] ?? '', width));
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, index) => {
    const line = cells.map((cell, column) => (cell[index] ?? '').padEnd(widths[column] ?? 0)).join(GAP);
    return `${line.trimEnd()}\n`;
  });
}

function wrapped(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const found: string[] = [];
  for (const word of text.split(' ').flatMap((each) => pieces(each, width))) {
    const line = found.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) found[found.length - 1] = `${line} ${word}`;
    else found.push(word);
  }
  return found;
}

/** A word that is too long for a line is broken, so that the table shows all of it. */
function pieces(word: string, width: number): string[] {
  return word.length > width ? (word.match(new RegExp(`.{1,${width}}`, 'gsu')) ?? []) : [word];
}

function longestWord(texts: readonly string[]): number {
  return longest(texts.flatMap((text) => text.split(' ')));
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
