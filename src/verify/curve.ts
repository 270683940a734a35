import { meanLevel, type Shape, level as shapeLevel } from '../signals/shape';
import { CURVE } from './messages';
import { meanOver, type Series } from './samples';
import type { TruthVm, TruthWorkload } from './truth';
import type { Pair } from './verdict';

/** Whether the load of a VM, and what was seen of it, follow its load shape. */
export interface CheckedCurve {
  readonly verdict: 'follows' | 'differs' | 'not checked';
  readonly why: string;
}

/** The mean level of a load in a time, as a share of the full load. Undefined: not known. */
export type Curve = (from: number, to: number) => number | undefined;

/** A pair with the time that it is of, and what the curve says about it. */
export interface CurvePoint extends Pair {
  readonly from: number;
  readonly to: number;
  /** In the unit of the signal. */
  readonly expected?: number;
}

/** The parts of a period, or of the time, that are compared: programs that run in turn, and scrapes, make single points uneven. */
const PARTS = 12;
const SHORTEST = 60;
const LONGEST = 300;
const LEAST_PARTS = 5;
/** By how much of the full load the level must change in the time, and how well the parts must correlate with it. */
const LEAST_CHANGE = 0.2;
const LEAST_CORRELATION = 0.7;
/** Share of the full load: programs pause when the level changes, and packets have headers. */
const OFF = 0.2;
/** Levels differ by more than they are rounded, and in more than a few answers. */
const ROUNDED = 0.01;
const FEW = 0.1;
/** Seconds by which a level may be late: its program has to end first. */
const LATE = 30;

/** The curve that a VM should follow: that of the configuration, or else the one that its guest reports. @returns undefined without a shape */
export function curveOf({ levels = [] }: Pick<TruthVm, 'levels'>, { shape }: Pick<TruthWorkload, 'shape'>): Curve | undefined {
  if (shape !== undefined) return (from, to) => meanLevel(shape, from, to);
  return levels.length === 0 ? undefined : (from, to) => meanOver(levels, from, to);
}

/** Pairs with what the curve says, relative to the full load that the guest showed. */
export function withCurve<T extends CurvePoint>(points: readonly T[], curve: Curve | undefined): T[] {
  if (curve === undefined) return [...points];
  const known = points.flatMap(({ from, to, guest }) => {
    const level = curve(from, to);
    return level === undefined || guest === undefined ? [] : [{ level, guest }];
  });
  const square = sum(known.map(({ level }) => level ** 2));
  if (square === 0) return [...points];
  const full = sum(known.map(({ level, guest }) => level * guest)) / square;
  return points.map((point) => {
    const level = curve(point.from, point.to);
    return level === undefined ? point : { ...point, expected: full * level };
  });
}

/** How a series follows the curve. */
export interface Followed {
  /** Whether there is enough to tell. */
  readonly isKnown: boolean;
  readonly guest: boolean;
  readonly outside: boolean;
  /** The part that differs most from the curve, by series. */
  readonly worst: { readonly guest?: Part; readonly outside?: Part };
}

interface Part {
  readonly time: number;
  readonly level: number;
  readonly expected: number;
  readonly value: number;
}

/** @param period of the shape in seconds. Absent: not known */
export function followed(points: readonly CurvePoint[], curve: Curve, period?: number): Followed {
  const parts = partsOf(points, curve, period);
  const [guest, outside] = [of(parts, 'guest'), of(parts, 'outside')];
  const levels = guest.map(({ level }) => level);
  const change = levels.length === 0 ? 0 : Math.max(...levels) - Math.min(...levels);
  return {
    isKnown: guest.length >= LEAST_PARTS && change >= LEAST_CHANGE,
    guest: doesFollow(guest),
    outside: outside.length < LEAST_PARTS || doesFollow(outside),
    worst: { ...worstOf('guest', guest), ...worstOf('outside', outside) },
  };
}

