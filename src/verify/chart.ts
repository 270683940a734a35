import type { Html } from '../report/html';
import { chart, colorOf, marks } from '../report/page/draw';
import { scaleOf } from '../report/quantity';
import { eventsDrawn } from './messages';
import type { CheckedSignal, CheckedVm } from './verification';

/** The two series, in the order of their colors in the legend. */
const SERIES = ['guest', 'outside'] as const;
/** The color of the curve. */
export const CURVE_COLOR = 2;

/** Milliseconds. */
const DAY = 86_400_000;
const SHORT = 300_000;
/** Around a single point. */
const AROUND = 30_000;

/** `05:15`; in a short time `05:15:30`, so that no two ticks have the same text; in a long one `28 05:15`, with the day of the month. */
function clock(time: Date, span: number): string {
  return time
    .toISOString()
    .slice(span > DAY ? 8 : 11, span < SHORT ? 19 : 16)
    .replace('T', ' ');
}

/** What the guest did and what the product saw, over time, with the events of the VM. Nothing if there are no values. */
export function seriesChart(vm: CheckedVm, signal: CheckedSignal): Html | undefined {
  const values = signal.points.flatMap(({ guest, outside, expected }) => [guest, outside, expected]).filter((value) => value !== undefined);
  if (values.length === 0) return undefined;
  const scale = scaleOf({ key: signal.name, unit: signal.unit }, values);
  const at = (value: number | undefined) => (value === undefined ? Number.NaN : value / scale.divisor);
  const points = signal.points.map(({ to, guest, outside, expected }) => ({
    time: new Date(to * 1000),
    guest: at(guest),
    outside: at(outside),
    expected: at(expected),
  }));
  const [from, to] = [points[0]?.time as Date, points.at(-1)?.time as Date];
  const events = vm.events.map(({ time }) => new Date(time * 1000)).filter((time) => time >= from && time <= to);
  const { line, dot, ruleX } = marks();
  return chart(`${signal.name} of ${vm.name}: what the guest did, and what was seen from outside. ${eventsDrawn(events.length)}`, {
    height: 170,
    x: {
      type: 'utc',
      label: 'UTC',
      ticks: 5,
      tickFormat: (time: Date) => clock(time, to.getTime() - from.getTime()),
      nice: false,
      domain: from < to ? [from, to] : [new Date(from.getTime() - AROUND), new Date(to.getTime() + AROUND)],
    },
    y: {
      zero: true,
      nice: true,
      ticks: 4,
      label: scale.symbol,
      tickFormat: (value: number) => String(Number(value.toPrecision(3))),
      grid: true,
    },
    marks: [
      ruleX(events, { x: (time: Date) => time, stroke: 'currentColor', strokeDasharray: '2 3', className: 'events' }),
      ...(signal.points.some(({ expected }) => expected !== undefined)
        ? [line(points, { x: 'time', y: 'expected', stroke: colorOf(CURVE_COLOR), strokeWidth: 5, strokeOpacity: 0.4, className: 'curve' })]
        : []),
      ...SERIES.flatMap((key, index) => [
        line(points, {
          x: 'time',
          y: key,
          stroke: colorOf(index),
          strokeWidth: 2,
          ...(index === 1 ? { strokeDasharray: '6 3' } : {}),
          className: key,
        }),
        dot(points, { x: 'time', y: key, r: 2, fill: colorOf(index), className: `${key}-points` }),
      ]),
    ],
  } as Parameters<typeof chart>[1]);
}
