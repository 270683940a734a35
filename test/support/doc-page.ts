/** A fenced block of a Markdown page. */
export interface Block {
  readonly language: string;
  readonly lines: readonly string[];
  /** Index of its first line in the page. */
  readonly start: number;
  /** Why the block cannot run. Absent if it can. */
  readonly notRun?: string;
}

/** A command of a `console` block. */
export interface Step {
  readonly command: string;
  /** The output that the page shows. Absent if the page shows none. */
  readonly shown?: string;
  /** Position of the output in the page: indexes of its first line and of the line after it. */
  readonly from: number;
  readonly to: number;
}

const FENCE = /^```(\w*)/;
const NOT_RUN = /^<!-- not run: (.+) -->$/;
/** A comment with the path of a file, in the first line or below `#!`. */
const PATH = /^(?:#!.*\n)?(?:#|\/\/) ((?:[\w.-]+\/)*[\w-]+(?:\.[\w-]+)*)\n/;

export function blocksOf(page: string): Block[] {
  const lines = page.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const language = FENCE.exec(lines[at] as string)?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    const notRun = NOT_RUN.exec(lines[at - 1] ?? '')?.[1];
    blocks.push({ language, lines: lines.slice(at + 1, end), start: at + 1, ...(notRun === undefined ? {} : { notRun }) });
    at = end;
  }
  return blocks;
}

/** The path of the file that a block names. */
export function pathOf({ lines }: Block): string | undefined {
  return PATH.exec(`${lines.join('\n')}\n`)?.[1];
}

/** The commands of a `console` block. A command ends with its line, except after a `\` at the end of the line. */
export function stepsOf({ lines, start }: Block): Step[] {
  const begins = lines.flatMap((line, index) => (line.startsWith('$ ') ? [index] : []));
  return begins.map((begin, nth) => {
    let from = begin + 1;
    while (lines[from - 1]?.endsWith('\\')) from += 1;
    const to = begins[nth + 1] ?? lines.length;
    const command = lines.slice(begin, from).join('\n').slice(2);
    const shown = to > from ? { shown: `${lines.slice(from, to).join('\n')}\n` } : {};
    return { command, ...shown, from: start + from, to: start + to };
  });
}

/** Whether an output matches the output in the page: a line `…` matches any lines, and `…` in a line matches any characters. */
export function isShown(shown: string, output: string): boolean {
  const pattern = shown
    .split(/^(…)\n/m)
    .map((part) => (part === '…' ? '(?:.*\\n)*?' : part.split('…').map(literal).join('.*')))
    .join('');
  return new RegExp(`^${pattern}$`).test(output);
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
