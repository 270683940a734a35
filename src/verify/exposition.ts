/** A sample in the text format of Prometheus. */
export interface Exposed {
  readonly metric: string;
  readonly labels: { readonly [label: string]: string };
  readonly value: number;
}

/** Lines that are read: as many as a guest writes, several times. A guest may be hostile. */
const MOST_LINES = 100_000;
/** Of a value: sums of them must be numbers. */
const LARGEST = 1e30;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?[ \t]+([^ \t]+)(?:[ \t]+-?[0-9]+)?[ \t]*$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*,?\s*/gy;
const ESCAPED: { readonly [sequence: string]: string } = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/** Reads what `/metrics` answers. What is not a sample with a number is left out. */
export function samplesIn(text: string): Exposed[] {
  return text
    .split('\n', MOST_LINES)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => {
      const [, metric, labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      const read = labelsIn(labels);
      return metric !== undefined && read && Math.abs(Number(value)) <= LARGEST ? [{ metric, labels: read, value: Number(value) }] : [];
    });
}

function labelsIn(text: string): { readonly [label: string]: string } | undefined {
  const found: [string, string][] = [];
  LABEL.lastIndex = 0;
  for (let end = 0; end < text.length; end = LABEL.lastIndex) {
    const match = LABEL.exec(text);
    if (!match) return undefined;
    found.push([match[1] as string, (match[2] as string).replace(/\\[n"\\]/g, (sequence) => ESCAPED[sequence] as string)]);
  }
  return Object.fromEntries(found);
}
