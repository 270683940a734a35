import { didYouMean } from '../text/messages';
import { kindOf, show } from '../text/show';
import { nearest } from '../text/suggest';
import { parseYaml } from '../yaml/yaml-file';
import { inPart, type Kind, type Parsed, type Rejection, together } from './kinds';
import { GOT, MUST } from './value-messages';

/** A map as YAML has it. */
export type Fields = { readonly [key: string]: unknown };

/** What the keys of a map must be, as in `must …`; undefined if the key is good. */
type KeyRule = (key: string) => string | undefined;

/**
 * A value that is a map or a list in the file, and YAML text elsewhere: `--tolerations '[{key: gpu, operator: Exists}]'`.
 * @param example for the message about text that is not YAML
 */
export function fromText<T>(kind: Kind<T>, example: string): Kind<T> {
  return { ...kind, metavar: 'YAML', parse: (raw) => (typeof raw === 'string' ? parseText(kind, example, raw) : kind.parse(raw)) };
}

/** YAML without a value, which would read as an empty map. */
const NOTHING = /^\s*(~|null|#.*)?\s*$/i;

function parseText<T>(kind: Kind<T>, example: string, text: string): Parsed<T> {
  const read = parseYaml('', text);
  return 'data' in read && !NOTHING.test(text) ? kind.parse(read.data) : { must: MUST.yaml(example), got: show(text) };
}

/** A map with any keys that fit the rule: a map in the file, `KEY=VALUE,…` or a map of YAML elsewhere. */
export function mapOf(item: Kind<string>, wrongKey: KeyRule): Kind<{ readonly [key: string]: string }> {
  const ofMap = (raw: unknown): Parsed<{ readonly [key: string]: string }> => {
    if (!isMap(raw)) return { must: MUST.map, got: kindOf(raw) };
    const rejected: Rejection[] = [];
    const values: { [key: string]: string } = {};
    for (const [key, each] of Object.entries(raw)) {
      const must = wrongKey(key);
      if (must !== undefined) rejected.push({ must, got: show(key), at: [key] });
      const parsed = item.parse(each);
      if ('must' in parsed) rejected.push(...inPart(key, each, parsed));
      else values[key] = parsed.value;
    }
    return together(rejected) ?? { value: values };
  };
  return {
    parse: (raw) =>
      typeof raw === 'string'
        ? assigned(raw)
          ? ofMap(assigned(raw))
          : parseText({ ...item, parse: ofMap } as never, '{team: storage}', raw)
        : ofMap(raw),
    schema: { type: 'object', additionalProperties: item.schema },
    joint: ',',
    metavar: 'KEY=VALUE,…',
  };
}

/** @returns the map that `a=b,c=d` means; undefined for a string of another form */
function assigned(text: string): Fields | undefined {
  const parts = text.split(',').map((part) => /^\s*([^\s={}[\]:]+)=(.*)$/s.exec(part));
  return parts.every((part) => part !== null) ? Object.fromEntries(parts.map((part) => [part?.[1], part?.[2]?.trim()])) : undefined;
}

/**
 * A map with these keys.
 * @param required keys that it must have
 */
export function record<T extends Fields>(
  fields: { readonly [key in keyof T]-?: Kind },
  required: readonly (keyof T & string)[] = [],
): Kind<T> {
  const known = Object.keys(fields);
  return {
    parse: (raw) => {
      if (!isMap(raw)) return { must: MUST.mapWith(known), got: kindOf(raw) };
      const rejected: Rejection[] = required.filter((key) => raw[key] === undefined).map((key) => ({ must: MUST.key(key), got: GOT.none }));
      const values: { [key: string]: unknown } = {};
      for (const [key, each] of Object.entries(raw)) {
        if (!Object.hasOwn(fields, key)) rejected.push(unknownKey(key, known));
        else if (each !== undefined) {
          const parsed = (fields[key as keyof T] as Kind).parse(each);
          if ('must' in parsed) rejected.push(...inPart(key, each, parsed));
          else values[key] = parsed.value;
        }
      }
      return together(rejected) ?? { value: values as T };
    },
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: Object.fromEntries(known.map((key) => [key, (fields[key as keyof T] as Kind).schema])),
      ...(required.length > 0 ? { required } : {}),
    },
  };
}

function unknownKey(key: string, known: readonly string[]): Rejection {
  const near = nearest(key, known);
  return { must: MUST.onlyKeys(known), got: show(key), at: [key], ...(near === undefined ? {} : { hint: didYouMean(near) }) };
}

/** A list whose items are maps or scalars. */
export function items<T>(item: Kind<T>): Kind<readonly T[]> {
  return {
    parse: (raw) => {
      if (!Array.isArray(raw)) return { must: MUST.list, got: kindOf(raw) };
      const parsed = raw.map((each) => item.parse(each));
      const rejected = parsed.flatMap((each, index) => ('must' in each ? inPart(index, raw[index], each) : []));
      return together(rejected) ?? { value: parsed.flatMap((each) => ('value' in each ? [each.value] : [])) };
    },
    schema: { type: 'array', items: item.schema },
  };
}

export function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
