import { CALENDAR, TIMER } from '../messages/unit-values';
import * as say from '../messages/units';
import type { Text } from '../messages/wording';
import { isCalendar } from './calendar';
import { type Directives, sectionOfType } from './directives';
import { commandsOf, execProblems } from './exec';
import { effective, type Given, isOn, listOf, type MergedUnit } from './merged';
import { wrongValue } from './values';

/** What makes systemd refuse a unit as a whole, although it can read each of its lines. */
export interface Refusal extends Text {
  /** The line that it is about. Absent: the unit as a whole. */
  readonly given?: Given;
}

type Rule = (unit: MergedUnit, directives: Directives) => Refusal[];

const RULES: { readonly [section: string]: Rule } = {
  Service: service,
  Timer: timer,
  Path: path,
  Socket: socket,
  Mount: (unit) => [...misnamed(unit, 'Mount', 'Where'), ...(effective(unit, 'Mount', 'What') ? [] : [say.NO_WHAT])],
  Automount: (unit) => misnamed(unit, 'Automount', 'Where'),
  Swap: (unit) => misnamed(unit, 'Swap', 'What'),
};

/** Why systemd refuses the unit; see {@link Refusal}. */
export function refusals(unit: MergedUnit, directives: Directives): Refusal[] {
  return RULES[sectionOfType(unit.name)]?.(unit, directives) ?? [];
}

/** @returns what the value of a timer must be, as in `must …`; undefined if systemd accepts it */
export function wrongTimer(name: string, value: string): string | undefined {
  if (value === '' || value.includes('%')) return undefined;
  if (name !== 'OnCalendar') return wrongValue('sec', value) === undefined ? undefined : TIMER;
  return isCalendar(value) ? undefined : CALENDAR;
}

/** Directives of a section whose values are of a kind. */
function ofKind({ sections }: Directives, section: string, kind: string): string[] {
  return [...(sections.get(section) ?? [])].filter(([, each]) => each === kind).map(([name]) => name);
}

function timer(unit: MergedUnit, directives: Directives): Refusal[] {
  const onChange = ['OnClockChange', 'OnTimezoneChange'].some((name) => isOn(unit, 'Timer', name));
  const times = listOf(unit, 'Timer', ofKind(directives, 'Timer', 'timer'));
  return onChange || times.some(({ name, value }) => wrongTimer(name, value) === undefined) ? [] : [say.NO_TIME];
}

function path(unit: MergedUnit, directives: Directives): Refusal[] {
  return accepted(unit, directives, 'Path', 'path_spec') ? [] : [say.NO_PATH];
}

/** Whether systemd accepts one of the values of a kind. */
function accepted(unit: MergedUnit, directives: Directives, section: string, kind: string): boolean {
  return listOf(unit, section, ofKind(directives, section, kind)).some(({ value }) => wrongValue(kind, value) === undefined);
}

function socket(unit: MergedUnit, directives: Directives): Refusal[] {
  const withService = isOn(unit, 'Socket', 'Accept') && effective(unit, 'Socket', 'Service') !== '';
  return [
    ...(accepted(unit, directives, 'Socket', 'socket_listen') ? [] : [say.NO_LISTEN]),
    ...(withService ? [{ ...say.SERVICE_OF_ACCEPT, ...at(unit, 'Service') }] : []),
    ...(/^0+$/.test(effective(unit, 'Socket', 'MaxConnections')) ? [{ ...say.NO_CONNECTIONS, ...at(unit, 'MaxConnections') }] : []),
  ];
}

function service(unit: MergedUnit): Refusal[] {
  const get = (name: string, kind = '') => effective(unit, 'Service', name, kind);
  const starts = commands(unit, 'ExecStart');
  const type = get('Type', 'service_type') || (get('BusName') ? 'dbus' : starts.length > 0 ? 'simple' : 'oneshot');
  // The other rules depend on the command.
  if (starts.length === 0) return startsNothing(unit, type) ? [say.NO_EXEC_START] : [];
  const [, second] = starts;
  const restart = get('Restart', 'service_restart');
  const isOneshot = type === 'oneshot';
  return [
    ...(second && !isOneshot ? [{ ...say.severalExecStarts(starts.length, startsHint(unit, second)), given: second }] : []),
    ...(isOneshot && ['always', 'on-success'].includes(restart) ? [{ ...say.restartOfOneshot(restart), ...at(unit, 'Restart') }] : []),
    ...(isOneshot && get('ExitType') === 'cgroup' ? [{ ...say.EXIT_TYPE_OF_ONESHOT, ...at(unit, 'ExitType') }] : []),
    ...(type === 'dbus' && !get('BusName') ? [{ ...say.NO_BUS_NAME, ...at(unit, 'Type') }] : []),
    ...(get('PAMName') && !['', 'control-group', 'mixed'].includes(get('KillMode', 'kill_mode'))
      ? [{ ...say.KILL_MODE_OF_PAM, ...at(unit, 'KillMode') }]
      : []),
  ];
}

/** Whether a service without ExecStart= has no other effect either. */
function startsNothing(unit: MergedUnit, type: string): boolean {
  const hasAction = !['', 'none'].includes(effective(unit, 'Unit', 'SuccessAction', 'emergency_action'));
  const stops = commands(unit, 'ExecStop').length > 0;
  return type !== 'oneshot' || !(stops || hasAction) || !(isOn(unit, 'Service', 'RemainAfterExit') || hasAction);
}

function startsHint(unit: MergedUnit, { source }: Given): string {
  return source === unit.source ? say.ONE_EXEC_START : say.resetExecStart(unit.source);
}

/** The line of each command that systemd accepts. */
function commands(unit: MergedUnit, name: string): Given[] {
  return listOf(unit, 'Service', [name]).flatMap((given) =>
    execProblems(given.value).some(({ message }) => message === say.OPEN_QUOTE) ? [] : (commandsOf(given.value) ?? []).map(() => given),
  );
}

function at(unit: MergedUnit, name: string): { given?: Given } {
  const given = unit.assignments.findLast((each) => each.name === name);
  return given === undefined ? {} : { given };
}

/** Units of these types are named after a path. */
function misnamed(unit: MergedUnit, section: string, directive: string): Refusal[] {
  const path = effective(unit, section, directive);
  const type = section.toLowerCase();
  if (!path) return section === 'Mount' || section === 'Automount' ? [] : [say.missingDirective(directive)];
  if (path.includes('%') || !path.startsWith('/')) return [];
  const name = `${escapedPath(path)}.${type}`;
  return name === unit.name ? [] : [{ ...say.misnamedUnit(name, directive, path), ...at(unit, directive) }];
}

/** As `systemd-escape --path` writes a path. */
function escapedPath(path: string): string {
  const clean = path.replace(/\/+/g, '/').replace(/^\/|\/$/g, '');
  if (clean === '') return '-';
  return clean
    .split('')
    .map((char, index) =>
      char === '/'
        ? '-'
        : /[A-Za-z0-9:_]/.test(char) || (char === '.' && index > 0)
          ? char
          : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .join('');
}
