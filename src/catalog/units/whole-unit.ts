import { isCalendar } from './calendar';
import { type Directives, sectionOfType } from './directives';
import { commandsOf, execProblems } from './exec';
import { effective, type Given, isOn, listOf, type MergedUnit } from './merged';
import { wrongValue } from './values';

/** What makes systemd refuse a unit as a whole, although it can read each of its lines. */
export interface Refusal {
  readonly message: string;
  readonly hint?: string;
  /** What it is about; absent: the unit itself. */
  readonly given?: Given;
}

export function refusals(unit: MergedUnit, directives: Directives): Refusal[] {
  return RULES[sectionOfType(unit.name)]?.(unit, directives) ?? [];
}

type Rule = (unit: MergedUnit, directives: Directives) => Refusal[];

const RULES: { readonly [section: string]: Rule } = {
  Service: service,
  Timer: (unit, { sections }) => {
    const names = [...(sections.get('Timer') ?? [])].filter(([, kind]) => kind === 'timer').map(([name]) => name);
    const onChange = ['OnClockChange', 'OnTimezoneChange'].some((name) => isOn(unit, 'Timer', name));
    if (onChange || listOf(unit, 'Timer', names).some(({ name, value }) => wrongTimer(name, value) === undefined)) return [];
    return [{ message: 'says no time, so systemd refuses it', hint: 'OnCalendar=, OnBootSec= or OnUnitActiveSec= in [Timer]' }];
  },
  Path: (unit, { sections }) => {
    const names = [...(sections.get('Path') ?? [])].filter(([, kind]) => kind === 'path_spec').map(([name]) => name);
    if (listOf(unit, 'Path', names).some(({ value }) => wrongValue('path_spec', value) === undefined)) return [];
    return [{ message: 'says no path, so systemd refuses it', hint: 'PathExists=, PathChanged= or DirectoryNotEmpty= in [Path]' }];
  },
  Socket: socket,
  Mount: (unit) => [
    ...misnamed(unit, 'Mount', 'Where'),
    ...(effective(unit, 'Mount', 'What') ? [] : [{ message: 'has no What=, so systemd refuses it', hint: 'What= in [Mount]' }]),
  ],
  Automount: (unit) => misnamed(unit, 'Automount', 'Where'),
  Swap: (unit) => misnamed(unit, 'Swap', 'What'),
};

/** @returns what the value of a timer must be; undefined when systemd accepts it */
export function wrongTimer(name: string, value: string): string | undefined {
  if (value === '' || value.includes('%')) return undefined;
  if (name !== 'OnCalendar') return wrongValue('sec', value)?.replace(' or infinity', '');
  return isCalendar(value) ? undefined : 'be a calendar event such as hourly, *-*-* 03:00:00 or Mon..Fri 10:00';
}

function service(unit: MergedUnit): Refusal[] {
  const get = (name: string, kind = '') => effective(unit, 'Service', name, kind);
  const starts = commands(unit, 'ExecStart');
  const type = get('Type', 'service_type') || (get('BusName') ? 'dbus' : starts.length > 0 ? 'simple' : 'oneshot');
  const action = effective(unit, 'Unit', 'SuccessAction', 'emergency_action');
  const restart = get('Restart', 'service_restart');
  const refused: Refusal[] = [];
  if (starts.length === 0) {
    const other = commands(unit, 'ExecStop').length > 0 || !['', 'none'].includes(action);
    if (type !== 'oneshot' || !other || !(isOn(unit, 'Service', 'RemainAfterExit') || !['', 'none'].includes(action)))
      refused.push({
        message: 'has no ExecStart= that systemd accepts, so it would start nothing',
        hint: 'ExecStart=/path/of/program in [Service]',
      });
  }
  // What it would be with a command is not known.
  if (refused.length > 0) return refused;
  const [, second] = starts;
  if (second && type !== 'oneshot')
    refused.push({
      message: `has ${starts.length} commands in ExecStart=, which systemd accepts of Type=oneshot only`,
      hint: startsHint(unit, second),
      given: second,
    });
  if (type === 'oneshot' && ['always', 'on-success'].includes(restart))
    refused.push({
      message: `must not have Restart=${restart} beside Type=oneshot`,
      hint: 'Restart=on-failure, or a timer',
      ...at(unit, 'Restart'),
    });
  if (type === 'oneshot' && get('ExitType') === 'cgroup')
    refused.push({ message: 'must not have ExitType=cgroup beside Type=oneshot', ...at(unit, 'ExitType') });
  if (type === 'dbus' && !get('BusName')) refused.push({ message: 'needs BusName= beside Type=dbus', ...at(unit, 'Type') });
  if (get('PAMName') && !['', 'control-group', 'mixed'].includes(get('KillMode', 'kill_mode')))
    refused.push({ message: 'must have KillMode=control-group or mixed beside PAMName=', ...at(unit, 'KillMode') });
  return refused;
}

function startsHint(unit: MergedUnit, { source }: Given): string {
  return source === unit.source
    ? 'ExecStartPre= for all but the last, Type=oneshot, or a script that runs them'
    : `an empty ExecStart= before it, which takes back the commands of ${unit.source}`;
}

/** The line of each command that systemd accepts. */
function commands(unit: MergedUnit, name: string): Given[] {
  return listOf(unit, 'Service', [name]).flatMap((given) =>
    execProblems(given.value).some(({ message }) => message.includes('not closed')) ? [] : (commandsOf(given.value) ?? []).map(() => given),
  );
}

function at(unit: MergedUnit, name: string): { given?: Given } {
  const given = unit.assignments.findLast((each) => each.name === name);
  return given === undefined ? {} : { given };
}

function socket(unit: MergedUnit, { sections }: Directives): Refusal[] {
  const names = [...(sections.get('Socket') ?? [])].filter(([, kind]) => kind === 'socket_listen').map(([name]) => name);
  const refused: Refusal[] = [];
  if (!listOf(unit, 'Socket', names).some(({ value }) => wrongValue('socket_listen', value) === undefined))
    refused.push({ message: 'listens to nothing, so systemd refuses it', hint: 'ListenStream= in [Socket]' });
  if (isOn(unit, 'Socket', 'Accept') && effective(unit, 'Socket', 'Service'))
    refused.push({ message: 'must not have Service= beside Accept=yes, which starts NAME@.service', ...at(unit, 'Service') });
  if (/^0+$/.test(effective(unit, 'Socket', 'MaxConnections')))
    refused.push({ message: 'must have MaxConnections= of at least 1', ...at(unit, 'MaxConnections') });
  return refused;
}

/** Units of these types are named after a path. */
function misnamed(unit: MergedUnit, section: string, directive: string): Refusal[] {
  const path = effective(unit, section, directive);
  const type = section.toLowerCase();
  if (!path) return section === 'Mount' || section === 'Automount' ? [] : [{ message: `has no ${directive}=, so systemd refuses it` }];
  if (path.includes('%') || !path.startsWith('/')) return [];
  const name = `${escapedPath(path)}.${type}`;
  return name === unit.name
    ? []
    : [{ message: `must be called ${name}, since ${directive}= is ${path}`, hint: `rename the file to ${name}`, ...at(unit, directive) }];
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
