/** Messages about params and placeholders. */
import { show } from '../../text/show';
import { listed, mustBe, type Text } from './wording';

// The values of params, as in `must …`.

export const NO_STRING = 'be a string';
export const NO_INT = 'be a whole number';
export const NO_NUMBER = 'be a number such as 5 or 0.5';
export const NO_BOOL = 'be true or false';
export const NO_LIST = 'be a list, or its items separated by ;';
export const NO_DICT = 'be a map, or k=v pairs separated by ;';
export const NO_NETWORK = 'be the name of a secondary network of the workload';
export const HAS_CONTROL = 'have no line break or other control character';

/** @param values as {@link allowed} in param-value.ts describes them, such as `1 to 5` */
export function outOfRange(values: string): string {
  return `be ${values}`;
}

export function noneOf(values: string): string {
  return `be one of ${values}`;
}

export function mismatched(pattern: string): string {
  return `match ${pattern}`;
}

// Params of workload.yaml. `at` is the param, such as `params[0]`.

export function reservedKey(at: string, key: string): string {
  return `${at}.key must not be ${key}: {{${key}}} has a meaning of its own`;
}

export function sameVariable(at: string, key: string, earlier: string): string {
  return `${at}.key must be unique, got ${show(key)} after ${show(earlier)}`;
}

export function boundOfNoNumber(at: string, types: readonly string[], got: string): string {
  return `${at}.not-below must be used with type ${types.join(' or ')}, got ${got}`;
}

export function unknownBound(at: string, got: string, known: readonly string[]): string {
  return `${at} must be another number among the params, got ${show(got)}; known: ${listed(known)}`;
}

export function defaultBelow(at: string, other: { readonly key: string; readonly default: string }, got: string): string {
  return `${at}.default must not be below that of ${other.key}, ${other.default}, got ${got}`;
}

export function unknownNeed(at: string, got: string, known: readonly string[]): string {
  return `${at} must be another of the params, got ${show(got)}; known: ${listed(known)}`;
}

export function impossibleNeed(at: string, key: string, requirement: string, got: string): string {
  return `${at}: ${mustBe(`param ${key}`, requirement, got)}`;
}

/** @param got as the user knows the default, `none` if there is none */
export function wrongDefault(at: string, requirement: string, got: string): string {
  return `${at}.default must ${requirement}, got ${got}`;
}

export function networkDefault(at: string, got: string): string {
  return `${at}.default must be empty for the type network, because users name their networks, got ${show(got)}`;
}

export function secondNetwork(at: string, other: string): string {
  return `${at}.type must not be network: ${other} names the network already`;
}

export function networkWithoutPeers(at: string): Text {
  return {
    message: `${at}.type must not be network: the entry has no servers whose addresses its clients use`,
    hint: 'declare roles, and service.selector-role for the servers',
  };
}

// Placeholders.

/** How to write braces that are no placeholder. */
export const LITERAL = 'to write a literal {{, use \\{{';

export const NO_PLACEHOLDER: Text = { message: 'has a {{…}} that is not {{key}}', hint: LITERAL };
export const NO_PLAIN_KEY: Text = { message: 'must have only {{key}}: blocks, helpers and partials are not supported', hint: LITERAL };

export function tooManyPlaceholders(most: number, got: number): string {
  return `must have at most ${most} placeholders, got ${got}`;
}

/** @param manifest the workload.yaml of the entry */
export function undeclaredPlaceholder(key: string, known: readonly string[], manifest: string): Text {
  return {
    message: `{{${key}}} is not declared; known: ${listed(known)}`,
    hint: `declare it under params in ${manifest}, or use \\{{ for a literal {{`,
  };
}

/** @param needs what workload.yaml must have for it */
export function placeholderNeeds(key: string, known: readonly string[], needs: string): Text {
  return { message: `{{${key}}} is not declared; known: ${listed(known)}`, hint: `add ${needs} to workload.yaml` };
}

export const NEEDS_SERVICE = 'a service';
export const NEEDS_PEER = 'roles, and a service with a selector-role,';

export function defaultBreaksOut(key: string, requirement: string, got: string): string {
  return mustBe(`the default of param ${key}`, requirement, got);
}

const NARROW_IT = 'give it type: int, number or bool, an enum, or a pattern such as "^[a-z0-9-]*$" in workload.yaml';

/**
 * @param reader what runs the code
 * @param variable that the text can use instead; undefined if it has no environment
 */
export function wideParamInCode(key: string, reader: string, variable: string | undefined): Text {
  return {
    message: `{{${key}}} is in code that ${reader} runs, so param ${key} must restrict its values`,
    hint: variable === undefined ? NARROW_IT : `${NARROW_IT}; or use the variable ${variable}`,
  };
}

export function unusedParam(key: string, variable: string): string {
  return `param ${key} is not used: neither {{${key}}} nor ${variable}`;
}

/** @param template the name that makes the file a template */
export function literalPlaceholder(key: string, template: string): Text {
  return {
    message: `{{${key}}} is not replaced: only units and files whose names end in .hbs have placeholders`,
    hint: `to have it replaced, rename the file to ${template}`,
  };
}

// Values in the place of a placeholder, as in `must …`.

/** @param at file and line of the placeholder */
export function endsHereDocument(value: string, at: string): string {
  return `not be ${value}, which ends the here-document (${at})`;
}

/** @param characters in words, such as `blanks` @param quotes that are around the place, in words */
export function refusedCharacters(characters: string, reader: string, quotes: string, at: string): string {
  return `have no ${characters} where ${reader} reads it ${quotes} (${at})`;
}

/** @param quoted the text of the line with quotes */
export function quoteIt(at: string, quoted: string): string {
  return `write in ${at}: ${quoted}`;
}

export function variableInUnit(variable: string): string {
  return `use $${variable} in the unit or script that needs it: every unit has it in its environment`;
}

/** @param variable as the place needs it, such as `"$PARAM_A"` */
export function variableInstead(variable: string, key: string): string {
  return `use ${variable} instead of {{${key}}}, which accepts every value`;
}
