import { visible } from '../../text/show';
import { amount } from '../../verify/why';
import { table } from '../table';
import { WATCH } from './messages';

/** What a VM does now. */
export interface WatchedVm {
  readonly name: string;
  readonly phase: string;
  readonly isReady: boolean;
  /** Why it is not ready, or its guest does not answer. */
  readonly why?: string;
  readonly signals: readonly WatchedSignal[];
}

export interface WatchedSignal {
  readonly name: string;
  readonly unit: string;
  /** Absent: not known yet. */
  readonly guest?: number;
  readonly outside?: number;
}

export interface View {
  readonly namespace: string;
  readonly time: Date;
  readonly vms: readonly WatchedVm[];
  /** Whether a monitoring product is asked too. */
  readonly hasOutside: boolean;
  /** Why something of it is not from this time. */
  readonly problem?: string;
}

/** A part of a terminal. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly hasColor: boolean;
}

interface Line {
  readonly text: string;
  readonly isBad: boolean;
}

/** The view as text of any size: the time, and a table. */
export function plainText(view: View): string {
  return [...heading(view), ...lines(view)].map(({ text }) => `${text}\n`).join('');
}

/** The lines of a terminal, as many as fit. Those of VMs that are not ready come first. */
export function screenLines(view: View, { columns, rows, hasColor }: Screen): string[] {
  const [header, ...all] = lines(view);
  const head = heading(view);
  const room = Math.max(1, rows - head.length - 3);
  const shown = all.length > room ? [...all.filter(({ isBad }) => isBad), ...all.filter(({ isBad }) => !isBad)].slice(0, room) : all;
  const cut = ({ text, isBad }: Line) => {
    const short = text.length > columns ? `${text.slice(0, Math.max(0, columns - 1))}…` : text;
    return hasColor && isBad ? `${RED}${short}${PLAIN}` : short;
  };
  const more = all.length - shown.length;
  return [...head.map(cut), ...(header === undefined ? [] : [cut(header)]), ...shown.map(cut), ...(more > 0 ? [WATCH.more(more)] : [])];
}

/** Escape sequences of terminals. */
const [RED, PLAIN] = ['\u001b[31m', '\u001b[m'];

/** The time, and on a line of its own what is wrong, because a terminal may cut a long line. */
function heading({ namespace, time, vms, problem }: View): Line[] {
  const ready = vms.filter(({ isReady }) => isReady).length;
  const text = WATCH.headline(namespace, time.toISOString().slice(0, 19).replace('T', ' '), ready, vms.length);
  // A problem may have several lines, which say where and what to do.
  const also = problem === undefined ? [] : [{ text: visible(problem.replace(/\s+/g, ' ')), isBad: true }];
  return [{ text: visible(text), isBad: false }, ...also];
}

/** The header, and a line for each signal of each VM. */
function lines({ vms, hasOutside }: View): Line[] {
  const shown = vms.flatMap((vm) => {
    const signals: readonly (WatchedSignal | undefined)[] = vm.signals.length > 0 ? vm.signals : [undefined];
    return signals.map((signal) => ({ vm, signal }));
  });
  const value = (signal: WatchedSignal | undefined, figure: number | undefined) =>
    signal === undefined || figure === undefined ? '-' : amount(signal, figure);
  const rows = shown.map(({ vm, signal }) => [
    vm.name,
    vm.phase || '-',
    vm.isReady ? 'yes' : 'no',
    signal?.name ?? '-',
    value(signal, signal?.guest),
    ...(hasOutside ? [value(signal, signal?.outside)] : []),
    vm.why ?? '-',
  ]);
  const text = table(['VM', 'PHASE', 'READY', 'SIGNAL', 'GUEST', ...(hasOutside ? ['OUTSIDE'] : []), 'REASON'], rows);
  return text
    .trimEnd()
    .split('\n')
    .map((line, index) => ({ text: line, isBad: index > 0 && shown[index - 1]?.vm.isReady === false }));
}
