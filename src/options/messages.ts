import { show } from '../text/show';
import type { Spell } from './spell';
import { underWorkloads } from './value-messages';

// Keys of the configuration file without a value.

export const NO_VALUE = { message: 'has no value', hint: 'set a value or remove the key; quote a value that begins with #' };

// Files that options name.

export const STANDARD_INPUT = {
  twice: 'must name standard input once, got - more than once',
  empty: 'needs a configuration on standard input, got nothing',
  tooLarge: 'must be at most 1 MiB on standard input, got more',
  unreadable: (code: string | undefined) => `cannot read standard input (${code})`,
} as const;

/** @param what what the file is, e.g. `a FIFO` */
export function notRegular(name: string, what: string): string {
  return `must name a regular file of at most 1 MiB, got ${show(name)}, which is ${what}`;
}

export function unreadable(name: string, code: string | undefined): string {
  return `must name a readable file, got ${show(name)} (${code})`;
}

export function holdsKey(name: string): string {
  return `must name a configuration file, got ${show(name)}, which contains a key`;
}

// Files that extend others.

export function noBase(got: unknown): { message: string } {
  return { message: `must be the path of a configuration file, or a list of paths, got ${show(got)}` };
}

export const NOTHING_REMOVED = {
  message: 'null removes a key of an extended file, but none of them has it',
  hint: 'correct or remove the key',
};

export function extendsItself(base: string): { message: string } {
  return { message: `must not lead back to the file itself, got ${show(base)}` };
}

export function tooManyExtended(most: number): { message: string } {
  return { message: `must lead through at most ${most} files, got more` };
}

export function extendsOutside(base: string, file: string): { message: string; hint: string } {
  return {
    message: `must be a file inside the working directory, got ${show(base)}`,
    hint: `use --config ${file} if you trust the file`,
  };
}

/** @param publicFile name that the file with the public key usually has */
export function privateKeyFile(name: string, publicFile: string): { message: string; hint: string } {
  return { message: `must name a file with public keys, got ${show(name)}, which contains a private key`, hint: `use ${publicFile}` };
}

export function noKeysIn(name: string): string {
  return `must name a file with public keys, got ${show(name)}, which contains none`;
}

export function badLine(line: number, name: string, got: string): string {
  return `line ${line} of ${show(name)} must be a public key, got ${got}`;
}

// A configuration file that lies in the working directory, but that the user did not name.

export function linkOutside(file: string): { message: string; hint: string } {
  const message = 'must not be a link to a file outside this folder, because messages could quote that file';
  return { message, hint: `use --config ${file} if you trust the file` };
}

/** @param otherwise flag and variable that may set the option */
export function setByFoundFile(otherwise: string, file: string): { message: string; hint: string } {
  const message = 'must not be set in a configuration file that --config does not name';
  return { message, hint: `use ${otherwise}; or use --config ${file} if you trust the file` };
}

function catalogHint(file: string): string {
  return `use --catalog-dir PATH; or use --config ${file} if you trust the file`;
}

export function catalogOutside(folder: string, file: string): { message: string; hint: string } {
  return { message: `must be a folder inside the working directory, got ${show(folder)}`, hint: catalogHint(file) };
}

export function outputOutside(folder: string, file: string): { message: string; hint: string } {
  return {
    message: `must be a folder inside the working directory, got ${show(folder)}`,
    hint: `use --output-dir DIR; or use --config ${file} if you trust the file`,
  };
}

export function catalogWithLink(name: string, file: string): { message: string; hint: string } {
  const message = `must be a folder without links to folders outside the working directory, got the link ${show(name)} in it`;
  return { message, hint: catalogHint(file) };
}

// The configuration file: keys and workloads.

export const LIST_OF_WORKLOADS = {
  message: 'workloads must be a map of names, got a list',
  hint: 'write workloads: {cpu: {}, disk: {vm_count: 2}}',
};

export const NO_TRIALS = { message: 'must have at least one trial', hint: 'name one, as in trials: {small: {size: 1G}}, or remove trials' };

/** @param repeats undefined: they are not repeated */
export function tooManyTrials(most: number, trials: number, repeats: number | undefined): string {
  const got = repeats === undefined ? `${trials}` : `${trials * repeats} (${trials} trials, ${repeats} repeats)`;
  return `must have at most ${most} trials with their repeats, got ${got}`;
}

/** What to write instead of an unknown key. */
export const INSTEAD = {
  flag: (flag: string | undefined) => `use the flag --${flag}`,
  write: (text: string) => `write ${text}`,
  workload: underWorkloads,
  ofWorkload: (key: string) => `set ${key} of a workload, as in workloads: {fio-bench: {${key}: …}}`,
  topLevel: (key: string) => `set ${key} at the top level, for all workloads`,
  param: (key: string) => `write params: {${key}: …} if it is a param`,
  paramFlag: (workload: string, key: string) => `use --params ${workload}.${key}=… if it is a param`,
} as const;

// Environment variables.

/** @param near the known variable, or undefined */
export function unknownVariable(name: string, near: { readonly variable?: string; readonly flag?: string }): string {
  const unknown = `${name} is set, but virtwork has no such variable`;
  if (near.flag !== undefined) return `${unknown}; ${INSTEAD.flag(near.flag)}`;
  return near.variable === undefined ? unknown : `${unknown}; did you mean ${near.variable}?`;
}

// Options that do not fit together.

export const NO_EFFECT = {
  hash: 'has no effect without a password',
  timeout: 'has no effect, because nothing waits',
  auditDb: 'has no effect, because no audit record is written',
  run: 'has no effect, because the run ID is set',
} as const;

export function imageUnused(source: string, value: string): string {
  return `has no effect: ${source} boots from ${value}, not from an image`;
}

export function decidedByInstancetype(name: string): string {
  return `must not be set together with instancetype: ${name} decides about CPUs and memory`;
}

export const CPU_TWICE = 'must not be set together with sockets, cores or threads of cpu, which also set the number of CPUs';

export const OMIT_ONE = 'omit one of the two';

export function noFolder(name: string): string {
  return `must be a folder, got ${show(name)}, which does not exist`;
}

export function wrongAssignment(part: string, example: string): { message: string; hint: string } {
  return { message: `must be WORKLOAD.KEY=VALUE, got ${show(part)}`, hint: `write it as in ${example}` };
}

export function unknownSetting(key: string, known: readonly string[], hint: string): { message: string; hint: string } {
  return { message: `unknown setting ${show(key)}; known: ${known.join(', ')}`, hint };
}

// The account in the guests.

export const HASH_IN_MANIFESTS = {
  message: 'the manifests would contain the password hash, and manifests are meant to be committed',
  hint: 'use --ssh-key-file or --ssh-existing-secret; or use --write-password-hash if the manifests stay private',
};

/** @param secret name of the Secret with keys for the image's own user, if there is one */
export function lockedOut(user: string, secret: string | undefined, spell: Spell): string {
  const keys = secret === undefined ? '' : `; the keys in Secret ${secret} are for the image's own user`;
  return `the account ${user} has no key and no password, so you cannot log in to it${keys}\n  hint: use ${spell('ssh_key_files', '~/.ssh/id_ed25519.pub')}`;
}
