import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Imports no sources: a test that uses only this file does not depend on them, see hash.mjs.

/** The folder of the project. */
export const ROOT = join(__dirname, '../..');

export function tempDir(): string {
  return mkdtempSync(join(tmpdir(), 'virtwork-test-'));
}
