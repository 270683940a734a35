import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Problem } from '../errors';
import { publicKey, show } from './kinds';
import type { Values } from './table';

/** The account that guests get, and how one logs in. */
export interface Ssh {
  readonly user: string;
  /** sha512-crypt; the password itself goes no further than the options. */
  readonly passwordHash?: string;
  readonly authorizedKeys: readonly string[];
  /** Secret on the cluster with public keys for the image's own user. */
  readonly existingSecret?: string;
}

/** @returns undefined when no credential is given: then guests get no account */
export async function sshOf(values: Values, cwd: string, problems: Problem[]): Promise<Ssh | undefined> {
  const authorizedKeys = [
    ...new Set([...values.ssh_authorized_keys, ...values.ssh_key_files.flatMap((file) => readKeys(file, cwd, problems))]),
  ];
  const { ssh_password: password, ssh_existing_secret: existingSecret } = values;
  if (authorizedKeys.length === 0 && password === undefined && existingSecret === undefined) return undefined;
  return {
    user: values.ssh_user,
    authorizedKeys,
    ...(password === undefined ? {} : { passwordHash: await hash(password, `${values.namespace}/${values.run}/${values.ssh_user}`) }),
    ...(existingSecret === undefined ? {} : { existingSecret }),
  };
}

function readKeys(file: string, cwd: string, problems: Problem[]): string[] {
  const where = 'flag --ssh-key-file';
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    problems.push({ where, message: `must name a file that can be read, got ${show(file)} (${(error as NodeJS.ErrnoException).code})` });
    return [];
  }
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) problems.push({ where, message: `must name a file with public keys, ${show(file)} has none` });
  if (lines.some((line) => 'must' in publicKey.parse(line))) {
    // A private key must not be echoed: the line itself is not shown.
    problems.push({
      where,
      message: `must name a file with one public key a line, ${show(file)} has something else`,
      hint: `${file.replace(/\.pub$/, '')}.pub`,
    });
    return [];
  }
  return lines;
}

/** The salt is derived, not random: the same input renders the same bytes. It differs between runs and users. */
async function hash(password: string, owner: string): Promise<string> {
  const [{ createHash }, { encrypt }] = await Promise.all([import('node:crypto'), import('unixcrypt')]);
  const salt = createHash('sha256').update(`${owner}/${password}`).digest('base64').replace(/[+=]/g, '.').slice(0, 16);
  return encrypt(password, `$6$${salt}`);
}
