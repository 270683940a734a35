import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../src/files/make-folder';
import { tempDir } from '../support/render';

test('makes a folder and those above it, and leaves an existing one alone', () => {
  const dir = join(tempDir(), 'a/b/c');
  makeFolder(dir);
  writeFileSync(join(dir, 'file'), '');
  makeFolder(dir);
  expect(existsSync(join(dir, 'file'))).toBe(true);
});

test('gives up where no folder can be', () => expect(() => makeFolder('/proc/virtwork/below')).toThrow(/ENOENT|ENOTDIR|EACCES|EPERM/));
