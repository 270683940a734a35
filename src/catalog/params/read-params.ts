import type { Problem } from '../../errors';
import { patternProblem } from '../../text/pattern';
import { show } from '../../text/show';
import type { DocumentPath } from '../../yaml/yaml-file';
import type { ParamSpec } from '../entry';
import * as say from '../messages/params';
import { mustBe } from '../messages/wording';
import type { CheckedWorkloadFile, DeclaredParam } from '../workload-file';
import { paramValue, shownValue, variableName } from './param-value';
import { PEER, SERVICE } from './placeholders';

const NUMBERS: readonly ParamSpec['type'][] = ['int', 'number'];

/** The default of a param that states none; a number has none. */
const EMPTY: { readonly [type in ParamSpec['type']]: unknown } = {
  string: '',
  list: '',
  dict: '',
  network: '',
  bool: false,
  int: undefined,
  number: undefined,
};

/**
 * Reads the params that an entry declares, with their defaults in the form that the guest gets.
 * @param builtIn they are those of one of virtwork's own entries
 * @param problems gets what is wrong with them; the default of such a param may be empty
 */
export function readParams(workloadFile: CheckedWorkloadFile, builtIn: boolean, problems: Problem[]): ParamSpec[] {
  const params = workloadFile.data.params ?? [];
  const specs = params.map((param, index) => {
    const spec = specOf(workloadFile, param, index, builtIn);
    const wrong = keyProblems(workloadFile, index, builtIn);
    problems.push(...wrong);
    if (wrong.length > 0) return spec;
    const value = defaultOf(workloadFile, param, spec, index);
    if (typeof value === 'string') return { ...spec, default: value };
    problems.push(value);
    return spec;
  });
  problems.push(
    ...specs.flatMap((spec, index) => [
      ...boundProblems(workloadFile, specs, spec, index),
      ...needProblems(workloadFile, specs, spec, index),
      ...minimumProblems(workloadFile, specs, spec, index),
      ...networkProblems(workloadFile, specs, spec, index),
    ]),
  );
  return specs;
}

/** A param without its default. */
function specOf({ file, data }: CheckedWorkloadFile, param: DeclaredParam, index: number, builtIn: boolean): ParamSpec {
  const { desc, enum: words, default: _, 'not-below': notBelow, needs, 'needs-minimum': needsMinimum, ...rest } = param;
  const path: DocumentPath = ['params', index];
  return {
    ...rest,
    type: param.type ?? 'string',
    default: '',
    description: desc ?? '',
    ...(words ? { enum: words.map((word, at) => enumWord(param.type, word, file.written([...path, 'enum', at]))) } : {}),
    ...(notBelow === undefined ? {} : { notBelow }),
    ...(builtIn && param.pattern !== undefined ? { isOwnPattern: true } : {}),
    ...(needs ? { needs: neededValues(file, data.params ?? [], needs, [...path, 'needs']) } : {}),
    ...(needsMinimum ? { needsMinimum } : {}),
  };
}

/** A word of an `enum` in the form of the values that are compared with it; those of lists and dicts are strings. */
function enumWord(type: DeclaredParam['type'] = 'string', word: unknown, written: unknown): string {
  const itemType = NUMBERS.includes(type) || type === 'bool' ? type : 'string';
  const value = paramValue({ key: '', type: itemType, default: '', description: '' }, word, written);
  return 'value' in value ? value.value : String(word);
}

/**
 * The values of other params, in the form that the guest gets.
 * @param path of `needs`
 */
export function neededValues(
  file: CheckedWorkloadFile['file'],
  params: readonly DeclaredParam[],
  needs: NonNullable<DeclaredParam['needs']>,
  path: DocumentPath,
): NonNullable<ParamSpec['needs']> {
  const typeOf = (key: string) => params.filter((param) => param.key === key)[0]?.type;
  const texts = (key: string, values: readonly unknown[]) =>
    values.map((value, at) => enumWord(typeOf(key), value, file.written([...path, key, at])));
  return Object.fromEntries(Object.entries(needs).map(([key, values]) => [key, texts(key, values)]));
}

function defaultOf({ file }: CheckedWorkloadFile, param: DeclaredParam, spec: ParamSpec, index: number): string | Problem {
  const path: DocumentPath = ['params', index, 'default'];
  const written = param.default === undefined ? undefined : file.written(path);
  const value = paramValue(spec, param.default ?? EMPTY[spec.type], written);
  if ('value' in value) return value.value;
  const got = param.default === undefined ? 'none' : show(shownValue(spec, param.default, written));
  return { where: file.locate(path), message: say.wrongDefault(`params[${index}]`, value.must, got) };
}

