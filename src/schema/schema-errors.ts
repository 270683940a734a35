import type { ErrorObject } from 'ajv';
import type { Problem } from '../errors';
import { didYouMean } from '../text/messages';
import { kindOf, show } from '../text/show';
import { nearest } from '../text/suggest';
import { replace } from '../yaml/written-yaml';
import type { DocumentPath, YamlFile } from '../yaml/yaml-file';
import { KEY_NOT_SHOWN, MUST, missingKey, NO_MERGE_KEYS, unknownKey, wrongValue } from './messages';
import type { Validator } from './validator';

/**
 * Validates a file against a JSON Schema. Where the schema requires a string, a number or a boolean counts as the string that was written:
 * `namespace: 0123`.
 * @returns every error
 */
export function shapeErrors(file: YamlFile, validate: Validator): readonly ErrorObject[] {
  const errors = validate(file.data);
  const strings = errors.filter(requiresString).map(({ instancePath }) => documentPath(instancePath, file.data));
  for (const path of strings) {
    const parent = path.slice(0, -1).reduce<unknown>((value, step) => (value as { [key: string | number]: unknown })[step], file.data);
    replace(parent as { [key: string]: unknown }, path.at(-1) as string | number, file.written(path));
  }
  return strings.length > 0 ? validate(file.data) : errors;
}

function requiresString({ keyword, params, data, instancePath }: ErrorObject): boolean {
  return (
    keyword === 'type' && instancePath !== '' && [params.type].flat().includes('string') && ['number', 'boolean'].includes(typeof data)
  );
}

/**
 * The errors of a JSON Schema as problems.
 * @param skip paths whose problems the caller reports better
 * @param hintFor hint for an unknown key. @default the nearest known key
 */
export function schemaProblems(
  file: YamlFile,
  errors: readonly ErrorObject[],
  skip: (path: DocumentPath) => boolean = () => false,
  hintFor: HintFor = () => undefined,
): Problem[] {
  return errors.flatMap((error) => {
    const path = documentPath(error.instancePath, file.data);
    return skip(path) ? [] : [problem(file, path, error, hintFor)];
  });
}

type HintFor = (path: DocumentPath, key: string, value: unknown) => string | undefined;

/** `workloads.cpu.params[0].key` */
export function formatPath(path: DocumentPath): string {
  return path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${step}` : step), '');
}

function problem(file: YamlFile, path: DocumentPath, error: ErrorObject, hintFor: HintFor): Problem {
  if (error.keyword === 'additionalProperties') return unknownKeyProblem(file, path, error, hintFor);
  return { where: file.locate(path), message: errorText(path, error) };
}

function errorText(path: DocumentPath, error: ErrorObject): string {
  const name = formatPath(path);
  if (error.keyword === 'required') return missingKey(name, show(error.params.missingProperty));
  return wrongValue(name, requirement(error), gotOf(path, error));
}

/**
 * The first error of a JSON document, with its place in it: `cells[0].complete must be true or false, got "yes"`.
 * @returns undefined for a valid document
 */
export function documentError(data: unknown, validate: Validator): string | undefined {
  return documentErrors(data, validate)[0];
}

/** As many errors of a JSON document as the validator finds. */
export function documentErrors(data: unknown, validate: Validator): string[] {
  return validate(data).map((error) => {
    const path = documentPath(error.instancePath, data);
    return error.keyword === 'additionalProperties' ? unknown(path, error) : errorText(path, error);
  });
}

function gotOf(path: DocumentPath, error: ErrorObject): string {
  const { keyword, data } = error;
  if (keyword === 'minItems' || keyword === 'maxItems') return String((data as readonly unknown[]).length || 'none');
  return isShown(path, error) ? show(data) : kindOf(data);
}

/**
 * Whether a message may show the value. A value of an unexpected shape may hold a password: a file that is not a map may be a .netrc, and a
 * string may be written where a map is required, or a map where a string is.
 */
function isShown(path: DocumentPath, { keyword, params, data }: ErrorObject): boolean {
  if (path.length === 0 || (typeof data === 'object' && data !== null)) return false;
  const required = keyword === 'type' ? [params.type].flat() : [];
  return typeof data !== 'string' || !required.some((type) => type === 'object' || type === 'array');
}

function unknownKeyProblem(file: YamlFile, path: DocumentPath, error: ErrorObject, hintFor: HintFor): Problem {
  const key = String(error.params.additionalProperty);
  if (key === '<<') return { where: file.locate([...path, key]), ...NO_MERGE_KEYS };
  const known = knownKeys(error);
  const near = nearest(key, known);
  const hint = hintFor(path, key, (error.data as { [key: string]: unknown })[key]) ?? (near === undefined ? undefined : didYouMean(near));
  return {
    where: file.locate([...path, key]),
    message: unknown(path, error),
    ...(hint === undefined ? {} : { hint }),
  };
}

function unknown(path: DocumentPath, error: ErrorObject): string {
  const key = String(error.params.additionalProperty);
  return unknownKey(isName(key) ? show(key) : KEY_NOT_SHOWN, formatPath(path), knownKeys(error));
}

function knownKeys({ parentSchema }: ErrorObject): string[] {
  return Object.keys((parentSchema?.properties as object | undefined) ?? {});
}

/** Lines of a passwd file, a .netrc or a list of variables are not names. */
function isName(key: string): boolean {
  return /^[\w .-]{1,60}$/.test(key);
}

function requirement({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'type':
      return MUST.type([params.type].flat());
    case 'enum':
      return MUST.enum(params.allowedValues);
    case 'const':
      return MUST.enum([params.allowedValue]);
    case 'pattern':
      return MUST.pattern(params.pattern);
    case 'minItems':
    case 'maxItems':
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum':
      return MUST[keyword](params.limit);
    default:
      return MUST.other(message);
  }
}

/** The path that a JSON Pointer means; steps into lists become numbers. */
export function documentPath(pointer: string, data: unknown): DocumentPath {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value = data;
  return steps.map((step) => {
    const key = Array.isArray(value) ? Number(step) : step;
    value = (value as { [key: string]: unknown } | undefined)?.[key as string];
    return key;
  });
}
