import type { Problem } from '../../errors';
import { patternProblem } from '../../text/pattern';
import { show } from '../../text/show';
import type { DocumentPath } from '../../yaml/yaml-file';
import type { ParamSpec } from '../entry';
import type { CheckedWorkloadFile, DeclaredParam } from '../workload-file';
import { paramValue, shownValue } from './param-value';
import { PEER, SERVICE } from './placeholders';

/**
 * @param builtIn they are those of one of virtwork's own entries
 * @returns the params with their defaults in the form that the guest gets
 */
export function checkParams({ file, data }: CheckedWorkloadFile, builtIn: boolean, problems: Problem[]): ParamSpec[] {
  const params = data.params ?? [];
  const specs = params.map((param, index) => {
    const path: DocumentPath = ['params', index];
    const at = `params[${index}]`;
    const wrongKey = [...reservedKey(param, at), ...duplicate(params, index, at), ...(builtIn ? [] : badPattern(param, at))];
    problems.push(...wrongKey.map((message) => ({ where: file.locate([...path, 'key']), message })));
    const { desc, enum: words, default: _, 'not-below': notBelow, needs, ...rest } = param;
    const spec: ParamSpec = {
      ...rest,
      type: param.type ?? 'string',
      default: '',
      description: desc ?? '',
      ...(words ? { enum: words.map((word, at) => wordText(param.type, word, file.written([...path, 'enum', at]))) } : {}),
      ...(notBelow === undefined ? {} : { notBelow }),
      ...(builtIn && param.pattern !== undefined ? { isOwnPattern: true } : {}),
      ...(needs ? { needs: neededValues(file, params, needs, path) } : {}),
    };
    if (wrongKey.length > 0) return spec;
    const written = param.default === undefined ? undefined : file.written([...path, 'default']);
    const value = paramValue(spec, param.default ?? EMPTY[spec.type], written);
    if ('value' in value) return { ...spec, default: value.value };
    const got = param.default === undefined ? 'none' : show(shownValue(spec, param.default, written));
    problems.push({ where: file.locate([...path, 'default']), message: `${at}.default must ${value.must}, got ${got}` });
    return spec;
  });
  specs.forEach((spec, index) => {
    const message = badBound(specs, spec, `params[${index}]`);
    if (message !== undefined) problems.push({ where: file.locate(['params', index, 'not-below']), message });
    problems.push(...badNeeds(file, specs, spec, index));
  });
  return specs;
}

/** A word of an `enum` in the form of the values that are held against it; those of lists and dicts are texts. */
function wordText(type: DeclaredParam['type'] = 'string', word: unknown, written: unknown): string {
  const value = paramValue(
    { key: '', type: NUMBERS.includes(type) || type === 'bool' ? type : 'string', default: '', description: '' },
    word,
    written,
  );
  return 'value' in value ? value.value : String(word);
}

/** The default of a param that states none; a number has none that means nothing. */
const EMPTY: { readonly [type in ParamSpec['type']]: unknown } = {
  string: '',
  list: '',
  dict: '',
  bool: false,
  int: undefined,
  number: undefined,
};

function reservedKey({ key }: DeclaredParam, at: string): string[] {
  return [SERVICE, PEER].includes(key) ? [`${at}.key must not be ${key}: {{${key}}} has a meaning of its own`] : [];
}

/** Only numbers are in an order, and the defaults must be in it as well. */
function badBound(specs: readonly ParamSpec[], spec: ParamSpec, at: string): string | undefined {
  if (spec.notBelow === undefined) return undefined;
  const others = specs.filter((each) => each !== spec && NUMBERS.includes(each.type));
  const other = others.find(({ key }) => key === spec.notBelow);
  if (!NUMBERS.includes(spec.type)) return `${at}.not-below needs the type ${NUMBERS.join(' or ')} beside it, got ${spec.type}`;
  if (!other)
    return `${at}.not-below must be another number among the params, got ${JSON.stringify(spec.notBelow)}; known: ${others.map(({ key }) => key).join(', ') || 'none'}`;
  // A default that is at problem itself stands there empty.
  const known = spec.default !== '' && other.default !== '';
  return known && Number(spec.default) < Number(other.default)
    ? `${at}.default must not be below that of ${other.key}, ${other.default}, got ${spec.default}`
    : undefined;
}

/** The values of the other params, in the form that the guest gets. */
function neededValues(
  file: CheckedWorkloadFile['file'],
  params: readonly DeclaredParam[],
  needs: NonNullable<DeclaredParam['needs']>,
  path: DocumentPath,
): NonNullable<ParamSpec['needs']> {
  const typeOf = (key: string) => params.filter((param) => param.key === key)[0]?.type;
  const texts = (key: string, values: readonly unknown[]) =>
    values.map((value, at) => wordText(typeOf(key), value, file.written([...path, 'needs', key, at])));
  return Object.fromEntries(Object.entries(needs).map(([key, values]) => [key, texts(key, values)]));
}

/** The other params must be there, and must be able to have one of the values. */
function badNeeds(file: CheckedWorkloadFile['file'], specs: readonly ParamSpec[], spec: ParamSpec, index: number): Problem[] {
  const others = specs.filter((each) => each !== spec);
  return Object.entries(spec.needs ?? {}).flatMap(([key, values]) => {
    const other = others.find((each) => each.key === key);
    // Only a problem pays for its position.
    const where = () => file.locate(['params', index, 'needs', key]);
    const at = `params[${index}].needs.${key}`;
    if (!other) {
      const known = others.map((each) => each.key).join(', ') || 'none';
      return [{ where: where(), message: `${at} must be another of the params, got ${JSON.stringify(key)}; known: ${known}` }];
    }
    return values.flatMap((value) => {
      const result = paramValue(other, value);
      return 'must' in result ? [{ where: where(), message: `${at}: param ${key} must ${result.must}, got ${JSON.stringify(value)}` }] : [];
    });
  });
}

const NUMBERS: readonly ParamSpec['type'][] = ['int', 'number'];

/** Two keys may differ only in what the environment cannot tell apart. */
function duplicate(params: readonly DeclaredParam[], index: number, at: string): string[] {
  const same = (key: string) => key.toUpperCase().replaceAll('-', '_');
  const { key } = params[index] as DeclaredParam;
  // A faulty param before it has left a hole, which findIndex does not pass over.
  const first = params.findIndex((each?: DeclaredParam) => each !== undefined && same(each.key) === same(key));
  return first < index ? [`${at}.key must be unique, got ${JSON.stringify(key)} after ${JSON.stringify(params[first]?.key)}`] : [];
}

function badPattern({ pattern }: DeclaredParam, at: string): string[] {
  const must = pattern === undefined ? undefined : patternProblem(pattern);
  return must === undefined ? [] : [`${at}.pattern must ${must}, got ${show(pattern)}`];
}
