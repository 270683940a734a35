import { CONTROL } from '../../text/control';
import { mismatch } from '../../text/pattern';
import type { ParamSpec } from '../entry';
import * as say from '../messages/params';

/** The value as the guest gets it, or what it must be, as in `must …`. */
export type ParamValue = { readonly value: string } | { readonly must: string };

/** A value in its own type, as JSON and YAML have it. */
export type TypedValue = string | number | boolean | readonly string[] | { readonly [key: string]: string };

type Check = (raw: unknown) => ParamValue;

const ASSIGNMENT = /^[^=;]+=[^;]*$/;

const BY_TYPE: { readonly [type in ParamSpec['type']]: Check } = {
  string: (raw) => (isScalar(raw) ? { value: String(raw) } : { must: say.NO_STRING }),
  // Without leading zeros: bash reads 010 as 8, and 08 as an error.
  int: (raw) => (isScalar(raw) && /^-?[0-9]{1,15}$/.test(String(raw)) ? { value: String(Number(raw)) } : { must: say.NO_INT }),
  number: (raw) =>
    isScalar(raw) && /^-?[0-9]{1,15}(\.[0-9]{1,15})?$/.test(String(raw)) ? { value: String(raw) } : { must: say.NO_NUMBER },
  bool: (raw) => (raw === true || raw === false || raw === 'true' || raw === 'false' ? { value: String(raw) } : { must: say.NO_BOOL }),
  list: (raw) => join(raw, say.NO_LIST, () => true),
  dict: (raw) =>
    join(
      isMap(raw) ? pairs(raw).map(([key, value]) => (isScalar(value) ? `${key}=${String(value)}` : undefined)) : raw,
      say.NO_DICT,
      (item) => ASSIGNMENT.test(item),
    ),
  network: (raw) => (typeof raw === 'string' && /^[A-Za-z0-9_-]{0,63}$/.test(raw) ? { value: raw } : { must: say.NO_NETWORK }),
};

/**
 * Converts a value into the form that the guest gets, and checks it.
 * @param raw string from a flag or the environment, or the YAML value
 * @param written the YAML value with its scalars as they were written, so that `0755` stays as it is; if it does not fit,
 * the value itself may, such as the number in `1e3`
 * @returns the string that the guest's environment has: one line without control characters
 */
export function paramValue(spec: ParamSpec, raw: unknown, written: unknown = raw): ParamValue {
  const texts = BY_TYPE[spec.type](written);
  const typed = 'must' in texts ? BY_TYPE[spec.type](raw) : texts;
  if ('must' in typed) return typed;
  if (CONTROL.test(typed.value)) return { must: say.HAS_CONTROL };
  const wrong = items(spec, typed.value)
    .map((item) => limit(spec, item))
    .find((must) => must !== undefined);
  return wrong === undefined ? typed : { must: wrong };
}

/** @param value in the form that the guest gets, and accepted by {@link paramValue} */
export function typedValue(type: ParamSpec['type'], value: string): TypedValue {
  const parts = value === '' ? [] : value.split(';');
  switch (type) {
    case 'int':
    case 'number':
      return Number(value);
    case 'bool':
      return value === 'true';
    case 'list':
      return parts;
    case 'dict':
      return Object.fromEntries(parts.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]));
    default:
      return value;
  }
}

/** Name of a param in the guest's environment: the prefix keeps a param called `path` from being PATH. */
export function variableName(key: string): string {
  return `PARAM_${key.toUpperCase().replaceAll('-', '_')}`;
}

/** What the value of a param may be, in words; empty if every value of its type is allowed. */
export function allowed(spec: ParamSpec): string {
  const needs = Object.entries(spec.needs ?? {}).map(([key, values]) => `only with ${key} ${values.join(' or ')}`);
  const least = Object.entries(spec.needsMinimum ?? {}).map(([key, value]) => `only with ${key} of at least ${value}`);
  return [range(spec), spec.notBelow === undefined ? '' : `not below ${spec.notBelow}`, ...needs, ...least].filter(Boolean).join(', ');
}

function range(spec: ParamSpec): string {
  if (spec.enum) return spec.enum.join(', ');
  if (spec.pattern) return spec.pattern;
  if (spec.minimum !== undefined && spec.maximum !== undefined) return `${spec.minimum} to ${spec.maximum}`;
  if (spec.minimum !== undefined) return `at least ${spec.minimum}`;
  return spec.maximum === undefined ? '' : `at most ${spec.maximum}`;
}

function limit(spec: ParamSpec, item: string): string | undefined {
  if (spec.enum && !spec.enum.includes(item)) return say.noneOf(range(spec));
  const wrong = spec.pattern && patternMust(spec, spec.pattern, item);
  if (wrong) return wrong;
  const below = spec.minimum !== undefined && Number(item) < spec.minimum;
  const above = spec.maximum !== undefined && Number(item) > spec.maximum;
  return below || above ? say.outOfRange(range({ ...spec, pattern: undefined })) : undefined;
}

function patternMust({ isOwnPattern }: ParamSpec, pattern: string, item: string): string | undefined {
  if (!isOwnPattern) return mismatch(pattern, item);
  return new RegExp(pattern, 'u').test(item) ? undefined : say.mismatched(pattern);
}

/** Limits hold for each item of a list and each value of a dict. */
function items(spec: ParamSpec, value: string): string[] {
  if (spec.type !== 'list' && spec.type !== 'dict') return [value];
  const parts = value === '' ? [] : value.split(';');
  return spec.type === 'list' ? parts : parts.map((part) => part.slice(part.indexOf('=') + 1));
}

function join(raw: unknown, must: string, accepts: (item: string) => boolean): ParamValue {
  const parts = Array.isArray(raw) ? raw : isScalar(raw) ? (String(raw) === '' ? [] : String(raw).split(';')) : undefined;
  if (!parts?.every((part) => isScalar(part) && !String(part).includes(';') && accepts(String(part)))) return { must };
  return { value: parts.join(';') };
}

function isScalar(raw: unknown): raw is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof raw);
}

/** @returns what is shown of a value that was rejected: a string as it was written */
export function shownValue({ type }: ParamSpec, raw: unknown, written: unknown = raw): unknown {
  return type === 'string' && isScalar(written) ? written : raw;
}

function pairs(map: object): [string, unknown][] {
  return map instanceof Map ? [...map] : Object.entries(map);
}

function isMap(raw: unknown): raw is object {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
