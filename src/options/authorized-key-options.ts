import { KEY } from './value-messages';

/** Options without a value; all except the first two also exist with `no-` in front. */
const SWITCHES = [
  'restrict',
  'cert-authority',
  'agent-forwarding',
  'port-forwarding',
  'pty',
  'touch-required',
  'user-rc',
  'verify-required',
  'x11-forwarding',
];
const NEVER_NEGATED = ['restrict', 'cert-authority'];

const PORT = '([0-9]{1,5}|\\*)';
/** Options with a value, and the form of the value. */
const VALUES: { readonly [option: string]: RegExp } = {
  command: /^/,
  environment: /^\w+=/,
  'expiry-time': /^[0-9]{8}([0-9]{4}([0-9]{2})?)?Z?$/i,
  from: /./,
  permitlisten: new RegExp(`^(.+:)?${PORT}$`),
  permitopen: new RegExp(`^.+:${PORT}$`),
  principals: /./,
  tunnel: /^(any|[0-9]+)$/,
};
const REPEATABLE = ['environment', 'permitlisten', 'permitopen'];

/** An option, with its value in quotes if it has one; a quote in the value is escaped with a backslash. */
const OPTION = /^([A-Za-z0-9-]+)(?:=("(?:\\"|[^"])*"))?(,|$)/s;
/** The options of a line: they end at the first blank outside quotes. */
export const OPTIONS = '(?:"(?:\\\\"|[^"\\\\]|\\\\(?!"))*"|[^\\s"])+';
const LEADING = new RegExp(`^${OPTIONS}[ \\t]*`);

/** The rest of a line of an authorized_keys file after its options; quotes may contain blanks. */
export function skipOptions(line: string): string {
  return line.replace(LEADING, '');
}

/**
 * Reads the options of a key as sshd does: separated by commas, without blanks between them.
 * @returns what is wrong with the options; undefined if they are good or there are none
 */
export function optionsProblem(options: string): string | undefined {
  const seen = new Set<string>();
  for (let rest = options; rest !== ''; ) {
    const [whole, written, value] = OPTION.exec(rest) ?? [];
    if (whole === undefined || written === undefined) return KEY.badOptions;
    rest = rest.slice(whole.length);
    const name = written.toLowerCase();
    const problem = value === undefined ? switchProblem(name) : valueProblem(name, value.slice(1, -1));
    if (problem !== undefined) return problem;
    if (name in VALUES && seen.has(name) && !REPEATABLE.includes(name)) return KEY.optionTwice(name);
    seen.add(name);
  }
  return undefined;
}

function switchProblem(name: string): string | undefined {
  if (Object.hasOwn(VALUES, name)) return KEY.optionWithoutValue(name);
  const plain = name.replace(/^no-/, '');
  return SWITCHES.includes(plain) && (plain === name || !NEVER_NEGATED.includes(plain)) ? undefined : unknown(name);
}

function valueProblem(name: string, value: string): string | undefined {
  if (!Object.hasOwn(VALUES, name)) return unknown(name);
  return VALUES[name]?.test(value) ? undefined : KEY.optionValue(name);
}

function unknown(name: string): string {
  return KEY.unknownOption(name.length <= 20 ? name : undefined);
}
