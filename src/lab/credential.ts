import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../errors';

/** What a cluster puts into the Secret of a token. */
const FILES = ['token', 'ca.crt', 'namespace'] as const;

export type Credential = { readonly [file in (typeof FILES)[number]]: Buffer };

/** @param problems gets a fault for each file that cannot be read */
export function readCredential(folder: string, problems: Problem[]): Credential | undefined {
  const files: [string, Buffer][] = [];
  for (const file of FILES) {
    try {
      files.push([file, readFileSync(join(folder, file))]);
    } catch (error) {
      const message = `must be a folder with the files ${FILES.join(', ')}: ${(error as Error).message}`;
      problems.push({ where: 'flag --access', message });
    }
  }
  return files.length < FILES.length ? undefined : (Object.fromEntries(files) as unknown as Credential);
}

/** For guests that shall boot where there is no cluster: they find the disk, and nobody who believes them. */
export function madeUpCredential(namespace: string): Credential {
  return { token: Buffer.from('made-up-by-virtwork-lab'), 'ca.crt': Buffer.from('none\n'), namespace: Buffer.from(namespace) };
}