function keyProblems({ file, data: { params = [] } }: CheckedWorkloadFile, index: number, builtIn: boolean): Problem[] {
  const at = `params[${index}]`;
  const { key, pattern } = params[index] as DeclaredParam;
  const first = firstWithVariable(params, key);
  const mismatch = builtIn || pattern === undefined ? undefined : patternProblem(pattern);
  const messages = [
    ...([SERVICE, PEER].includes(key) ? [say.reservedKey(at, key)] : []),
    ...(first < index ? [say.sameVariable(at, key, params[first]?.key ?? '')] : []),
    ...(mismatch === undefined ? [] : [mustBe(`${at}.pattern`, mismatch, pattern)]),
  ];
  return messages.map((message) => ({ where: file.locate(['params', index, 'key']), message }));
}

/** Index of the first param with the same variable: keys may differ only in what the environment cannot tell apart. */
function firstWithVariable(params: readonly DeclaredParam[], key: string): number {
  // A wrong param before it has left a hole, which findIndex does not skip.
  return params.findIndex((each?: DeclaredParam) => each !== undefined && variableName(each.key) === variableName(key));
}

/** One param names the network between clients and their servers. */
function networkProblems(
  { file, data, incomplete }: CheckedWorkloadFile,
  specs: readonly ParamSpec[],
  spec: ParamSpec,
  index: number,
): Problem[] {
  if (spec.type !== 'network') return [];
  const at = `params[${index}]`;
  const hasPeers = data.roles !== undefined && data.service?.['selector-role'] !== undefined;
  const isUnknown = incomplete.has('roles') || incomplete.has('service');
  const first = specs.find(({ type }) => type === 'network') as ParamSpec;
  return [
    ...(spec.default === '' ? [] : [{ where: file.locate(['params', index, 'default']), message: say.networkDefault(at, spec.default) }]),
    ...(first === spec ? [] : [{ where: file.locate(['params', index, 'type']), message: say.secondNetwork(at, first.key) }]),
    ...(hasPeers || isUnknown ? [] : [{ where: file.locate(['params', index, 'type']), ...say.networkWithoutPeers(at) }]),
  ];
}

/** Only numbers are in an order, and the defaults must be in it as well. */
function boundProblems({ file }: CheckedWorkloadFile, specs: readonly ParamSpec[], spec: ParamSpec, index: number): Problem[] {
  if (spec.notBelow === undefined) return [];
  const message = wrongBound(specs, spec, spec.notBelow, `params[${index}]`);
  return message === undefined ? [] : [{ where: file.locate(['params', index, 'not-below']), message }];
}

function wrongBound(specs: readonly ParamSpec[], spec: ParamSpec, bound: string, at: string): string | undefined {
  if (!NUMBERS.includes(spec.type)) return say.boundOfNoNumber(at, NUMBERS, spec.type);
  const others = specs.filter((each) => each !== spec && NUMBERS.includes(each.type));
  const other = others.find(({ key }) => key === bound);
  if (!other)
    return say.unknownBound(
      `${at}.not-below`,
      bound,
      others.map(({ key }) => key),
    );
  // A default that is wrong itself is empty here.
  const areKnown = spec.default !== '' && other.default !== '';
  return areKnown && Number(spec.default) < Number(other.default) ? say.defaultBelow(at, other, spec.default) : undefined;
}

/** The other params must exist, and must be able to have one of the values. */
function needProblems({ file }: CheckedWorkloadFile, specs: readonly ParamSpec[], spec: ParamSpec, index: number): Problem[] {
  const others = specs.filter((each) => each !== spec);
  return Object.entries(spec.needs ?? {}).flatMap(([key, values]) =>
    wrongNeeds(others, key, values, `params[${index}].needs.${key}`).map((message) => ({
      where: file.locate(['params', index, 'needs', key]),
      message,
    })),
  );
}

/** The other params must be numbers, and must be able to have these values. */
function minimumProblems({ file }: CheckedWorkloadFile, specs: readonly ParamSpec[], spec: ParamSpec, index: number): Problem[] {
  const others = specs.filter((each) => each !== spec && NUMBERS.includes(each.type));
  const keys = others.map(({ key }) => key);
  return Object.entries(spec.needsMinimum ?? {}).flatMap(([key, least]) => {
    const at = `params[${index}].needs-minimum.${key}`;
    const messages = keys.includes(key) ? wrongNeeds(others, key, [String(least)], at) : [say.unknownBound(at, key, keys)];
    return messages.map((message) => ({ where: file.locate(['params', index, 'needs-minimum', key]), message }));
  });
}

/** What is wrong with the values of another param. @param at its key below `needs` */
export function wrongNeeds(others: readonly ParamSpec[], key: string, values: readonly string[], at: string): string[] {
  const other = others.find((each) => each.key === key);
  if (!other)
    return [
      say.unknownNeed(
        at,
        key,
        others.map((each) => each.key),
      ),
    ];
  return values.flatMap((value) => {
    const result = paramValue(other, value);
    return 'must' in result ? [say.impossibleNeed(at, key, result.must, value)] : [];
  });
}
