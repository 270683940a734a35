import { join } from 'node:path';
import type { Problem } from '../errors';
import { readBounded } from '../files/bounded-file';

/** What a cluster puts into the Secret of a token. */
const FILES = ['token', 'ca.crt', 'namespace'] as const;

export type Credential = { readonly [file in (typeof FILES)[number]]: Buffer };

/** @param problems gets a problem for each file that cannot be read */
export function readCredential(folder: string, problems: Problem[]): Credential | undefined {
  const files: [string, Buffer][] = [];
  for (const file of FILES) {
    try {
      const bytes = readBounded(join(folder, file));
      if (typeof bytes === 'object') files.push([file, bytes]);
      else problems.push(unusable(`${file} is ${bytes}`));
    } catch (error) {
      problems.push(unusable((error as Error).message));
    }
  }
  return files.length < FILES.length ? undefined : (Object.fromEntries(files) as unknown as Credential);
}

function unusable(why: string): Problem {
  return { where: 'flag --access', message: `must be a folder with the files ${FILES.join(', ')}: ${why}` };
}

/** For guests that shall boot where there is no cluster: they find the disk, and nobody who believes them. */
export function madeUpCredential(namespace: string): Credential {
  return { token: Buffer.from('made-up-by-virtwork-lab'), 'ca.crt': Buffer.from('none\n'), namespace: Buffer.from(namespace) };
}
