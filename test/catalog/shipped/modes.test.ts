import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { findCatalog } from '../../../src/catalog/find';
import { readEntry } from '../../../src/catalog/read';
import { readShared } from '../../../src/catalog/shipped/shared';
import { SHIPPED } from '../../support/entries';
import { ROOT } from '../../support/render';

const { shippedDir } = findCatalog('/nonexistent');

test.each(['_shared', ...SHIPPED])('the files of %s are executable here exactly where they are in a guest', (name) => {
  const shared = readShared(shippedDir);
  const entry = name === '_shared' ? undefined : readEntry(join(shippedDir, name), `catalog/${name}`, true, { problems: [], warnings: [] });
  const files = entry ? entry.roles.flatMap((role) => role.files) : shared;
  for (const file of files) expect([file.source, isExecutable(join(ROOT, file.source))]).toEqual([file.source, file.mode === '0755']);
});

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
