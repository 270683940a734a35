import { constants } from 'node:os';
import { nearest } from '../../text/suggest';
import * as must from '../messages/unit-values';
import { CAPABILITIES, SYSCALL_GROUPS } from './kernel-names';
import { splitWords } from './words';

/** @returns what the value must be, as in `must …`; undefined if systemd accepts it */
type Rule = (value: string) => string | undefined;

/**
 * Checks the value of a directive by the rule of its kind. Kinds without a rule accept everything.
 * @param kind the name by which systemd calls its reader of the value, see systemd-data.json
 */
export function wrongValue(kind: string, value: string): string | undefined {
  // An empty value resets what was set before.
  if (value === '') return undefined;
  const name = kind.replace(/!$/, '');
  return (WITHOUT_SPECIFIERS.has(name) ? undefined : wrongSpecifier(value)) ?? RULES[name]?.(value);
}

/** @returns what is wrong with the %x of a value, which systemd replaces */
export function wrongSpecifier(value: string): string | undefined {
  const [wrong] = value.replaceAll('%%', '').match(/%[ekxzFKOQXZ0-9]/) ?? [];
  return wrong ? must.percentSign(wrong) : undefined;
}

/** @returns what was probably meant by a value that systemd does not accept */
export function meantValue(kind: string, value: string): string | undefined {
  const name = kind.replace(/!$/, '');
  const better =
    name === 'service_restart' && /^(yes|true|on|1)$/i.test(value)
      ? 'always'
      : (nearest(value, ENUMS[name] ?? []) ?? correctedWords(name, value) ?? corrected(value));
  return better !== undefined && better !== value && wrongValue(kind, better) === undefined ? better : undefined;
}

/** The names that systemd knows, by kinds of lists of which it ignores only the wrong words. */
const LISTS: { readonly [kind: string]: readonly string[] } = {
  environ: [],
  namespace_path_strv: [],
  unit_mounts_for: [],
  exec_directories: [],
  unit_deps: [],
  service_sockets: [],
  documentation: [],
  capability_set: CAPABILITIES,
  syscall_filter: SYSCALL_GROUPS,
  syscall_log: SYSCALL_GROUPS,
};

/** @returns the words of a list that systemd ignores while it keeps the others; none if it ignores the whole value */
export function wrongWords(kind: string, value: string): string[] {
  const words = (kind in LISTS && splitWords(value)) || [];
  const wrong = words.filter((word) => wrongValue(kind, word.raw) !== undefined);
  return wrong.length < words.length ? wrong.map((word) => word.text) : [];
}

function correctedWords(kind: string, value: string): string | undefined {
  const known = LISTS[kind] ?? [];
  if (known.length === 0) return undefined;
  return value.replace(/[^\s~]+/g, (word) => (wrongValue(kind, word) === undefined ? word : (nearest(word, known) ?? word)));
}

/** Units and words as other programs write them. */
function corrected(value: string): string {
  return value
    .replace(/^unlimited$/, 'infinity')
    .replace(/^(\d+)\s*([kmgtp])i?b?$/i, (_, number, unit) => `${number}${unit.toUpperCase()}`)
    .replace(/\bsecs\b/g, 's')
    .replace(/\bmins\b/g, 'min')
    .replace(/^\+?[a-z]+$/, (word) => (SIGNALS.has(word.replace(/^sig/, '').toUpperCase()) ? word.toUpperCase() : word));
}

const BOOL = /^(1|yes|y|true|t|on|0|no|n|false|f|off)$/i;
const TIME_UNIT =
  '(usec|us|µs|μs|msec|ms|seconds|second|sec|s|minutes|minute|min|m|hours|hour|hr|h|days|day|d|weeks|week|w|months|month|M|years|year|y)';
