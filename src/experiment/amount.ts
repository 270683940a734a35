/** Seconds of each unit of time. */
const TIMES: { readonly [unit: string]: number } = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600 };
const PREFIXES: { readonly [prefix: string]: number } = {
  '': 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
/** By the unit of a metric, the one that people use. */
const BYTES: { readonly [unit: string]: string } = { B: 'MiB', 'B/s': 'MiB/s' };
const NUMBER = /^((?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:e[+-]?[0-9]+)?)\s*(.*)$/;

/** Units that an amount may have, by the unit of its metric, for messages. */
const EXAMPLES: readonly (readonly [unit: string, example: string])[] = [
  ['B/s', '100MiB/s'],
  ['B', '8GiB'],
  ['1/s', '20k'],
  ['%', '90%'],
];

/**
 * A number with a unit, such as `10ms`, `20k` or `100MiB/s`.
 * @param unit of the result. A number without a unit is in it; see {@link needsUnit}.
 * @returns undefined for another form, a number below 0 or too large, or a unit that cannot be converted
 */
export function amountIn(unit: string, text: string): number | undefined {
  const [, number, given] = NUMBER.exec(text.trim()) ?? [];
  if (number === undefined || given === undefined) return undefined;
  const factor = given === '' || given === unit ? 1 : factorOf(unit, given);
  // Of 10 ms in ns, 1e-3 / 1e-9 is not exactly 1e6.
  const amount = factor === undefined ? undefined : Number((Number(number) * factor).toPrecision(12));
  return Number.isFinite(amount) ? amount : undefined;
}

/** An amount as a user may write it for a metric of this unit. */
export function exampleOf(unit: string): string {
  if (TIMES[unit] !== undefined) return '10ms';
  return EXAMPLES.find(([each]) => each === unit)?.[1] ?? '10';
}

/**
 * Whether a number stands alone although it must not: of a time and of bytes, people have other units in mind than those of the metrics. 0 is
 * the same in all units.
 * @param unit of the metric
 * @returns how to write the number, such as `5ms`; undefined for a good one
 */
export function needsUnit(unit: string, text: string): string | undefined {
  const [, number, given] = NUMBER.exec(text.trim()) ?? [];
  const usual = TIMES[unit] === undefined ? BYTES[unit] : 'ms';
  return number === undefined || given !== '' || Number(number) === 0 || usual === undefined ? undefined : number + usual;
}

/** A share: `5%` is 0.05; a number without a unit is a share already. */
export function shareOf(text: string): number | undefined {
  const share = /%\s*$/.test(text) ? amountIn('%', text) : amountIn('', text);
  return share === undefined || !/%\s*$/.test(text) ? share : share / 100;
}

function factorOf(unit: string, given: string): number | undefined {
  const [to, from] = [TIMES[unit], TIMES[given]];
  if (to !== undefined || from !== undefined) return to === undefined || from === undefined ? undefined : from / to;
  const [, prefix = '', rest] = /^([kKMGT]i?|)(.*)$/.exec(given) ?? [];
  const same = unit === 'B/s' ? ['', 'B', 'B/s'] : unit === '1/s' ? ['', '/s', '1/s'] : unit === 'B' ? ['', 'B'] : unit === '1' ? [''] : [];
  return same.includes(rest ?? '') ? PREFIXES[prefix] : undefined;
}
