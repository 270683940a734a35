import type { Validator } from '../schema/validator';
import { type Member, type MemberBounds, membersOf } from './members';
import { type Fault, faulty, notFormat, partNamed, recordNamed, STATE, says, wrongField } from './messages';
import type { Result, TrialsState } from './result';
import { validate as validateResult } from './result-validator';
import { validate as validateState } from './state-validator';

/** What was asked. */
export interface Expected {
  readonly vm: string;
  /** ID of the first record, as a number. @default 1 */
  readonly from?: number;
  /** @default that of the state */
  readonly group?: string;
}

/** The part of a record that is kept in memory: a record may have a million characters, and a group hundreds of VMs. */
export interface Summary
  extends Pick<Result, 'plan' | 'group' | 'vm' | 'trial' | 'name' | 'repeat' | 'outcome' | 'why' | 'seconds' | 'barrier' | 'window'> {
  /** Boot ID of the guest that ran the trial. @default not known */
  readonly boot?: string;
}

/** A valid record, and its member as the guest wrote it. */
export interface Kept {
  readonly summary: Summary;
  readonly bytes: Buffer;
}

/** What an answer to `GET /results` contains. */
export interface Reading {
  /** Absent: the answer has no valid one. */
  readonly state?: TrialsState;
  /** The valid records of the VM and of its plan. */
  readonly kept: readonly Kept[];
  readonly faults: readonly Finding[];
}

export interface Finding {
  readonly fault: Fault;
  /** ID of its trial, if that can be read. */
  readonly trial?: string;
  /** In words. */
  readonly message: string;
}

/** Reads and checks an answer to `GET /results/N`. Never throws. */
export function readAnswer(bytes: Buffer, expected: Expected, bounds?: MemberBounds): Reading {
  const members = membersOf(bytes, bounds);
  const state = stateIn(members.next().value ?? undefined, expected);
  // Records without a state belong to an unknown plan.
  if ('fault' in state) return { kept: [], faults: [state] };
  const kept = new Map<string, Kept>();
  const wrong: (Wrong & { readonly index: number })[] = [];
  let parts = 0;
  for (const member of members) {
    const record = recordIn(member, { ...expected, group: state.group, plan: state.plan });
    if ('fault' in record) wrong.push({ ...record, index: parts });
    else if (kept.has(record.summary.trial)) wrong.push({ fault: 'repeated', trial: record.summary.trial, index: parts });
    else kept.set(record.summary.trial, record);
    parts += 1;
  }
  // A part that cannot be read is named by its place, where the answer has as many parts as the state announces.
  const listed = state.records.filter((trial) => Number(trial) >= (expected.from ?? 1));
  const nameOf = (index: number) => (listed.length === parts ? listed[index] : undefined);
  return { state, kept: [...kept.values()], faults: wrong.map((each) => finding(each, each.trial ?? nameOf(each.index))) };
}

interface Wrong {
  readonly fault: Fault;
  readonly trial?: string;
  readonly detail?: string;
}

/** @param index of the part after the state */
function finding({ fault, detail, index }: Wrong & { readonly index: number }, trial: string | undefined): Finding {
  const what = trial === undefined ? partNamed(index + 2) : recordNamed(trial);
  return { fault, message: faulty(what, fault, detail), ...(trial === undefined ? {} : { trial }) };
}

function stateIn(member: Member | undefined, expected: Expected): TrialsState | Finding {
  const wrong = (fault: Fault, detail?: string) => ({ fault, message: faulty(STATE, fault, detail) });
  if (member === undefined) return wrong('missing-state');
  if ('fault' in member) return wrong(member.fault);
  const value = parsed(member.text);
  if (value === undefined) return wrong('not-json');
  const detail = misshaped(value, 'virtwork.state/1', validateState);
  if (detail !== undefined) return wrong('wrong-shape', detail);
  const other = foreign(value as TrialsState, expected);
  return other ? wrong(other.fault, other.detail) : (value as TrialsState);
}

function recordIn(member: Member, expected: Expected & { readonly plan: string }): Kept | Wrong {
  if ('fault' in member) return member;
  const value = parsed(member.text);
  if (value === undefined) return { fault: 'not-json' };
  const detail = misshaped(value, 'virtwork.result/1', validateResult);
  const trial = trialOf(value);
  if (detail !== undefined) return { fault: 'wrong-shape', detail, ...(trial === undefined ? {} : { trial }) };
  const result = value as Result;
  const other = foreign(result, expected);
  return other ? { ...other, trial: result.trial } : { summary: summaryOf(result), bytes: member.bytes };
}

/** @returns the first problem; undefined for a valid value */
export function misshaped(value: unknown, format: string, validate: Validator): string | undefined {
  const { schema } = (value ?? {}) as { readonly schema?: unknown };
  if (schema !== format) return notFormat(format, schema);
  const [problem] = validate(value);
  if (problem === undefined) return undefined;
  const { instancePath, message = '', data } = problem;
  return wrongField(instancePath, message, typeof data === 'object' && data !== null ? undefined : data);
}

function summaryOf({ plan, group, vm, trial, name, repeat, outcome, why, seconds, barrier, window, guest }: Result): Summary {
  return {
    ...{ plan, group, vm, trial, name, repeat, outcome, why, barrier },
    ...(seconds === undefined ? {} : { seconds }),
    ...(window === undefined ? {} : { window }),
    ...(guest?.boot === undefined ? {} : { boot: guest.boot }),
  };
}

/** Reads one record from a file. @returns undefined for anything else */
export function readRecord(bytes: Buffer): { readonly summary: Summary; readonly text: string } | undefined {
  const [member, ...more] = membersOf(bytes);
  if (member === undefined || 'fault' in member || more.length > 0) return undefined;
  const value = parsed(member.text);
  return value !== undefined && validateResult(value).length === 0 ? { summary: summaryOf(value as Result), text: member.text } : undefined;
}

function foreign(
  { vm, group, plan }: Pick<Result, 'vm' | 'group' | 'plan'>,
  expected: Expected & { readonly plan?: string },
): { readonly fault: Fault; readonly detail: string } | undefined {
  if (vm !== expected.vm) return { fault: 'other-vm', detail: says(vm) };
  if (expected.group !== undefined && group !== expected.group) return { fault: 'other-group', detail: says(group) };
  if (expected.plan !== undefined && plan !== expected.plan) return { fault: 'other-plan', detail: says(plan) };
  return undefined;
}

/** @returns undefined for text that is not JSON */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The trial of a record whose other fields may be wrong. */
function trialOf(value: unknown): string | undefined {
  const { trial } = (value ?? {}) as { readonly trial?: unknown };
  return typeof trial === 'string' && /^\d{3}$/.test(trial) ? trial : undefined;
}