const NANOSECONDS = new RegExp(`^(infinity|(\\d+(\\.\\d*)?(\\s*(${TIME_UNIT}|nsec|ns)|\\s+|$)\\s*)+)$`);
const TIME = new RegExp(`^(infinity|(\\+?\\d+(\\.\\d*)?(\\s*${TIME_UNIT}|\\s+|$)\\s*)+)$`);
const SIZE = /^\d+(\.\d+)?\s*[KMGTPEB]?$/;
const UNSIGNED = /^\+?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|\d+)$/;
const PERCENT = /^\d+(\.\d{1,2})?[%‰‱]$/;
const UNIT_NAME = /^[A-Za-z0-9:_.\\@%-]+\.(service|socket|target|device|mount|automount|swap|timer|path|slice|scope)$/;
const PORT = /^0*([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/;
const OCTET = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IP6_PORT = new RegExp(`^\\[.*\\]:${PORT.source.slice(1, -1)}(%.*)?$`);
const USER = /^[^-:/\s][^:/]*$/;

const ENUMS: { readonly [kind: string]: readonly string[] } = {
  service_type: ['simple', 'exec', 'forking', 'oneshot', 'dbus', 'notify', 'notify-reload', 'idle'],
  service_exit_type: ['main', 'cgroup'],
  service_restart: ['no', 'on-success', 'on-failure', 'on-abnormal', 'on-watchdog', 'on-abort', 'always'],
  service_restart_mode: ['normal', 'direct', 'debug'],
  service_timeout_failure_mode: ['terminate', 'abort', 'kill'],
  notify_access: ['none', 'main', 'exec', 'all'],
  kill_mode: ['control-group', 'process', 'mixed', 'none'],
  oom_policy: ['continue', 'stop', 'kill'],
  collect_mode: ['inactive', 'inactive-or-failed'],
  job_mode: ['fail', 'replace', 'replace-irreversibly', 'isolate', 'flush', 'ignore-dependencies', 'ignore-requirements'],
  emergency_action: [
    ...['none', 'exit', 'exit-force', 'reboot', 'reboot-force', 'reboot-immediate', 'poweroff', 'poweroff-force', 'poweroff-immediate'],
    ...['soft-reboot', 'soft-reboot-force', 'kexec', 'kexec-force', 'halt', 'halt-force', 'halt-immediate'],
  ],
  device_policy: ['auto', 'closed', 'strict'],
  exec_keyring_mode: ['inherit', 'private', 'shared'],
  protect_proc: ['default', 'noaccess', 'invisible', 'ptraceable'],
  proc_subset: ['all', 'pid'],
  exec_utmp_mode: ['init', 'login', 'user'],
  managed_oom_mode: ['auto', 'kill'],
  managed_oom_preference: ['none', 'avoid', 'omit'],
  numa_policy: ['default', 'preferred', 'bind', 'interleave', 'local'],
};

/** As above, and the words of a boolean. */
const BOOL_OR: { readonly [kind: string]: readonly string[] } = {
  private_tmp: ['connected', 'disconnected'],
  private_users: ['self', 'identity', 'full', 'managed'],
  protect_home: ['read-only', 'tmpfs'],
  protect_system: ['full', 'strict'],
  protect_control_groups: ['private', 'strict'],
  exec_preserve_mode: ['restart'],
  socket_bind: ['default', 'both', 'ipv6-only'],
  memory_pressure_watch: ['auto', 'skip'],
};

/** Kinds in whose values systemd replaces no %. */
const WITHOUT_SPECIFIERS = new Set([
  ...Object.keys(ENUMS),
  ...Object.keys(BOOL_OR),
  'memory_limit',
  'tasks_max',
  'cpu_quota',
  'warn_compat',
  'managed_oom_mem_pressure_limit',
]);

const SIGNALS = new Set(['CLD', 'POLL', 'IOT', ...Object.keys(constants.signals).map((name) => name.slice('SIG'.length))]);

const RULES: { readonly [kind: string]: Rule } = {
  ...Object.fromEntries(Object.entries(ENUMS).map(([kind, words]) => [kind, oneOf(words)])),
  ...Object.fromEntries(Object.entries(BOOL_OR).map(([kind, words]) => [kind, boolOr(words)])),
  bool: boolOr([]),
  tristate: boolOr([]),
  sec: matches(TIME, must.TIME),
  sec_fix_0: matches(TIME, must.TIME),
  sec_def_infinity: matches(TIME, must.TIME),
  service_timeout: matches(TIME, must.TIME),
  service_timeout_abort: (value) => (BOOL.test(value) ? undefined : RULES.sec?.(value)),
  job_timeout_sec: matches(TIME, must.TIME),
  job_running_timeout_sec: matches(TIME, must.TIME),
  nsec: matches(NANOSECONDS, must.NANOSECONDS),
  iec_size: matches(SIZE, must.SIZE),
  memory_limit: anyOf([SIZE, PERCENT, /^infinity$/], must.SIZE_LIMIT),
  tasks_max: anyOf([UNSIGNED, PERCENT, /^infinity$/], must.TASKS),
  rlimit: matches(/^(infinity|\d[\w. ]*|[-+]\d+)(:(infinity|\d[\w. ]*|[-+]\d+))?$/, must.RLIMIT),
  cpu_quota: matches(/^0*[1-9]\d*(\.\d{1,2})?%$|^0*\.?0*[1-9]\d*%$/, must.PERCENTAGE),
  cg_weight: range(1, 10000),
  cg_cpu_weight: (value) => (value === 'idle' ? undefined : range(1, 10000)(value)),
  exec_nice: range(-20, 19),
  exec_oom_score_adjust: range(-1000, 1000),
  exec_cpu_sched_prio: range(0, 99),
  exec_io_priority: range(0, 7),
  exec_io_class: oneOf(['none', 'realtime', 'best-effort', 'idle', '0', '1', '2', '3']),
  exec_cpu_sched_policy: oneOf(['other', 'batch', 'idle', 'fifo', 'rr', 'ext']),
  unsigned: matches(UNSIGNED, must.WHOLE_NUMBER),
  int: matches(/^[-+]?(0[xX][0-9a-fA-F]+|\d+)$/, must.WHOLE_NUMBER),
  long: matches(/^[-+]?(0[xX][0-9a-fA-F]+|\d+)$/, must.WHOLE_NUMBER),
  exit_status: range(0, 255),
  mode: matches(/^[0-7]{1,5}$/, must.MODE),
  signal: (value) => (isSignal(value) ? undefined : must.SIGNAL),
  log_level: oneOf(['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug', '0', '1', '2', '3', '4', '5', '6', '7']),
  exec_output: anyOf(
    [
      /^(inherit|null|tty|journal|kmsg|syslog|socket)$/,
      /^(journal|kmsg|syslog)\+console$/,
      /^fd(:[^:]+)?$/,
      /^(file|append|truncate):[/%]/,
    ],
    must.OUTPUT,
  ),
  exec_input: anyOf([/^(null|tty|tty-force|tty-fail|socket|data)$/, /^fd(:[^:]+)?$/, /^file:[/%]/], must.INPUT),
  user_group_compat: (value) => (USER.test(value) ? undefined : must.USER),
  user_group_strv_compat: each(USER, must.USERS),
  working_directory: (value) => (/^-?([/%]|~$)/.test(value) ? undefined : must.FOLDER),
  unit_path_printf: matches(/^-?[/%]/, must.ABSOLUTE_PATH),
  unit_env_file: matches(/^-?[/%]/, must.ABSOLUTE_PATH),
  pid_file: matches(/^[\w%/]/, must.PATH),
  path_spec: matches(/^[/%]/, must.ABSOLUTE_PATH),
  namespace_path_strv: each(/^[-+]{0,2}[/%]/, must.ABSOLUTE_PATHS),
  unit_mounts_for: each(/^[/%]/, must.ABSOLUTE_PATHS),
  exec_directories: each(/^(?!.*(^|[/:])\.\.([/:]|$))[^/:][^:]*(:[^/:][^:]*(:.*)?)?$/, must.RELATIVE_PATHS),
  unit_condition_path: (value) => (/^\|?\s*!?\s*[/%]/.test(value) || BOOL.test(value) ? undefined : must.ABSOLUTE_PATH),
  unit_deps: each(UNIT_NAME, must.UNITS),
  trigger_unit: matches(UNIT_NAME, must.UNIT),
  socket_service: matches(/^[A-Za-z0-9:_.\\@%-]+\.service$/, must.SERVICE),
  service_sockets: each(/^[A-Za-z0-9:_.\\@%-]+\.socket$/, must.SOCKETS),
  unit_slice: matches(/^[A-Za-z0-9:_.\\@%-]+\.slice$/, must.SLICE),
  install: each(/^[A-Za-z0-9:_.\\@%-]+(\.(service|socket|target|device|mount|automount|swap|timer|path|slice|scope))?$/, must.UNIT_NAMES),
  environ: (value) => {
    const words = splitWords(value);
    if (!words) return must.CLOSED_QUOTES;
    const wrong = words.find((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word.text));
    return wrong ? must.pairs(wrong.text) : undefined;
  },
  socket_listen: anyOf(
    [PORT, /^[/@%]/, new RegExp(`^(${OCTET}\\.){3}${OCTET}:${PORT.source.slice(1)}`), IP6_PORT, /^vsock:/, /^[A-Za-z][\w-]*( \d+)?$/],
    must.ADDRESS,
  ),
  capability_set: (value) => unknownName(value, /./, CAPABILITIES, must.CAPABILITIES),
  syscall_filter: (value) => unknownName(value, /^@/, SYSCALL_GROUPS, must.SYSTEM_CALLS),
  syscall_log: (value) => unknownName(value, /^@/, SYSCALL_GROUPS, must.SYSTEM_CALLS),
  documentation: each(/^(https?:\/\/|file:\/|info:|man:)./, must.URIS),
};

/** @param asked the words that must be known */
function unknownName(value: string, asked: RegExp, known: readonly string[], rule: string): string | undefined {
  const names = value.replace(/^~/, '').split(/\s+/);
  const wrong = names
    .map((each) => each.replace(/:.*$/, ''))
    .find((each) => asked.test(each) && !/^\d*$/.test(each) && !known.some((one) => one.toLowerCase() === each.toLowerCase()));
  return wrong === undefined ? undefined : must.unknownName(rule, wrong);
}

function oneOf(words: readonly string[]): Rule {
  return (value) => (words.includes(value) ? undefined : must.oneOf(words));
}

function boolOr(words: readonly string[]): Rule {
  const rule = must.yesNoOr(words);
  return (value) => (BOOL.test(value) || words.includes(value) ? undefined : rule);
}

function matches(pattern: RegExp, rule: string): Rule {
  return (value) => (pattern.test(value) ? undefined : rule);
}

function anyOf(patterns: readonly RegExp[], rule: string): Rule {
  return (value) => (patterns.some((pattern) => pattern.test(value)) ? undefined : rule);
}

/** For values that are lists. */
function each(pattern: RegExp, rule: string): Rule {
  return (value) => (splitWords(value)?.every((word) => pattern.test(word.text)) ? undefined : rule);
}

function range(least: number, most: number): Rule {
  return (value) =>
    /^[-+]?\d+$/.test(value) && Number(value) >= least && Number(value) <= most ? undefined : must.numberBetween(least, most);
}

function isSignal(value: string): boolean {
  const name = value.replace(/^SIG/, '');
  return (
    SIGNALS.has(name) || /^RTM(IN(\+\d+)?|AX(-\d+)?)$/.test(name) || (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 64)
  );
}
