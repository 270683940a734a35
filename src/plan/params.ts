import type { Entry, ParamSpec } from '../catalog/entry';
import { type BreakOut, breakOut } from '../catalog/params/break-out';
import { paramValue, shownValue } from '../catalog/params/param-value';
import type { Problem } from '../errors';
import type { GivenParam, GivenParams, WorkloadSettings } from '../options/workload-settings';
import { didYouMean } from '../text/messages';
import { show } from '../text/show';
import { nearest } from '../text/suggest';

/** Values by param key, each in the form that the guest gets. */
export type Params = { readonly [key: string]: string };

/** Merges the given values over the entry's defaults, key by key. */
export function settleParams(entry: Entry, settings: WorkloadSettings | undefined, problems: Problem[]): Params {
  const given: GivenParams = settings?.params ?? new Map();
  for (const [key, values] of given) {
    if (!entry.params.some((param) => param.key === key)) problems.push(...values.map(({ source }) => unknown(entry, key, source())));
  }
  const params: { [key: string]: string } = {};
  const sound: string[] = [];
  for (const param of entry.params) {
    // Also those that another overrides: a problem that hides today shows up on the day the other is left out.
    const values = (given.get(param.key) ?? []).map((value) => settle(entry, param, value, problems));
    params[param.key] = values[0] ?? param.default;
    if (!values.includes(undefined)) sound.push(param.key);
  }
  problems.push(...outOfOrder(entry, params, sound, given), ...withoutEffect(entry, params, sound, given));
  return params;
}

/** Numbers that do not reach another, where neither was refused already. */
function outOfOrder(entry: Entry, params: Params, sound: readonly string[], given: GivenParams): Problem[] {
  return entry.params.flatMap(({ key, notBelow }) => {
    const [source] = given.get(key) ?? given.get(notBelow ?? '') ?? [];
    if (notBelow === undefined || !source || ![key, notBelow].every((each) => sound.includes(each))) return [];
    if (Number(params[key]) >= Number(params[notBelow])) return [];
    const message = `param ${key} of ${entry.name} must not be below ${notBelow}, which is ${params[notBelow]}, got ${params[key]}`;
    const missing = [key, notBelow].find((each) => !given.has(each));
    return [{ where: source.source(), message, ...(missing === undefined ? {} : { hint: `give ${missing} as well` }) }];
  });
}

/** Values that mean nothing beside the value of another param, where neither was refused already. */
function withoutEffect(entry: Entry, params: Params, sound: readonly string[], given: GivenParams): Problem[] {
  return entry.params.flatMap(({ key, needs = {}, default: fallback }) =>
    Object.entries(needs).flatMap(([other, values]) => {
      const [source] = given.get(key) ?? [];
      if (!source || ![key, other].every((each) => sound.includes(each))) return [];
      if (params[key] === fallback || values.includes(params[other] as string)) return [];
      const message = `param ${key} of ${entry.name} has no effect when ${other} is ${params[other]}, got ${params[key]}`;
      return [{ where: source.source(), message, hint: `omit ${key}, or set ${other} to ${values.join(' or ')}` }];
    }),
  );
}

/** @returns undefined for a value that is refused */
function settle(entry: Entry, param: ParamSpec, { raw, written, source }: GivenParam, problems: Problem[]): string | undefined {
  const parsed = paramValue(param, raw, written);
  const wrong: readonly BreakOut[] = 'must' in parsed ? [parsed] : breakOuts(entry, param.key, parsed.value);
  const got = show(shownValue(param, raw, written));
  problems.push(
    ...wrong.map(({ must, hint }) => ({
      where: source(),
      message: `param ${param.key} of ${entry.name} must ${must}, got ${got}`,
      ...(hint === undefined ? {} : { hint }),
    })),
  );
  return wrong.length > 0 ? undefined : (parsed as { value: string }).value;
}

/** What is wrong with the value in the places where it is written into a text. */
function breakOuts(entry: Entry, key: string, value: string): BreakOut[] {
  const pieces = entry.roles.flatMap((role) => [...role.units, ...role.files]);
  return pieces.flatMap(({ source, placeholders = [] }) =>
    placeholders.filter((each) => each.key === key).flatMap((placeholder) => breakOut(placeholder, source, value) ?? []),
  );
}

function unknown(entry: Entry, key: string, where: string): Problem {
  const keys = entry.params.map((param) => param.key);
  const near = nearest(key, keys);
  return {
    where,
    message: `workload ${entry.name} has no param ${show(key)}; known: ${keys.join(', ') || 'none'}`,
    ...(near === undefined ? {} : { hint: didYouMean(near) }),
  };
}