type Averaged = { readonly [key in 'time' | 'level' | 'expected' | 'guest' | 'outside']: number };

/** The means of points that are near each other in time. */
function partsOf(points: readonly CurvePoint[], curve: Curve, period: number | undefined): Averaged[] {
  const total = (points.at(-1)?.to ?? 0) - (points[0]?.from ?? 0);
  const length = Math.max(SHORTEST, Math.min(total / PARTS, period === undefined ? LONGEST : period / PARTS));
  const groups = new Map<number, CurvePoint[]>();
  for (const point of points) {
    const key = Math.floor((point.from + point.to) / 2 / length);
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()].map((group) => {
    const mean = (of: (point: CurvePoint) => number | undefined) => meanOf(group.map(of));
    return {
      time: mean(({ from, to }) => (from + to) / 2),
      level: mean(({ from, to }) => curve(from, to)),
      expected: mean(({ expected }) => expected),
      guest: mean(({ guest }) => guest),
      outside: mean(({ outside }) => outside),
    };
  });
}

function of(parts: readonly Averaged[], key: 'guest' | 'outside'): Part[] {
  return parts
    .map(({ time, level, expected, [key]: value }) => ({ time, level, expected, value }))
    .filter((part) => Object.values(part).every((value) => !Number.isNaN(value)));
}

function worstOf(key: 'guest' | 'outside', parts: readonly Part[]): Followed['worst'] {
  const off = ({ value, expected }: Part) => Math.abs(value - expected);
  const [first, ...rest] = parts;
  return first === undefined ? {} : { [key]: rest.reduce((worst, part) => (off(part) > off(worst) ? part : worst), first) };
}

/** By Pearson's correlation coefficient. */
function doesFollow(parts: readonly Part[]): boolean {
  const [meanLevel, meanValue] = [meanOf(parts.map(({ level }) => level)), meanOf(parts.map(({ value }) => value))];
  const covariance = sum(parts.map(({ level, value }) => (level - meanLevel) * (value - meanValue)));
  const [ofLevel, ofValue] = [
    sum(parts.map(({ level }) => (level - meanLevel) ** 2)),
    sum(parts.map(({ value }) => (value - meanValue) ** 2)),
  ];
  return covariance > 0 && covariance / Math.sqrt(ofLevel * ofValue) >= LEAST_CORRELATION;
}

/**
 * The full load that a guest showed, where it is not the one of its params.
 * @param full of the params. Absent: not known
 * @returns undefined if it is, or if it is not known
 */
export function wrongFull(points: readonly CurvePoint[], curve: Curve, full: number | undefined): number | undefined {
  const known = points.flatMap(({ from, to, guest }) => {
    const level = curve(from, to);
    return level === undefined || guest === undefined ? [] : [{ level, guest }];
  });
  if (full === undefined) return undefined;
  const shown = sum(known.map(({ guest }) => guest)) / sum(known.map(({ level }) => level));
  return Math.abs(shown / full - 1) > OFF ? shown : undefined;
}

/** Why the levels that a guest reports are not those of the shape: its clock, or other params. @returns undefined if they are */
export function wrongLevel(levels: Series, shape: Shape, interval: number): string | undefined {
  const late = Math.max(LATE, 2 * interval);
  const wrong = levels.filter(([time, value]) => {
    const near = Array.from({ length: Math.ceil((2 * late) / 5) + 1 }, (_, index) => shapeLevel(shape, time - late + 5 * index));
    return value < Math.min(...near) - ROUNDED || value > Math.max(...near) + ROUNDED;
  });
  const [first] = wrong;
  if (first === undefined || wrong.length <= FEW * levels.length) return undefined;
  return CURVE.level(first[0], first[1], shapeLevel(shape, first[0]));
}

function meanOf(values: readonly (number | undefined)[]): number {
  const known = values.filter((value) => value !== undefined);
  return sum(known) / known.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
