import type { Problem } from '../errors';
import { type CsvRecord, csvRecords } from './csv';
import { Faults, type Wrong } from './faults';
import { gotOf, notJson, notReadings, otherNamespaces, READINGS, signalUnknown, wrongUnit } from './messages';
import type { Reading } from './reading';
import { factorTo } from './units';

/** The columns of a file of readings. */
export const COLUMNS = ['vm', 'signal', 'from', 'to', 'value', 'unit'] as const;
type Column = (typeof COLUMNS)[number];

/** Numbers above it are milliseconds since 1970: as seconds, they are far in the future. */
const MILLISECONDS = 1e11;
/** Of a value: sums of them must be numbers. */
const LARGEST = 1e30;
/** Characters of a file that a message quotes. */
const LONGEST = 200;
/** With a zone, because a local time of another machine is not known. */
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})$/i;

type Fields = { readonly [column in Column | 'namespace']?: unknown };

interface Row {
  /** Line, or index in a list. */
  readonly at: number;
  readonly fields: Fields;
}

/** The rows of a file. Wrong ones are among its faults. */
interface Table {
  readonly rows: Iterable<Row>;
  readonly faults: Faults;
}

/** What the rows of a file are read with. */
export interface ReadingsProps {
  /** The base unit of a signal; undefined for a name that no signal has. */
  readonly unitOf: (signal: string) => string | undefined;
  /** Of the truth. Absent: readings of every namespace are taken. */
  readonly namespace?: string;
}

export interface FileReadings {
  readonly readings: readonly Reading[];
  /** Rows of unknown signals, by their name. */
  readonly unknown: ReadonlyMap<string, number>;
  /** Rows of VMs of other namespaces, by namespace and name. What they say is not checked. */
  readonly others: ReadonlyMap<string, number>;
}

/**
 * Reads what a product saw, from CSV with a header, from a list in JSON, or from one JSON object on each line.
 * @param name of the file, for places
 * @param problems gets the faults of all rows; equal ones are one problem
 * @returns the readings of right rows
 */
export function readingsIn(name: string, text: string, props: ReadingsProps, problems: Problem[]): FileReadings {
  const marked = text.replace(/^\ufeff/, '');
  const plain = marked.includes('\n') ? marked : marked.replaceAll('\r', '\n');
  const [unknown, others] = [new Map<string, number>(), new Map<string, number>()];
  const readings: Reading[] = [];
  const table = tableOf(name, plain);
  if (!('rows' in table)) {
    problems.push(table);
    return { readings, unknown, others };
  }
  let count = 0;
  for (const row of table.rows) {
    count += 1;
    const reading = readingOf(row, props, { unknown, others, faults: table.faults });
    if (reading) readings.push(reading);
  }
  const found = table.faults.problems();
  problems.push(...found);
  if (count + found.length === 0) problems.push({ where: name, ...READINGS.none });
  return { readings, unknown, others };
}

function tableOf(name: string, text: string): Table | Problem {
  if (text.trim() === '') return { where: name, ...READINGS.empty };
  return /^\s*[[{]/.test(text) ? jsonTable(name, text) : csvTable(name, text);
}

function csvTable(name: string, text: string): Table | Problem {
  const records = csvRecords(text);
  const header: CsvRecord = records.next().value ?? { line: 1, fields: [] };
  const columns = header.fields.map((field) => field.toLowerCase());
  const missing = COLUMNS.filter((column) => !columns.includes(column));
  const twice = [...COLUMNS, 'namespace'].filter((column) => columns.indexOf(column) !== columns.lastIndexOf(column));
  if (missing.length + twice.length > 0) {
    const line = text.split('\n', header.line)[header.line - 1] ?? '';
    return { where: `${name}:${header.line}`, ...notReadings(missing, twice, COLUMNS.length, line.slice(0, LONGEST).trim()) };
  }
  const faults = new Faults(name, 'line');
  return { rows: csvRows(records, columns, faults), faults };
}

function* csvRows(records: Iterable<CsvRecord>, columns: readonly string[], faults: Faults): Generator<Row> {
  const fieldsWrong: Wrong = { kind: 'fields', message: (got, more) => `${READINGS.fields(columns.length)}${gotOf(got, more)}` };
  for (const { line, fields, open } of records) {
    if (open !== undefined) faults.add(open, { kind: 'quote', message: () => READINGS.openQuote });
    else if (fields.length !== columns.length) faults.add(line, { ...fieldsWrong, got: fields.length });
    else yield { at: line, fields: Object.fromEntries(columns.map((column, index) => [column, fields[index]])) };
  }
}

function jsonTable(name: string, text: string): Table | Problem {
  const whole = parsed(text);
  if ('value' in whole) {
    const faults = new Faults(name, 'item');
    const key = Array.isArray(whole.value) ? whole.value : (whole.value as { readonly readings?: unknown }).readings;
    const list: readonly unknown[] = Array.isArray(key) ? key : [whole.value];
    return {
      rows: jsonRows(
        list.map((value, at) => ({ at, text: '', value })),
        faults,
      ),
      faults,
    };
  }
  const lines = text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ at: index + 1, text: line, ...parsed(line) }]));
  // Of a list that is written over several lines, no line is JSON.
  if (!lines.slice(0, 2).some((line) => 'value' in line)) return notJsonIn(name, text.trimEnd(), whole.reason);
  const faults = new Faults(name, 'line');
  return { rows: jsonRows(lines, faults), faults };
}

