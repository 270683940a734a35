import type { ErrorObject } from 'ajv';
import type { Problem } from '../errors';
import { kindOf, show } from '../text/show';
import { nearest } from '../text/suggest';
import { replace } from '../yaml/written-yaml';
import type { DocumentPath, YamlFile } from '../yaml/yaml-file';
import type { Validator } from './validator';

/**
 * Holds a file against a JSON Schema. Where the schema wants a text, a number or a truth value counts as the text that
 * was written: `namespace: 0123`.
 * @returns every problem
 */
export function shapeErrors(file: YamlFile, validate: Validator): readonly ErrorObject[] {
  const errors = validate(file.data);
  const texts = errors.filter(wantsText).map(({ instancePath }) => documentPath(instancePath, file.data));
  for (const path of texts) {
    const parent = path.slice(0, -1).reduce<unknown>((value, step) => (value as { [key: string | number]: unknown })[step], file.data);
    replace(parent as { [key: string]: unknown }, path.at(-1) as string | number, file.written(path));
  }
  return texts.length > 0 ? validate(file.data) : errors;
}

function wantsText({ keyword, params, data, instancePath }: ErrorObject): boolean {
  return (
    keyword === 'type' && instancePath !== '' && [params.type].flat().includes('string') && ['number', 'boolean'].includes(typeof data)
  );
}

/**
 * What a JSON Schema found, in the words that every other problem has.
 * @param skip paths whose problems somebody else reports better
 * @param keyFor what to write in the place of an unknown key, where more is known than the nearest one
 */
export function schemaProblems(
  file: YamlFile,
  errors: readonly ErrorObject[],
  skip: (path: DocumentPath) => boolean = () => false,
  keyFor: KeyFor = () => undefined,
): Problem[] {
  return errors.flatMap((error) => {
    const path = documentPath(error.instancePath, file.data);
    return skip(path) ? [] : [problem(file, path, error, keyFor)];
  });
}

type KeyFor = (path: DocumentPath, key: string, value: unknown) => string | undefined;

/** `workloads.cpu.params[0].key` */
export function formatPath(path: DocumentPath): string {
  return path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${step}` : step), '');
}

function problem(file: YamlFile, path: DocumentPath, error: ErrorObject, keyFor: KeyFor): Problem {
  if (error.keyword === 'additionalProperties') return unknownKey(file, path, error, keyFor);
  const where = file.locate(path);
  const name = formatPath(path);
  const subject = name ? `${name} ` : '';
  if (error.keyword === 'required') return { where, message: `${subject}needs the key ${quote(error.params.missingProperty)}` };
  const got = isShown(path, error) ? show(error.data) : kindOf(error.data);
  return { where, message: `${subject}must ${requirement(error)}, got ${got}` };
}

/**
 * Of a value of another shape than was meant only its kind is shown: a file that is no map may be a .netrc, and a text in the place of a map,
 * or a map in the place of a text, may hold a password.
 */
function isShown(path: DocumentPath, { keyword, params, data }: ErrorObject): boolean {
  if (path.length === 0 || (typeof data === 'object' && data !== null)) return false;
  const wanted = keyword === 'type' ? [params.type].flat() : [];
  return typeof data !== 'string' || !wanted.some((type) => type === 'object' || type === 'array');
}

function unknownKey(file: YamlFile, path: DocumentPath, error: ErrorObject, keyFor: KeyFor): Problem {
  const key = String(error.params.additionalProperty);
  const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
  const near = keyFor(path, key, (error.data as { [key: string]: unknown })[key]) ?? nearest(key, known);
  const inside = formatPath(path);
  return {
    where: file.locate([...path, key]),
    message: `unknown key ${isName(key) ? quote(key) : '(not shown: no name)'}${inside ? ` in ${inside}` : ''}; known: ${known.join(', ')}`,
    ...(near ? { hint: near } : {}),
  };
}

/** Lines of a passwd file, a .netrc or a list of variables are no names. */
function isName(key: string): boolean {
  return /^[\w .-]{1,60}$/.test(key);
}

function requirement(error: ErrorObject): string {
  switch (error.keyword) {
    case 'type':
      return `be ${[error.params.type].flat().join(' or ')}`;
    case 'enum':
      return `be one of ${(error.params.allowedValues as unknown[]).join(', ')}`;
    case 'pattern':
      return `match ${error.params.pattern}`;
    case 'minItems':
      return `have at least ${error.params.limit === 1 ? 'one item' : `${error.params.limit} items`}`;
    case 'maxItems':
      return `have at most ${error.params.limit} items`;
    case 'minimum':
      return `be at least ${error.params.limit}`;
    case 'maximum':
      return `be at most ${error.params.limit}`;
    default:
      return (error.message ?? 'be valid').replace(/^must /, '');
  }
}

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

function quote(key: string): string {
  return show(key);
}
