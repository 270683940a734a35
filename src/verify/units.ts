/** What a unit is in base units. */
interface Unit {
  readonly base: string;
  readonly factor: number;
}

const AMOUNTS: { readonly [unit: string]: Unit } = {
  '': { base: '1', factor: 1 },
  '1': { base: '1', factor: 1 },
  ratio: { base: '1', factor: 1 },
  '%': { base: '1', factor: 0.01 },
  percent: { base: '1', factor: 0.01 },
  ...bytes(''),
  ...times(),
};

/** Units of CPU time per second. A percent is one of a single CPU. */
const CPUS: { readonly [unit: string]: number } = {
  cores: 1,
  core: 1,
  cpu: 1,
  cpus: 1,
  m: 1e-3,
  millicores: 1e-3,
  '%': 1e-2,
  percent: 1e-2,
};
const RATES: { readonly [unit: string]: number } = {
  iops: 1,
  '/s': 1,
  'ops/s': 1,
  'io/s': 1,
  'req/s': 1,
  tps: 1,
  'packets/s': 1,
  pps: 1,
  hz: 1,
};
const PER: { readonly [unit: string]: number } = { s: 1, sec: 1, second: 1, min: 60, minute: 60, h: 3600, hour: 3600 };

function bytes(base: string): { readonly [unit: string]: Unit } {
  const units: [string, Unit][] = [];
  for (const [power, prefix] of ['', 'k', 'm', 'g', 't'].entries()) {
    const [decimal, binary] = [1000 ** power, 1024 ** power];
    for (const [names, factor] of [
      [[`${prefix}b`, `${prefix}byte`, `${prefix}bytes`], decimal],
      [prefix === '' ? [] : [`${prefix}ib`], binary],
      [[`${prefix}bit`, `${prefix}bits`], decimal / 8],
    ] as const)
      for (const name of names) units.push([name, { base: base || 'B', factor }]);
  }
  return Object.fromEntries(units);
}

function times(): { readonly [unit: string]: Unit } {
  const factors = { s: 1, sec: 1, second: 1, seconds: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9, min: 60, h: 3600 };
  return Object.fromEntries(Object.entries(factors).map(([name, factor]) => [name, { base: 's', factor }]));
}

/**
 * The factor from a unit to the base unit of a signal. An amount where the signal is a rate, such as `MiB` for `B/s`, is what was counted in
 * the time of the reading.
 * @param seconds of the reading
 * @returns undefined if the unit measures something else
 */
export function factorTo(base: string, unit: string, seconds: number): number | undefined {
  const written = spelled(unit);
  if (written === base.toLowerCase()) return 1;
  const whole = base === 's/s' ? own(CPUS, written) : base === '1/s' ? own(RATES, written) : undefined;
  if (whole !== undefined) return whole;
  const [amount = '', per, ...more] = written.split('/');
  const [baseAmount = '', basePer] = base.split('/');
  const known = own(AMOUNTS, amount);
  if (known?.base !== baseAmount || more.length > 0) return undefined;
  if (basePer === undefined) return per === undefined ? known.factor : undefined;
  if (per === undefined) return seconds > 0 && written !== '' ? known.factor / seconds : undefined;
  const divisor = own(PER, per);
  return divisor === undefined ? undefined : known.factor / divisor;
}

/** Units are written by others, and may be names that every object has, such as `constructor`. */
function own<T>(table: { readonly [unit: string]: T }, unit: string): T | undefined {
  return Object.hasOwn(table, unit) ? table[unit] : undefined;
}

/** In lower case. Before, an upper-case `B` is bytes, and a lower-case `b` after an upper-case prefix, or in `bps`, is bits. */
function spelled(unit: string): string {
  return unit
    .trim()
    .replace(/ps$/, (end, at: number) => (/[bBt]/.test(unit.trim()[at - 1] ?? '') ? '/s' : end))
    .replace(/\s*\/\s*/, '/')
    .replace(/^([kKMGT]?)b(?=\/|$)/, '$1bit')
    .toLowerCase();
}
