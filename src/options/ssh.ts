import { resolve } from 'node:path';
import { type Problem, UserError } from '../errors';
import { readBounded } from '../files/bounded-file';
import { keepSecret } from '../text/secrets';
import { show } from '../text/show';
import { keyProblem } from './authorized-key';
import type { Folded } from './fold';
import type { Values } from './table';

/** The account that guests get, and how one logs in. */
export interface Ssh {
  /** Absent: no account beside the image's own. */
  readonly user?: string;
  /** sha512-crypt; the password itself goes no further than the options. */
  readonly passwordHash?: string;
  readonly authorizedKeys: readonly string[];
  /** Secret on the cluster with public keys for the image's own user. */
  readonly existingSecret?: string;
}

/**
 * An account is made when it is named, or a key or a password is given.
 * @param passwordHash that of the password, see {@link passwordHash}
 * @returns undefined when guests get neither an account nor keys
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

/** @returns undefined when no password is given */
export async function passwordHash({ ssh_password: password, namespace, run, ssh_user }: Values): Promise<string | undefined> {
  if (password === undefined) return undefined;
  const hashed = await hash(password, `${namespace}/${run}/${ssh_user}`);
  keepSecret(hashed);
  return hashed;
}

/**
 * Also the hash of a password is a secret, and manifests are made for being committed, or for a pipe.
 * @throws UserError when manifests would hold one that nobody allowed them to hold
 */
export function refuseHash({ ssh, writePasswordHash }: { readonly ssh?: Ssh; readonly writePasswordHash: boolean }): void {
  if (ssh?.passwordHash === undefined || writePasswordHash) return;
  throw new UserError([
    {
      where: 'ssh_password',
      message: 'its hash would be written into the manifests, which are made for being committed',
      hint: '--ssh-key-file or --ssh-existing-secret; or --write-password-hash if the manifests stay private',
    },
  ]);
}

/** Warns of an account without a key and a password. */
export function lockedAccount(ssh: Ssh | undefined): string[] {
  if (ssh?.user === undefined || ssh.authorizedKeys.length > 0 || ssh.passwordHash !== undefined) return [];
  const secret = ssh.existingSecret === undefined ? '' : `; the keys in Secret ${ssh.existingSecret} are for the image's own user`;
  return [
    `the account ${ssh.user} has no key and no password, so no one can log in to it${secret}\n  hint: --ssh-key-file ~/.ssh/id_ed25519.pub`,
  ];
}

function readKeys(file: string, cwd: string, problems: Problem[]): string[] {
  const flag = 'flag --ssh-key-file';
  let text: string;
  try {
    const bytes = readBounded(resolve(cwd, file));
    if (typeof bytes === 'string') {
      problems.push({ where: flag, message: `must name a regular file of at most 1 MiB, got ${show(file)}, which is ${bytes}` });
      return [];
    }
    text = bytes.toString('utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    problems.push({ where: flag, message: `must name a file that can be read, got ${show(file)} (${code})` });
    return [];
  }
  if (/^\s*(-----BEGIN [A-Z0-9 ]*PRIVATE|PuTTY-User-Key-File)/.test(text)) {
    const message = `must name a file with public keys, ${show(file)} holds a private key`;
    problems.push({ where: flag, message, hint: `${file.replace(/(\.ppk|\.pem|\.pub)$/, '')}.pub` });
    return [];
  }
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const keys = lines.filter(({ line }) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) problems.push({ where: flag, message: `must name a file with public keys, ${show(file)} has none` });
  for (const { line, number } of keys) {
    const problem = keyProblem(line);
    if (problem !== undefined)
      problems.push({ where: flag, message: `line ${number} of ${show(file)} must be a public key, got ${problem}` });
  }
  return keys.map(({ line }) => line);
}

/**
 * The salt is derived, not random: the same input renders the same bytes. Nothing of the password goes into it, because a salt
 * is public, and a fast hash of the password would let everyone test guesses without the slow one.
 * @param owner whose password it is; differs between namespaces, runs and users
 */
async function hash(password: string, owner: string): Promise<string> {
  const [{ createHash }, { encrypt }] = await Promise.all([import('node:crypto'), import('unixcrypt')]);
  const salt = createHash('sha256').update(owner).digest('base64').replaceAll('+', '.').slice(0, 16);
  return encrypt(password, `$6$${salt}`);
}
