import { basename } from 'node:path/posix';

type Reader = readonly [program: RegExp, option?: RegExp];

/** Shells, and programs that pass a word to one, with the option before that word. */
const SHELLS: readonly Reader[] = [
  [/^(busybox|rbash|(ba|da|z|k|mk|a|fi|c|tc)?sh)(-static)?$/, /^[-+]\w*c|^--command$/],
  [/^(su|runuser|script|flock|sg)$/, /^-\w*c|^--(session-)?command/],
];
/** All programs that run a word as code; those without an option always do. */
const READERS: readonly Reader[] = [
  ...SHELLS,
  [/^env$/, /^(-\w*S|--split-string)/],
  [/^(python|pypy)[\d.]*$/, /^-\w*c/],
  [/^(perl|ruby|lua|luajit|Rscript|julia)[\d.]*$/, /^-\w*[eE]/],
  [/^(node|nodejs|deno|bun)$/, /^(-\w*[ep]|--eval|--print|eval$)/],
  [/^php[\d.]*$/, /^(-\w*[rBRE]|--(run|process-\w+))/],
  [/^(guile|tclsh|expect|gdb)$/, /^(-c|-ex|--eval)/],
  [/^(psql|mysql|mariadb|mongosh|mongo|influx)$/, /^(-\w*[cev]|--(command|execute|init-command|set|variable|eval))/],
  [/^(eval|trap|ssh|watch|parallel|systemd-run|sqlite3|jq|bc|dc|g?sed|[gmn]?awk)$/],
];

/** Words before a program that is run by another one. */
const WRAPPERS = new Set(
  [
    'env nice ionice timeout sudo doas nohup setsid stdbuf xargs time chroot unshare nsenter setpriv taskset numactl chrt su runuser flock find',
    'exec command builtin busybox docker podman strace prlimit if then else elif while until do ! {',
  ].flatMap((line) => line.split(' ')),
);
/** How many words of a long command are searched for an option. */
const FAR = 40;

/**
 * The program among the words of a command that reads one of the others as code, as in `python3 -c 'code'`.
 * @returns its name; undefined if there is no such program
 */
export function codeReader(words: readonly string[]): string | undefined {
  const names = words.map((word) => basename(word));
  const wrapped = names.findIndex((name) => WRAPPERS.has(name) || /^\w+=|[(`]/.test(name));
  return names.find((name, index) => {
    const reader = READERS.find(([program]) => program.test(name));
    const option = reader?.[1];
    if (option) return names.slice(index + 1, index + 1 + FAR).some((word) => option.test(word));
    return reader !== undefined && (index === 0 || (wrapped >= 0 && wrapped < index));
  });
}

/** Whether a program that {@link codeReader} found passes its script to a shell. */
export function isShell(name: string): boolean {
  return SHELLS.some(([program]) => program.test(name));
}

/** The program that reads code from its standard input: no name of a script follows it. */
export function inputReader(words: readonly string[]): string | undefined {
  const names = words.map((word) => basename(word));
  return names.find((name, index) => READERS.some(([program]) => program.test(name)) && !/^[\w./]/.test(words[index + 1] ?? ''));
}
