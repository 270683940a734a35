import { colorOf } from '../../src/report/page/draw';
import type { Range, Times } from './recorded-rules';

/** The panels of a dashboard as Grafana has them, with the names, colors and units of their series. */

export interface GridPos {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}

export interface Panel {
  readonly type: string;
  readonly title: string;
  readonly gridPos: GridPos;
  readonly repeat?: string;
  readonly targets?: readonly Target[];
  readonly fieldConfig?: { readonly defaults: { readonly unit: string }; readonly overrides: readonly Override[] };
}

interface Override {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: { readonly fixedColor?: string } }[];
}

export interface Answered {
  readonly panel: Panel;
  /** One for each target. */
  readonly answers: readonly (readonly Range[])[];
}

export interface Series {
  readonly legend: string;
  readonly points: readonly { readonly time: number; readonly value: number }[];
  readonly color: string;
  readonly dash: string | undefined;
}

/** The series of a panel as Grafana names and colors them, with a point for each time: one without a value ends a line. */
export function seriesOf({ panel, answers }: Answered, times: Times): Series[] {
  const named = answers.flatMap((answer, at) => answer.map((range) => ({ range, legend: legendOf(panel.targets?.[at], range) })));
  return named.map(({ range, legend }, index) => {
    const values = new Map(range.values.map(([time, value]) => [time, Number(value)]));
    const points = Array.from({ length: (times.to - times.from) / times.step + 1 }, (_, step) => times.from + step * times.step).map(
      (time) => ({ time, value: values.get(time) ?? Number.NaN }),
    );
    const dash = overridden(panel, legend, 'custom.lineStyle') && '5 4';
    const { fixedColor = '' } = overridden(panel, legend, 'color') ?? {};
    return { legend, points, dash, color: colorNamed(fixedColor) ?? colorOf(index) };
  });
}

const HUES: { readonly [name: string]: string } = {
  blue: 'var(--c0)',
  orange: 'var(--c1)',
  green: 'var(--c2)',
  purple: 'var(--c3)',
  yellow: 'var(--c4)',
  red: 'var(--bad)',
};

function colorNamed(name: string): string | undefined {
  const hue = HUES[name.replace('dark-', '')];
  return hue && name.startsWith('dark-') ? `color-mix(in srgb, ${hue} 45%, var(--fg))` : hue;
}

function legendOf(target: Target | undefined, { metric }: Range): string {
  return (target?.legendFormat ?? '')
    .replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '')
    .replace(/ +/g, ' ')
    .trim();
}

function overridden(panel: Panel, legend: string, property: string): Override['properties'][number]['value'] | undefined {
  const matching = panel.fieldConfig?.overrides.filter(({ matcher }) => new RegExp(matcher.options.slice(1, -1)).test(legend)) ?? [];
  return matching.flatMap(({ properties }) => properties).findLast(({ id }) => id === property)?.value;
}

/** The names of the series of a panel. */
export function seriesNames({ panel, answers }: Answered, times: Times): string[] {
  const isNamed = panel.type === 'timeseries' || panel.type === 'state-timeline';
  return isNamed
    ? seriesOf({ panel, answers }, times).map(({ legend }) => legend)
    : (panel.targets ?? []).map(({ legendFormat }) => legendFormat);
}

/** The units of Grafana: the steps of a unit, and the symbols that each has. */
const UNITS: { readonly [unit: string]: readonly [number, readonly string[]] } = {
  short: [1000, ['', ' K', ' Mil', ' Bil']],
  Bps: [1000, [' B/s', ' kB/s', ' MB/s', ' GB/s']],
  bytes: [1024, [' B', ' KiB', ' MiB', ' GiB']],
  iops: [1000, [' io/s', 'K io/s']],
  ops: [1000, [' ops/s', 'K ops/s']],
  s: [1000, [' s']],
};

/** How values are written of which the largest is known. */
export function scaleOf(unit: string, most: number): { readonly divisor: number; readonly symbol: string } {
  if (unit === 'percentunit') return { divisor: 0.01, symbol: ' %' };
  const [base, symbols] = UNITS[unit] ?? [1000, ['']];
  const power = Math.max(0, Math.min(symbols.length - 1, Math.floor(Math.log(Math.abs(most) || 1) / Math.log(base))));
  return { divisor: base ** power, symbol: symbols[power] as string };
}
