/** How reports write figures: three significant digits, with a unit that people read. */

/** A unit of one chart or column: what a figure is divided by, and the symbol of the result. */
export interface Scale {
  readonly divisor: number;
  readonly symbol: string;
}

const TIME: readonly Scale[] = [
  { divisor: 1, symbol: 'ns' },
  { divisor: 1e3, symbol: 'µs' },
  { divisor: 1e6, symbol: 'ms' },
  { divisor: 1e9, symbol: 's' },
];
const NANOSECONDS: { readonly [unit: string]: number } = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const DECIMAL = ['', 'k', 'M', 'G'];

/**
 * The scale in which the largest of some figures has one to three digits before the point.
 * @param metric decides between IOPS and other rates, which have the same unit
 */
export function scaleOf(metric: { readonly key: string; readonly unit: string }, figures: readonly number[]): Scale {
  const largest = Math.max(0, ...figures.filter(Number.isFinite).map(Math.abs));
  return largestBelow(scalesOf(metric), largest);
}

function scalesOf({ key, unit }: { readonly key: string; readonly unit: string }): readonly Scale[] {
  const ns = NANOSECONDS[unit];
  if (ns !== undefined) return TIME.map(({ divisor, symbol }) => ({ divisor: divisor / ns, symbol }));
  if (unit === 'B' || unit === 'B/s') return BINARY.map((symbol, power) => ({ divisor: 1024 ** power, symbol: symbol + unit.slice(1) }));
  if (unit === '1/s') {
    const name = /(^|-)iops$/.test(key) ? 'IOPS' : '/s';
    return DECIMAL.map((prefix, power) => ({ divisor: 1000 ** power, symbol: `${prefix}${prefix && name === 'IOPS' ? ' ' : ''}${name}` }));
  }
  if (unit === '1' || unit === '') return DECIMAL.map((symbol, power) => ({ divisor: 1000 ** power, symbol }));
  return [{ divisor: 1, symbol: unit }];
}

function largestBelow(scales: readonly Scale[], figure: number): Scale {
  return scales.findLast(({ divisor }) => figure >= divisor * 0.9995) ?? (scales[0] as Scale);
}

/** A figure in a given scale, without its symbol. */
export function inScale(figure: number, { divisor }: Scale): string {
  return digits(figure / divisor);
}

/** A figure with its unit, such as `24.0 k IOPS`. */
export function quantity(metric: { readonly key: string; readonly unit: string }, figure: number): string {
  const scale = scaleOf(metric, [figure]);
  return `${inScale(figure, scale)} ${scale.symbol}`.trimEnd();
}

/** Three significant digits. All digits before the point are kept. */
export function digits(figure: number): string {
  if (figure === 0 || !Number.isFinite(figure)) return String(figure);
  const size = Math.floor(Math.log10(Math.abs(figure) * (1 + 5e-4)));
  if (size < -4) return figure.toExponential(2);
  return figure.toFixed(Math.max(0, 2 - size));
}

/** An interval, such as `1.04 to 1.07`. */
export function intervalText(low: number, high: number): string {
  return `${digits(low)} to ${digits(high)}`;
}
