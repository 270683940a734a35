/** Options that stand alone; all but the first two also with no- before them. */
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
/** Options with a value, and what it has to look like. */
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

/** An option, with its value in quotes if it has one; a quote in the value stands after a backslash. */
const OPTION = /^([A-Za-z0-9-]+)(?:=("(?:\\"|[^"])*"))?(,|$)/s;
/** The options of a line: they end at the first blank outside of quotes. */
export const OPTIONS = '(?:"(?:\\\\"|[^"\\\\]|\\\\(?!"))*"|[^\\s"])+';
const LEADING = new RegExp(`^${OPTIONS}[ \\t]*`);

/** The text after the options that a line of an authorized_keys file begins with; quotes may hold blanks. */
export function skipOptions(line: string): string {
  return line.replace(LEADING, '');
}

/**
 * Reads the options of a key as sshd does: separated by commas, without blanks between them.
 * @returns what is wrong with them; undefined when nothing is, or there are none
 */
export function optionsProblem(options: string): string | undefined {
  const seen = new Set<string>();
  for (let rest = options; rest !== ''; ) {
    const [whole, written, value] = OPTION.exec(rest) ?? [];
    if (whole === undefined || written === undefined)
      return 'whose options sshd cannot read: name, or name="value", separated by commas without blanks';
    rest = rest.slice(whole.length);
    const name = written.toLowerCase();
    const problem = value === undefined ? switchProblem(name) : valueProblem(name, value.slice(1, -1));
    if (problem !== undefined) return problem;
    if (name in VALUES && seen.has(name) && !REPEATABLE.includes(name)) return `with two options ${name}`;
    seen.add(name);
  }
  return undefined;
}

function switchProblem(name: string): string | undefined {
  if (Object.hasOwn(VALUES, name)) return `with an option ${name} without a value in quotes`;
  const plain = name.replace(/^no-/, '');
  return SWITCHES.includes(plain) && (plain === name || !NEVER_NEGATED.includes(plain)) ? undefined : unknown(name);
}

function valueProblem(name: string, value: string): string | undefined {
  if (!Object.hasOwn(VALUES, name)) return unknown(name);
  return VALUES[name]?.test(value) ? undefined : `with an option ${name} whose value sshd does not accept`;
}

function unknown(name: string): string {
  return `with an option that sshd does not know${name.length <= 20 ? `: ${name}` : ''}`;
}
