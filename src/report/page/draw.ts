import type { Markish, PlotOptions } from '@observablehq/plot';
import { type Html, plain, trusted } from '../html';

/** Width of charts in the units of their text, which is 12 units high. Pages scale a chart little, so its text is readable on a phone. */
export const WIDTH = 360;
const COLORS = 6;
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star'] as const;

/** The libraries, loaded when the first chart is drawn. */
interface Drawing {
  readonly plot: typeof import('@observablehq/plot');
  readonly document: object;
}

let loaded: Drawing | undefined;

function drawing(): Drawing {
  loaded ??= {
    plot: require('@observablehq/plot') as typeof import('@observablehq/plot'),
    document: (require('linkedom') as typeof import('linkedom')).parseHTML('<html></html>').document,
  };
  return loaded;
}

/** The module of marks. */
export function marks(): typeof import('@observablehq/plot') {
  return drawing().plot;
}

/**
 * A chart as SVG.
 * @param description what the chart shows, for those who do not see it
 */
export function chart(description: string, options: PlotOptions & { readonly marks: readonly Markish[] }): Html {
  const { plot, document } = drawing();
  const svg = plot.plot({
    document,
    width: WIDTH,
    marginLeft: 46,
    marginRight: 12,
    marginTop: 20,
    marginBottom: 34,
    style: { fontSize: '12px' },
    ...options,
  } as PlotOptions);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', plain(description));
  svg.querySelector('style')?.remove();
  return trusted(svg.outerHTML);
}

export function colorOf(index: number): string {
  return `var(--c${index % COLORS})`;
}

export function symbolOf(index: number): (typeof SYMBOLS)[number] {
  return SYMBOLS[index % SYMBOLS.length] as (typeof SYMBOLS)[number];
}

/** Lines of the seventh subject and of those after it are dashed: they have the colors of the first ones. */
export function dashOf(index: number): string | undefined {
  return index < COLORS ? undefined : `${2 + 2 * Math.floor(index / COLORS)} 3`;
}

/** A label that fits into a chart. */
export function fitted(label: string, longest = 36): string {
  const text = plain(label);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
