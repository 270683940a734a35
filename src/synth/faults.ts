import type { Fault } from './object-schema';

export const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

export function labelFaults(field: string, labels: { readonly [key: string]: string } = {}): Fault[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    if (!LABEL_KEY.test(key)) return [{ field, message: `must have valid keys, got ${JSON.stringify(key)}` }];
    return LABEL_VALUE.test(value)
      ? []
      : [{ field: `${field}.${key}`, message: `must be a label value of at most 63 characters, got ${JSON.stringify(value)}` }];
  });
}

/** The values that come a second time. */
export function repeated(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) < index);
}

export function exactlyOne(field: string, choices: { readonly [name: string]: unknown }): Fault[] {
  const given = Object.entries(choices)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  return given.length === 1
    ? []
    : [{ field, message: `must have exactly one of ${Object.keys(choices).join(', ')}, got ${given.join(', ') || 'none'}` }];
}

export function unique(field: string, names: readonly string[]): Fault[] {
  return repeated(names).map((name) => ({ field, message: `must have unique names, got ${name} twice` }));
}
