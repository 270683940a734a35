import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { entryOf, read, UNIT } from '../../support/entry-folder';
import { tempDir } from '../../support/render';
import { outputOf } from '../../support/run';

const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const bigEndian = (text: string) => utf16(text).swap16();

/** Guest path, content, and the first line of the problem or the warning; without it the file is accepted. */
describe('encodings', () => {
  test.each<[string, string | Buffer, string]>([
    ['etc/a', 'Grüße\n\u001b[1m\ufeff\n', ''],
    ['etc/a', '', ''],
    ['etc/a', '\ufeffa\n', 'etc/a:1: must not begin with a byte order mark (BOM)'],
    ['etc/a', utf16('\ufeffhello\n'), 'etc/a: must be UTF-8 text, is UTF-16'],
    ['etc/a', utf16('\ufeff你好世界'), 'etc/a: must be UTF-8 text, is UTF-16'],
    ['etc/a', bigEndian('\ufeffhello\n'), 'etc/a: must be UTF-8 text, is UTF-16'],
    ['etc/a', utf16('hello\n'), 'etc/a: must be UTF-8 text, is UTF-16'],
    ['etc/a', bigEndian('hello\n'), 'etc/a: must be UTF-8 text, is UTF-16'],
    ['etc/a', Buffer.from('one\n\ufffd\nd\xe4\n', 'utf8'), ''],
    [
      'etc/a',
      Buffer.concat([Buffer.from('one\n\ufffd\n'), Buffer.from('Gr\xfc\xdfe\n', 'latin1')]),
      'etc/a:3: must be UTF-8 text, has another encoding',
    ],
    ['etc/a', 'one\ntwo\r\n', 'etc/a:2: must use LF line endings, has CRLF'],
    ['etc/a', 'one\rtwo\n', 'etc/a:1: must have no carriage return (CR)'],
    ['srv/run', '#!/bin/bash\r\n', 'srv/run:1: must use LF line endings, has CRLF'],
    ['srv/a.yaml', 'a: 1\r\n', 'srv/a.yaml:1: must use LF line endings, has CRLF'],
    ['usr/bin/a', 'a\r\n', 'usr/bin/a:1: must use LF line endings, has CRLF'],
    ['etc/systemd/system/a.service', '[Service]\nExecStart=/usr/bin/true a\0b\n', 'etc/systemd/system/a.service:2: must have no NUL byte'],
    ['etc/systemd/system/a.service.d/b.conf', '[Service]\n\0\n', 'etc/systemd/system/a.service.d/b.conf:2: must have no NUL byte'],
    ['usr/lib/systemd/user/a.service', '\0', 'usr/lib/systemd/user/a.service:1: must have no NUL byte'],
    ['etc/systemd/system/a.service', utf16('[Unit]\n'), 'etc/systemd/system/a.service: must be UTF-8 text, is UTF-16'],
    ['srv/a.hbs', Buffer.from([0, 1]), 'srv/a.hbs: must be UTF-8 text, as every .hbs file'],
  ])('%s with %j', (path, content, problem) => {
    const { problems, entry } = read(entryOf({ 'workload.service': UNIT, [`files/${path}`]: content }));
    expect(problems.split('\n')[0]).toBe(problem && `entry/files/${problem}`);
    if (!problem) expect(entry?.roles[0]?.files[0]?.content).toBe(content.toString('utf8'));
  });

  test('a unit must have no NUL byte, because systemd rejects it', () => {
    expect(read(entryOf({ 'workload.service': UNIT.replace('[Install]', '# \0\n[Install]') })).problems).toMatch(
      /^entry\/workload\.service:\d+: must have no NUL byte\n {2}hint: remove it with an editor that shows control characters/,
    );
  });

  test.each([
    ['description: "a\\0b"', 'workload.yaml:1:1: description must have no NUL, got "a\\u0000b"'],
    ['params: [{key: a, desc: "\\0"}]', 'workload.yaml:1:19: params[0].desc must have no NUL, got "\\u0000"'],
    ['description: a\0b', 'workload.yaml:1: must have no NUL byte'],
    ['params: [{key: a, default: "\\0"}]', 'params[0].default must have no line break or other control character, got "\\u0000"'],
  ])('%j in workload.yaml', (manifest, problem) => {
    expect(read(entryOf({ 'workload.service': UNIT, 'workload.yaml': `${manifest}\n` })).problems).toContain(problem);
  });

  test('data may have other line ends, with a warning', () => {
    const { problems, warnings } = read(entryOf({ 'workload.service': UNIT, 'files/srv/request': 'GET / HTTP/1.0\r\n\r\n' }));
    expect(problems).toBe('');
    expect(warnings[0]).toMatch(/^entry\/files\/srv\/request:1: must use LF line endings/);
  });

  test.each([
    ['a zero byte', Buffer.from('a\0b')],
    ['bytes of no text', Buffer.from([0xff, 0x01, 0x80, 0x02])],
    ['control characters', Buffer.from([1, 2, 3, 4, 5, 65])],
  ])('binary, by %s, with a warning', (_, bytes) => {
    const { entry, warnings } = read(entryOf({ 'workload.service': UNIT, 'files/opt/a': bytes }));
    expect(entry?.roles[0]?.files[0]?.content).toEqual(bytes);
    expect(warnings).toEqual([
      `entry/files/opt/a: is a binary file of ${bytes.length} bytes: the Secret holds it as base64, which reviewers cannot read`,
    ]);
  });

  test.each(['workload.service', 'workload.yaml'])('line ends of Windows in %s, next to its other problems', (file) => {
    const texts: { [path: string]: string } = { 'workload.service': `${UNIT}# {{lost}}\n`, 'workload.yaml': 'vm: {memory: 1}\n' };
    const { problems } = read(entryOf({ ...texts, [file]: (texts[file] as string).replaceAll('\n', '\r\n') }));
    expect(problems).toContain(`entry/${file}:1: must use LF line endings`);
    expect(problems).toContain('{{lost}} is not declared');
    expect(problems).toContain('vm.memory must be');
  });
});

