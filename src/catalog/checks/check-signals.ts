import type { Problem } from '../../errors';
import { formatPath } from '../../schema/schema-errors';
import { CONTROL } from '../../text/control';
import type { DocumentPath } from '../../yaml/yaml-file';
import { seconds } from '../complete-signal';
import { needsOneKey } from '../messages/entry';
import * as say from '../messages/signals';
import { clashes } from '../problems';
import type { DeclaredSignal } from '../workload-file';
import type { RawEntry } from './raw-entry';
import { notUnique, unknownRole, wrongValue } from './workload-problems';

/** Rules for `signals`. */
export const SIGNAL_RULES = [uniqueNames, signalRoles, someReading, comparable, templates, windows, texts];

function uniqueNames(entry: RawEntry): Problem[] {
  const found = clashes(entry.data.signals ?? [], ({ name }) => name);
  return notUnique(entry, found, ['signals'], 'name', say.IN_A_ROLE);
}

function signalRoles(entry: RawEntry): Problem[] {
  return signalsOf(entry).flatMap(({ signal, path }) => [
    ...unknownRole(entry, [...path, 'role'], signal.role),
    ...unknownRole(entry, [...path, 'full', 'role'], signal.full?.role),
  ]);
}

/** What is not visible from outside must say why. */
function someReading(entry: RawEntry): Problem[] {
  return signalsOf(entry)
    .filter(({ signal }) => signal.outside === undefined && signal.hides === undefined)
    .map(({ path }) => ({ where: entry.file.locate(path), message: needsOneKey(formatPath(path), ['outside', 'hides']) }));
}

/** The keys that need each other. */
function comparable(entry: RawEntry): Problem[] {
  return signalsOf(entry).flatMap(({ signal, path }) => {
    const { guest, outside, relation } = signal;
    const withoutGuest = guest === undefined ? (['relation', 'full'] as const).filter((key) => signal[key] !== undefined) : [];
    const missing = outside === undefined ? [] : (['unit', 'floor'] as const).filter((key) => signal[key] === undefined);
    const idle = outside === undefined ? (['relation', 'floor', 'window'] as const).filter((key) => signal[key] !== undefined) : [];
    const isReversed = relation?.high !== undefined && relation.high < (relation.low ?? 0);
    return [
      ...missing.map((key) => ({ where: entry.file.locate(path), message: say.neededBy(formatPath(path), key, 'outside') })),
      ...idle.map((key) => ({ where: entry.file.locate([...path, key]), ...say.onlyWith(formatPath(path), key, 'outside') })),
      ...withoutGuest
        .filter((key) => !idle.some((each) => each === key))
        .map((key) => ({ where: entry.file.locate([...path, key]), ...say.onlyWith(formatPath(path), key, 'guest') })),
      ...(isReversed ? [wrongValue(entry, [...path, 'relation', 'high'], say.highBelow(relation?.low ?? 0), relation?.high)] : []),
    ];
  });
}

function templates(entry: RawEntry): Problem[] {
  return signalsOf(entry).flatMap(({ signal: { outside }, path }) =>
    outside === undefined ? [] : wrongTemplate(outside).map((must) => wrongValue(entry, [...path, 'outside'], must, outside)),
  );
}

/** What is wrong with a PromQL template, as far as that shows without a parser of PromQL. */
function wrongTemplate(text: string): string[] {
  // Strings may contain anything, and a selector has no braces in it.
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
  const others = [...bare.matchAll(/\$\w*/g)].map(([variable]) => variable).filter((each) => !['$vms', '$window'].includes(each));
  return [
    ...(/\{[^{}]*\$vms\b/.test(bare) ? [] : [say.NO_VMS]),
    ...(others.length > 0 ? [say.UNKNOWN_VARIABLE] : []),
    ...(isBalanced(bare) ? [] : [say.UNBALANCED]),
  ];
}

const CLOSING: { readonly [open: string]: string } = { '(': ')', '[': ']', '{': '}' };

function isBalanced(text: string): boolean {
  const open: string[] = [];
  const fits = (mark: string) => {
    const closing = CLOSING[mark];
    if (closing === undefined) return open.pop() === mark;
    return open.push(closing) > 0;
  };
  return !/["'\n]/.test(text.replaceAll('""', '')) && (text.match(/[()[\]{}]/g) ?? []).every(fits) && open.length === 0;
}

function windows(entry: RawEntry): Problem[] {
  return signalsOf(entry).flatMap(({ signal: { window }, path }) => {
    if (window === undefined || (seconds(window) ?? 0) > 0) return [];
    return [wrongValue(entry, [...path, 'window'], say.NO_DURATION, window)];
  });
}

function texts(entry: RawEntry): Problem[] {
  return signalsOf(entry).flatMap(({ signal, path }) =>
    (['desc', 'unit', 'hides'] as const).flatMap((key) => {
      const text = signal[key];
      if (text === undefined || (text.trim() !== '' && !CONTROL.test(text))) return [];
      return [wrongValue(entry, [...path, key], say.NO_TEXT, text)];
    }),
  );
}

function signalsOf({ data: { signals = [] } }: RawEntry): { signal: DeclaredSignal; path: DocumentPath }[] {
  // Unlike map, flatMap skips the holes that wrong items leave.
  return signals.flatMap((signal, index) => ({ signal, path: ['signals', index] }));
}
