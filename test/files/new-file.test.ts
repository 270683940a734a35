import fs, { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeNew, replaceFile, writeNew } from '../../src/files/new-file';
import { tempDir } from '../support/render';

function failing(code: string): jest.SpyInstance {
  return jest.spyOn(fs, 'linkSync').mockImplementation(() => {
    throw Object.assign(new Error(code), { code });
  });
}

afterEach(() => jest.restoreAllMocks());

describe('placeNew', () => {
  test('creates a file, and leaves nothing else', () => {
    const folder = tempDir();
    expect(placeNew(join(folder, 'a'), Buffer.from('1'))).toBe(true);
    expect(readdirSync(folder)).toEqual(['a']);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('1');
  });

  test('changes nothing that exists: a file, a folder, a link that leads nowhere', () => {
    const folder = tempDir();
    writeFileSync(join(folder, 'file'), 'old');
    mkdirSync(join(folder, 'folder'));
    symlinkSync('nowhere', join(folder, 'link'));
    for (const name of ['file', 'folder', 'link']) expect(placeNew(join(folder, name), Buffer.from('new'))).toBe(false);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old');
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(['file', 'folder', 'link']);
  });

  test('another process creates the file in the meantime', () => {
    const folder = tempDir();
    failing('EEXIST');
    expect(placeNew(join(folder, 'a'), Buffer.from('1'))).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('on a file system without hard links', () => {
    const folder = tempDir();
    failing('EPERM');
    expect(placeNew(join(folder, 'a'), Buffer.from('1'))).toBe(true);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('an error leaves nothing', () => {
    const folder = tempDir();
    failing('ENOSPC');
    expect(() => placeNew(join(folder, 'a'), Buffer.from('1'))).toThrow('ENOSPC');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('an error of a write has the path, and no other', () => {
    const folder = tempDir();
    jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
    });
    expect(() => placeNew(join(folder, 'a'), Buffer.from('1'))).toThrow(expect.objectContaining({ path: join(folder, 'a') }));
    expect(() => replaceFile(join(folder, 'b'), '1', 0o666)).toThrow(expect.objectContaining({ path: join(folder, 'b') }));
    expect(() => writeNew(join(folder, 'c'), ['1'])).toThrow(expect.objectContaining({ path: join(folder, 'c') }));
  });
});
