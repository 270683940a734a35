import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../src/files/make-folder';
import { tempDir } from '../support/render';

test('creates a folder and its parents, and keeps an existing one', () => {
  const dir = join(tempDir(), 'a/b/c');
  makeFolder(dir);
  writeFileSync(join(dir, 'file'), '');
  makeFolder(dir);
  expect(existsSync(join(dir, 'file'))).toBe(true);
});

test('fails for a link that leads nowhere', () => {
  const link = join(tempDir(), 'link');
  symlinkSync('/nonexistent/folder', link);
  expect(() => makeFolder(join(link, 'below'))).toThrow('EEXIST');
});

test('fails where a folder is impossible', () => expect(() => makeFolder('/proc/virtwork/below')).toThrow(/ENOENT|ENOTDIR|EACCES|EPERM/));
