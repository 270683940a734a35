import { resolve } from 'node:path';
import type { Problem } from '../errors';
import { readBounded } from '../files/bounded-file';
import { keepSecret } from '../text/secrets';
import { keyProblem } from './authorized-key';
import type { Folded } from './fold';
import { badLine, lockedOut, noKeysIn, notRegular, privateKeyFile, unreadable } from './messages';
import type { Spell } from './spell';
import type { Values } from './table';

/** The account in the guests, and how users log in to it. */
export interface Ssh {
  /** Absent: no account in addition to the image's own. */
  readonly user?: string;
  /** sha512-crypt. The password itself is not kept. */
  readonly passwordHash?: string;
  readonly authorizedKeys: readonly string[];
  /** Secret on the cluster with public keys for the image's own user. */
  readonly existingSecret?: string;
}

/**
 * Guests get an account if the user sets its name, a key or a password.
 * @param passwordHash hash of the password, see {@link passwordHash}
 * @returns undefined if guests get neither an account nor keys
 */
export function sshOf({ values, origins }: Folded, passwordHash: string | undefined, cwd: string, problems: Problem[]): Ssh | undefined {
  const authorizedKeys = [
    ...new Set([...values.ssh_authorized_keys, ...values.ssh_key_files.flatMap((file) => readKeys(file, cwd, problems))]),
  ];
  const { ssh_user: user, ssh_existing_secret: existingSecret } = values;
  const hasAccount = authorizedKeys.length > 0 || passwordHash !== undefined || origins.ssh_user !== 'default';
  if (!hasAccount && existingSecret === undefined) return undefined;
  return {
    authorizedKeys,
    ...(hasAccount ? { user } : {}),
    ...(passwordHash === undefined ? {} : { passwordHash }),
    ...(existingSecret === undefined ? {} : { existingSecret }),
  };
}

/** @returns the hash of the password; undefined without a password */
export async function passwordHash({ ssh_password: password, namespace, run, ssh_user }: Values): Promise<string | undefined> {
  if (password === undefined) return undefined;
  const hashed = await hash(password, `${namespace}/${run}/${ssh_user}`);
  keepSecret(hashed);
  return hashed;
}

/** The warning about an account without a key and a password. */
export function lockedAccount(ssh: Ssh | undefined, spell: Spell): string[] {
  if (ssh?.user === undefined || ssh.authorizedKeys.length > 0 || ssh.passwordHash !== undefined) return [];
  return [lockedOut(ssh.user, ssh.existingSecret, spell)];
}

/** The lines of a file with public keys, without comments. */
function readKeys(file: string, cwd: string, problems: Problem[]): string[] {
  const { keys, wrong } = keysIn(file, resolve(cwd, file));
  problems.push(...wrong.map((each) => ({ where: 'flag --ssh-key-file', ...each })));
  return keys;
}

function keysIn(name: string, path: string): { keys: string[]; wrong: Omit<Problem, 'where'>[] } {
  const text = readText(name, path);
  if (typeof text !== 'string') return { keys: [], wrong: [text] };
  if (/^\s*(-----BEGIN [A-Z0-9 ]*PRIVATE|PuTTY-User-Key-File)/.test(text))
    return { keys: [], wrong: [privateKeyFile(name, `${name.replace(/(\.ppk|\.pem|\.pub)$/, '')}.pub`)] };
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const keys = lines.filter(({ line }) => line !== '' && !line.startsWith('#'));
  const bad = keys.flatMap(({ line, number }) => {
    const got = keyProblem(line);
    return got === undefined ? [] : [{ message: badLine(number, name, got) }];
  });
  return { keys: keys.map(({ line }) => line), wrong: keys.length === 0 ? [{ message: noKeysIn(name) }] : bad };
}

function readText(name: string, path: string): string | Omit<Problem, 'where'> {
  try {
    const bytes = readBounded(path);
    return typeof bytes === 'string' ? { message: notRegular(name, bytes) } : bytes.toString('utf8');
  } catch (error) {
    return { message: unreadable(name, (error as NodeJS.ErrnoException).code) };
  }
}

/**
 * The salt is derived, not random, so that the same input renders the same bytes. It does not depend on the password: a salt is public,
 * and a fast hash of the password in it would let anyone test guesses without the slow hash.
 * @param owner whose password it is; differs between namespaces, runs and users
 */
async function hash(password: string, owner: string): Promise<string> {
  const [{ createHash }, { encrypt }] = await Promise.all([import('node:crypto'), import('unixcrypt')]);
  const salt = createHash('sha256').update(owner).digest('base64').replaceAll('+', '.').slice(0, 16);
  return encrypt(password, `$6$${salt}`);
}
