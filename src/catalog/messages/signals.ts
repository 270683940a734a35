/** Messages about signals: what workload.yaml declares about their readings. */
import type { Text } from './wording';

export const IN_A_ROLE = 'in a role';
export const NO_DURATION = 'be a duration of 1s to 24h, such as 90s, 5m or 1h';
export const NO_TEXT = 'be a text without control characters';
export const NO_VMS = 'select the VMs with $vms, as in up{$vms}';
export const UNKNOWN_VARIABLE = 'have only the variables $vms and $window';
export const UNBALANCED = 'be one line of PromQL, with a closing bracket or quote for each opening one';

/** @param at the signal, such as `signals[0]` */
export function neededBy(at: string, key: string, by: string): string {
  return `${at} needs the key "${key}", because it has "${by}"`;
}

export function onlyWith(at: string, key: string, other: string): Text {
  return { message: `${at}.${key} has no effect without ${other}`, hint: `add ${other}, or remove ${key}` };
}

/** @param low of the same relation */
export function highBelow(low: number): string {
  return `not be below relation.low, ${low}`;
}
