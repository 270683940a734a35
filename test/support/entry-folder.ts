import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Entry } from '../../src/catalog/entry';
import type { Problems } from '../../src/catalog/problems';
import { readEntry } from '../../src/catalog/read';
import { formatProblem, UserError } from '../../src/errors';
import { tempDir } from './render';

export const UNIT = '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';

/** An entry that exists for one test. */
export function entryOf(files: { readonly [path: string]: string | Buffer }): string {
  const folder = join(tempDir(), 'my-entry');
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Reads an entry; problems and warnings as a user sees them. */
export function read(folder: string, shown = 'entry'): { entry: Entry | undefined; problems: string; warnings: string[] } {
  const findings: Problems = { problems: [], warnings: [] };
  const entry = readEntry(folder, shown, false, findings);
  return {
    entry,
    problems: findings.problems.length > 0 ? new UserError(findings.problems).message : '',
    warnings: findings.warnings.map(formatProblem),
  };
}