describe('links', () => {
  const outside = join(tempDir(), 'secret');
  const LEAVES = `must not be a link that leaves the entry, got "${outside}"`;
  mkdirSync(outside);

  test.each([
    ['workload.service', LEAVES],
    ['workload.yaml', LEAVES],
    ['files', LEAVES],
    ['files/etc', LEAVES],
    ['files/etc/a', LEAVES],
  ])('%s must not leave the entry', (path, message) => {
    const folder = entryOf({ 'other.service': UNIT, ...(path.startsWith('files/') ? { 'files/usr/a': 'a' } : {}) });
    if (path === 'files/etc/a') mkdirSync(join(folder, 'files/etc'));
    symlinkSync(outside, join(folder, path));
    expect(read(folder).problems).toContain(`entry/${path}: ${message}`);
  });

  test('files of a process are rejected', () => {
    const folder = entryOf({ 'workload.service': UNIT, 'files/etc/a': 'a' });
    symlinkSync('/proc/self/environ', join(folder, 'files/etc/b'));
    expect(read(folder).problems).toContain('entry/files/etc/b: must not be a link that leaves the entry, got "/proc/self/environ"');
  });

  test('a folder whose name begins with that of the entry is outside of it', () => {
    const folder = entryOf({ 'workload.service': UNIT, 'files/etc/a': 'a', '../my-entry-2/b': 'b' });
    symlinkSync('../../../my-entry-2/b', join(folder, 'files/etc/b'));
    expect(read(folder).problems).toContain('must not be a link that leaves the entry');
  });

  test('inside of the entry, and to the entry itself, links are followed', () => {
    const folder = entryOf({ 'workload.service': UNIT, 'files/etc/a': 'a' });
    symlinkSync('a', join(folder, 'files/etc/b'));
    const link = join(dirname(folder), 'linked');
    symlinkSync(folder, link);
    const { entry, problems } = read(link);
    expect(problems).toBe('');
    expect(entry?.roles[0]?.files.map(({ path, content }) => [path, content])).toEqual([
      ['/etc/a', 'a'],
      ['/etc/b', 'a'],
    ]);
  });

  test.each([
    ['a folder', (path: string) => symlinkSync('.', path), 'must be a regular file, or a link to one in the entry'],
    ['itself', (path: string) => symlinkSync('b', path), 'cannot be read (ELOOP)'],
    ['nothing', (path: string) => symlinkSync('/nonexistent', path), 'cannot be read (ENOENT)'],
    ['no link but a pipe', (path: string) => outputOf('mkfifo', [path]), 'must be a regular file, or a link to one in the entry'],
  ])('to %s', (_, make, message) => {
    const folder = entryOf({ 'workload.service': UNIT, 'files/etc/a': 'a' });
    make(join(folder, 'files/etc/b'));
    expect(read(folder).problems.split('\n')[0]).toBe(`entry/files/etc/b: ${message}`);
  });
});

test('a file that is too large for a Secret is not read', () => {
  const { problems } = read(entryOf({ 'workload.service': UNIT, 'files/opt/a': Buffer.alloc(2_000_000) }));
  expect(problems.split('\n')[0]).toBe('entry/files/opt/a: must have at most 1048576 bytes, which is all that a Secret holds, got 2000000');
});

test('leftovers of editors and desktops reach no guest', () => {
  const left = ['.DS_Store', '._a', 'Thumbs.db', 'desktop.ini', 'a~', '.a.swp', '.a.swo', '#a#', '.#a', '.git/config', '__pycache__/a.pyc'];
  const folder = entryOf({
    'workload.service': UNIT,
    'workload.service~': UNIT,
    '._workload.service': 'x',
    'files/root/.pgpass': 'a',
    'files/root/.ssh/config': 'a',
    ...Object.fromEntries(
      left.flatMap((name) => [
        [name, 'x'],
        [`files/etc/${name}`, 'x'],
      ]),
    ),
    'files/etc/a': 'a',
  });
  const { entry, problems, warnings } = read(folder);
  expect({ problems, warnings }).toEqual({ problems: '', warnings: [] });
  expect(entry?.roles[0]?.files.map(({ path }) => path)).toEqual(['/etc/a', '/root/.pgpass', '/root/.ssh/config']);
  expect(entry?.roles[0]?.units.map(({ name }) => name)).toEqual(['virtwork-my-entry.service']);
});

test.each(['a.bak', 'a.orig', 'a.rej'])('%s reaches no guest, with a warning', (name) => {
  const { entry, warnings } = read(entryOf({ 'workload.service': UNIT, 'files/etc/a': 'a', [`files/etc/${name}`]: 'a' }));
  expect(warnings).toEqual([
    `entry/files/etc/${name}: reaches no guest: by its name it is a backup\n  hint: rename it if it is not a backup`,
  ]);
  expect(entry?.roles[0]?.files.map(({ path }) => path)).toEqual(['/etc/a']);
});

test('an empty folder reaches no guest, with a warning', () => {
  const { warnings } = read(entryOf({ 'workload.service': UNIT, 'files/var/lib/.gitkeep': '' }));
  expect(warnings[0]).toMatch(/^entry\/files\/var\/lib: is an empty folder, which no guest gets\n {2}hint: .*d \/var\/lib 0755/);
});

test('a line break in a name is rejected', () => {
  expect(read(entryOf({ 'workload.service': UNIT, 'files/etc/a\nb': 'a' })).problems).toContain('must have no line break');
});
