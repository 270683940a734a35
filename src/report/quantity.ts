/** How reports write figures, in every format: with few digits, and with a unit that people read. */

/** What decides about the unit: IOPS and other rates have the same one. */
export interface Measure {
  /** Of a metric, or of a histogram with a percentile. */
  readonly key: string;
  readonly unit: string;
}

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

/** The scale in which the largest of some figures has one to three digits before the point. */
export function scaleOf(measure: Measure, figures: readonly number[]): Scale {
  const largest = figures.reduce((most, figure) => (Number.isFinite(figure) ? Math.max(most, Math.abs(figure)) : most), 0);
  return largestBelow(scalesOf(measure), largest);
}

function scalesOf({ key, unit }: Measure): readonly Scale[] {
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

/** @param least share of the divisor that a figure has at least: what is rounded up to 1 counts */
function largestBelow(scales: readonly Scale[], figure: number, least = 0.9995): Scale {
  return scales.findLast(({ divisor }) => figure >= divisor * least) ?? (scales[0] as Scale);
}

/** A figure in a given scale, without its symbol. @param significant digits */
export function inScale(figure: number, { divisor }: Scale, significant?: number): string {
  return digits(figure / divisor, significant);
}

/** A figure with its unit, such as `24.0 k IOPS`. */
export function quantity(measure: Measure, figure: number): string {
  const scale = scaleOf(measure, [figure]);
  return withSymbol(inScale(figure, scale), scale);
}

/**
 * A mean with its interval in the same unit, such as `4.21 ms [4.02, 4.40]`.
 * @param significant digits
 */
export function quantityWith(
  measure: Measure,
  { mean, low, high }: { readonly mean: number; readonly low?: number; readonly high?: number },
  significant?: number,
): string {
  const scale = scaleOf(measure, [mean]);
  const text = (figure: number) => inScale(figure, scale, significant);
  return withSymbol(text(mean), scale) + (low === undefined || high === undefined ? '' : ` [${text(low)}, ${text(high)}]`);
}

/** A figure that a user has stated, with all of its digits: `12.345 k IOPS`. */
export function stated(measure: Measure, figure: number): string {
  const scale = largestBelow(scalesOf(measure), Math.abs(figure), 1);
  return withSymbol(String(Number((figure / scale.divisor).toPrecision(12))), scale);
}

function withSymbol(text: string, { symbol }: Scale): string {
  return symbol === '' || symbol.startsWith('/') ? text + symbol : `${text} ${symbol}`;
}

/** A figure with its significant digits. All digits before the point are kept. */
export function digits(figure: number, significant = 3): string {
  if (figure === 0 || !Number.isFinite(figure)) return String(figure);
  const size = Math.floor(Math.log10(Math.abs(figure) * (1 + 0.5 / 10 ** significant)));
  if (size < -4) return figure.toExponential(significant - 1);
  return figure.toFixed(Math.max(0, significant - 1 - size));
}

/** An interval, such as `1.04 to 1.07`. */
export function intervalText(low: number, high: number): string {
  return `${digits(low)} to ${digits(high)}`;
}

/** A number in a sentence: at most four significant digits. */
export function number(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 1e15 || Math.abs(rounded) < 1e-6
    ? rounded.toExponential()
    : rounded.toLocaleString('en', { maximumFractionDigits: 20 });
}

/** A share. Not rounded up: what is below a limit is shown below it. */
export function percent(share: number): string {
  return `${number(Math.floor(share * 1000 + TINY) / 10)} %`;
}

/** An error of rounding. */
const TINY = 1e-6;

/** A ratio with its interval, such as `1.05× [1.04, 1.07]`. */
export function ratio(value: number, low?: number, high?: number): string {
  const interval = low === undefined || high === undefined ? '' : ` [${times(low)}, ${times(high)}]`;
  return `${times(value)}×${interval}`;
}

function times(value: number): string {
  if (value >= 100) return number(value);
  return value < 0.1 ? String(Number(value.toPrecision(2))) : value.toFixed(2);
}
