import { join } from 'node:path';
import type { Problem } from '../errors';
import { readBounded } from '../files/bounded-file';
import { noCredential } from './messages';

/** The keys of a token's Secret. */
const FILES = ['token', 'ca.crt', 'namespace'] as const;

export type Credential = { readonly [file in (typeof FILES)[number]]: Buffer };

/** @param problems receives a problem for each unreadable file */
export function readCredential(folder: string, problems: Problem[]): Credential | undefined {
  const files: [string, Buffer][] = [];
  for (const file of FILES) {
    try {
      const bytes = readBounded(join(folder, file));
      if (typeof bytes === 'object') files.push([file, bytes]);
      else problems.push(noCredential(FILES, `${file} is ${bytes}`));
    } catch (error) {
      problems.push(noCredential(FILES, (error as Error).message));
    }
  }
  return files.length < FILES.length ? undefined : (Object.fromEntries(files) as unknown as Credential);
}

/** For guests without a cluster: they find the disk, but no API server accepts the token. */
export function madeUpCredential(namespace: string): Credential {
  return { token: Buffer.from('made-up-by-virtwork-lab'), 'ca.crt': Buffer.from('none\n'), namespace: Buffer.from(namespace) };
}
