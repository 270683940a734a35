import type { Problem } from '../errors';
import { csvRecords } from './csv';
import { notReadings, READINGS, signalUnknown, wrongColumn, wrongUnit } from './messages';
import type { Reading } from './reading';
import { factorTo } from './units';

/** The columns of a file of readings. */
export const COLUMNS = ['vm', 'signal', 'from', 'to', 'value', 'unit'] as const;
type Column = (typeof COLUMNS)[number];

/** Numbers above it are milliseconds since 1970: as seconds, they are far in the future. */
const MILLISECONDS = 1e11;
/** Of a value: sums of them must be numbers. */
const LARGEST = 1e30;
/** With a zone, because a local time of another machine is not known. */
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})$/i;

interface Row {
  readonly place: string;
  readonly fields: { readonly [column in Column]?: unknown };
}

/**
 * Reads what a product saw, from CSV with a header, from a list in JSON, or from one JSON object on each line.
 * @param name of the file, for places
 * @param unitOf the base unit of a signal; undefined for a name that no signal has
 * @param problems gets every wrong row
 * @returns the readings of right rows; rows of unknown signals are not among them, and counted by their name
 */
export function readingsIn(
  name: string,
  text: string,
  unitOf: (signal: string) => string | undefined,
  problems: Problem[],
): { readonly readings: readonly Reading[]; readonly unknown: ReadonlyMap<string, number> } {
  const plain = text.replace(/^\ufeff/, '');
  const rows = /^\s*[[{]/.test(plain) ? jsonRows(name, plain, problems) : csvRows(name, plain, problems);
  const unknown = new Map<string, number>();
  const readings = rows.flatMap((row) => readingOf(row, unitOf, unknown, problems) ?? []);
  if (rows.length === 0 && problems.length === 0) problems.push({ where: name, ...READINGS.none });
  return { readings, unknown };
}

function csvRows(name: string, text: string, problems: Problem[]): Row[] {
  const { records, open } = csvRecords(text);
  if (open !== undefined) problems.push({ where: `${name}:${open}`, message: READINGS.openQuote });
  const [header, ...rest] = records;
  const columns = header?.fields.map((field) => field.toLowerCase()) ?? [];
  const missing = COLUMNS.filter((column) => !columns.includes(column));
  const twice = COLUMNS.filter((column) => columns.indexOf(column) !== columns.lastIndexOf(column));
  if (missing.length > 0 || twice.length > 0) {
    problems.push({ where: `${name}:${header?.line ?? 1}`, ...notReadings(missing, twice) });
    return [];
  }
  return rest.flatMap(({ line, fields }) => {
    const place = `${name}:${line}`;
    if (fields.length !== columns.length) {
      problems.push({ where: place, message: READINGS.fields(columns.length, fields.length) });
      return [];
    }
    return [{ place, fields: Object.fromEntries(columns.map((column, index) => [column, fields[index]])) }];
  });
}

function jsonRows(name: string, text: string, problems: Problem[]): Row[] {
  const whole = parsed(text);
  const lines = whole === undefined ? text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ line, index }])) : [];
  const list =
    whole === undefined ? undefined : Array.isArray(whole) ? whole : ((whole as { readonly readings?: unknown }).readings ?? [whole]);
  const items = Array.isArray(list)
    ? list.map((item, index) => ({ item: item as unknown, place: `${name}: [${index}]` }))
    : lines.map(({ line, index }) => ({ item: parsed(line), place: `${name}:${index + 1}` }));
  return items.flatMap(({ item, place }) => {
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) return [{ place, fields: item as Row['fields'] }];
    problems.push({ where: place, message: READINGS.object });
    return [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

function readingOf(
  { place, fields }: Row,
  unitOf: (signal: string) => string | undefined,
  unknown: Map<string, number>,
  problems: Problem[],
): Reading | undefined {
  const before = problems.length;
  const wrong = (column: Column, must: string) => {
    problems.push({ where: place, message: wrongColumn(column, must, fields[column]) });
  };
  const text = (column: Column): string => {
    const value = fields[column];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    wrong(column, READINGS.text);
    return '';
  };
  const time = (column: Column): number => {
    const value = timeOf(fields[column]);
    if (value === undefined) wrong(column, READINGS.time);
    return value ?? 0;
  };
  const [vm, signal] = [text('vm'), text('signal')];
  const [from, to] = [time('from'), time('to')];
  const value = numberOf(fields.value);
  if (value === undefined) wrong('value', READINGS.number);
  if (problems.length === before && to <= from) wrong('to', READINGS.after);
  const base = unitOf(signal);
  const unit = typeof fields.unit === 'string' ? fields.unit : String(fields.unit ?? '');
  const factor = base === undefined ? undefined : factorTo(base, unit, to - from);
  if (base !== undefined && factor === undefined) problems.push({ where: place, ...wrongUnit(signal, base, unit) });
  if (problems.length > before) return undefined;
  if (base === undefined) {
    unknown.set(signal, (unknown.get(signal) ?? 0) + 1);
    return undefined;
  }
  // Products name a VM with or without its namespace.
  return { vm: vm.slice(vm.lastIndexOf('/') + 1), signal, from, to, value: (value as number) * (factor as number), place };
}

function numberOf(raw: unknown): number | undefined {
  const number = typeof raw === 'number' ? raw : typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : Number.NaN;
  return Math.abs(number) <= LARGEST ? number : undefined;
}

/** @returns seconds since 1970 */
function timeOf(raw: unknown): number | undefined {
  const number = numberOf(raw);
  if (number !== undefined) {
    const seconds = number > MILLISECONDS ? number / 1000 : number;
    return seconds >= 0 && seconds <= MILLISECONDS ? seconds : undefined;
  }
  if (typeof raw !== 'string' || !TIME.test(raw.trim())) return undefined;
  const milliseconds = Date.parse(raw.trim().replace(' ', 'T').replace(/\s/, ''));
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

/** A warning about readings that no signal has. */
export function unknownSignals(name: string, unknown: ReadonlyMap<string, number>, known: readonly string[]): Problem | undefined {
  return unknown.size === 0 ? undefined : { where: name, ...signalUnknown(unknown, known) };
}
