import type { Assignment } from './unit-text';
import { wrongValue } from './values';

/** Placeholder for a value that is not known yet; rules ignore such values. */
export const UNKNOWN = '\uE000';

/** A line of a unit or of one of its drop-ins. */
export interface Given extends Assignment {
  /** File that it is in. */
  readonly source: string;
}

/** A unit with its drop-ins, as systemd has it after it read all lines. */
export interface MergedUnit {
  readonly name: string;
  readonly source: string;
  readonly assignments: readonly Given[];
}

/** The value in effect: the last one that systemd does not ignore; empty if there is none. */
export function effective(unit: MergedUnit, section: string, name: string, kind = ''): string {
  const values = unit.assignments.filter((each) => each.section === section && each.name === name).map((each) => each.value);
  return values.findLast((value) => wrongValue(kind, value) === undefined) ?? '';
}

/** The values of a directive that may be given several times; an empty one resets those before it. */
export function listOf(unit: MergedUnit, section: string, names: readonly string[]): Given[] {
  const given = unit.assignments.filter((each) => each.section === section && names.includes(each.name));
  return given.slice(given.findLastIndex((each) => each.value === '') + 1);
}

/** Whether a boolean directive is on. */
export function isOn(unit: MergedUnit, section: string, name: string): boolean {
  return /^(1|yes|y|true|t|on)$/i.test(effective(unit, section, name, 'bool'));
}