function* jsonRows(items: readonly (Parsed & { readonly at: number; readonly text: string })[], faults: Faults): Generator<Row> {
  for (const item of items) {
    const { at, text } = item;
    if ('reason' in item) {
      const hint = item === items.at(-1) ? { hint: READINGS.cutOff.hint } : {};
      faults.add(at, {
        kind: `json ${JSON.stringify(hint)}`,
        message: (got, more) => `${READINGS.json}${gotOf(got, more)}`,
        ...hint,
        got: text,
      });
    } else if (typeof item.value === 'object' && item.value !== null && !Array.isArray(item.value)) yield { at, fields: item.value };
    else faults.add(at, { kind: 'object', message: (got, more) => `${READINGS.object}${gotOf(got, more)}`, got: item.value });
  }
}

type Parsed = { readonly value: unknown } | { readonly reason: string };

function parsed(text: string): Parsed {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/** @param reason of the JavaScript engine, which has the position or not */
function notJsonIn(name: string, text: string, reason: string): Problem {
  const position = /Unexpected end/.test(reason) ? text.length : Number(/at position (\d+)/.exec(reason)?.[1] ?? Number.NaN);
  if (Number.isNaN(position)) return { where: name, message: notJson(reason) };
  const where = `${name}:${text.slice(0, position).split('\n').length}`;
  if (position >= text.length) return { where, ...READINGS.cutOff };
  return { where, message: `${READINGS.json}${gotOf([text.slice(position, position + LONGEST).split('\n')[0]], false)}` };
}

/** @returns undefined also for readings that are ignored */
function readingOf(
  { at, fields }: Row,
  { unitOf, namespace: ours }: ReadingsProps,
  { unknown, others, faults }: { readonly unknown: Map<string, number>; readonly others: Map<string, number>; readonly faults: Faults },
): Reading | undefined {
  let isRight = true;
  const fault = (wrong: Wrong) => {
    isRight = false;
    faults.add(at, wrong);
  };
  const wrong = (column: keyof Fields, must: string) =>
    fault({ kind: `${column} ${must}`, message: (got, more) => `${column} must ${must}${gotOf(got, more)}`, got: fields[column] });
  const text = (column: keyof Fields): string => {
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
  // Products name a VM with or without its namespace, or have a column for it.
  const path = text('vm').split('/');
  const [vm = '', prefix] = path.reverse();
  const column = (fields.namespace ?? '') === '' ? undefined : text('namespace');
  if (prefix !== undefined && column !== undefined && column !== prefix) wrong('namespace', READINGS.namespace);
  const namespace = prefix ?? column;
  if (isRight && namespace !== undefined && ours !== undefined && namespace !== ours) {
    count(others, `${namespace}/${vm}`);
    return undefined;
  }
  const signal = text('signal');
  const [from, to] = [time('from'), time('to')];
  if (isRight && to <= from) wrong('to', READINGS.after);
  const base = unitOf(signal);
  const unit = typeof fields.unit === 'string' ? fields.unit : String(fields.unit ?? '');
  // A unit may need the time, which is wrong then.
  const factor = base === undefined ? undefined : factorTo(base, unit, to > from ? to - from : 1);
  if (base !== undefined && factor === undefined) fault(unitFault(signal, base, fields.unit));
  const value = numberOf(fields.value);
  const scaled = (value ?? 0) * (factor ?? 1);
  if (value === undefined) wrong('value', READINGS.number);
  else if (value < 0) wrong('value', READINGS.negative);
  else if (!(scaled <= LARGEST)) wrong('value', READINGS.large);
  if (base === undefined && signal !== '') count(unknown, signal);
  return isRight && base !== undefined ? { vm, signal, from, to, value: scaled, place: faults.where(at) } : undefined;
}

function unitFault(signal: string, base: string, got: unknown): Wrong {
  const { message, hint } = wrongUnit(signal, base);
  return { kind: `unit ${base}`, message: (values, more) => `${message}${gotOf(values, more)}`, hint, got };
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function numberOf(raw: unknown): number | undefined {
  const number = typeof raw === 'number' ? raw : typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
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

/** A warning about readings of VMs of other namespaces, which an export of a whole cluster has. */
export function otherVms(name: string, others: ReadonlyMap<string, number>, own: string): Problem | undefined {
  return others.size === 0 ? undefined : { where: name, message: otherNamespaces(others, own) };
}
