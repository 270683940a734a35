import { basename } from 'node:path/posix';

type Reader = readonly [program: RegExp, option?: RegExp];

/** Shells, and programs that hand a word to one: with an option that says which. */
const SHELLS: readonly Reader[] = [
  [/^(busybox|rbash|(ba|da|z|k|mk|a|fi|c|tc)?sh)(-static)?$/, /^[-+]\w*c|^--command$/],
  [/^(su|runuser|script|flock|sg)$/, /^-\w*c|^--(session-)?command/],
];
/** All that run what they get as code; without an option always. */
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

/** What stands before a program that runs another one. */
const WRAPPERS = new Set(
  [
    'env nice ionice timeout sudo doas nohup setsid stdbuf xargs time chroot unshare nsenter setpriv taskset numactl chrt su runuser flock find',
    'exec command builtin busybox docker podman strace prlimit if then else elif while until do ! {',
  ].flatMap((line) => line.split(' ')),
);
/** How many words of a long command are looked at for an option. */
const FAR = 40;

/**
 * The program among the words of a command that reads one of the others as code, as in `python3 -c 'code'`.
 * @returns its name; undefined when there is none
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

/** Whether a program that {@link codeReader} found hands its script to a shell. */
export function isShell(name: string): boolean {
  return SHELLS.some(([program]) => program.test(name));
}

/** The program that reads code from its standard input: without the name of a script behind it. */
export function inputReader(words: readonly string[]): string | undefined {
  const names = words.map((word) => basename(word));
  return names.find((name, index) => READERS.some(([program]) => program.test(name)) && !/^[\w./]/.test(words[index + 1] ?? ''));
}
