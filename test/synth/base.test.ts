import fs, {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { compareBase, writeBase } from '../../src/synth/base';
import { HEADER } from '../../src/synth/header';
import { kustomization } from '../../src/synth/kustomization';
import type { RenderedFile } from '../../src/synth/rendered-file';
import { tempDir } from '../support/render';
import { outputOf } from '../support/run';

function base(texts: { readonly [name: string]: string }): RenderedFile[] {
  const files = Object.entries(texts).map(([name, text]) => ({ name, text: () => [HEADER, text] }));
  return [...files, { name: 'kustomization.yaml', text: () => [HEADER, kustomization(Object.keys(texts))] }];
}

/** The files that kustomize would read, in the order of `kustomization.yaml`. */
function resolved(dir: string): string[] {
  const { resources } = load(readFileSync(join(dir, 'kustomization.yaml'), 'utf8')) as { resources: string[] };
  return resources.map((name) => readFileSync(join(dir, name), 'utf8'));
}

const OLD = { 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n', 'c.yaml': 'c: 1\n' };
const NEW = { 'a.yaml': 'a: 2\n', 'b.yaml': 'b: 2\n', 'd.yaml': 'd: 2\n' };

describe('writing a base', () => {
  test('creates the folder, and returns what it wrote', () => {
    const dir = join(tempDir(), 'deep', 'dist');
    expect(writeBase(dir, base(OLD))).toEqual({
      written: ['a.yaml', 'b.yaml', 'c.yaml', 'kustomization.yaml'],
      removed: [],
      unchanged: [],
    });
    expect(readdirSync(dir).sort()).toEqual(['a.yaml', 'b.yaml', 'c.yaml', 'kustomization.yaml']);
  });

  test('does not touch files whose text is the same', () => {
    const dir = tempDir();
    writeBase(dir, base(OLD));
    const before = statSync(join(dir, 'a.yaml'));
    expect(writeBase(dir, base({ ...OLD, 'b.yaml': 'b: 9\n' })).written).toEqual(['b.yaml']);
    expect(statSync(join(dir, 'a.yaml')).ino).toBe(before.ino);
  });

  test('removes files that it wrote before and no longer renders, and touches nothing else', () => {
    const dir = tempDir();
    writeBase(dir, base(OLD));
    writeFileSync(join(dir, 'README.md'), 'mine');
    writeFileSync(join(dir, 'mine.yaml'), 'mine: true\n');
    mkdirSync(join(dir, 'folder.yaml'));
    expect(writeBase(dir, base(NEW)).removed).toEqual(['c.yaml']);
    expect(readdirSync(dir).sort()).toEqual(['README.md', 'a.yaml', 'b.yaml', 'd.yaml', 'folder.yaml', 'kustomization.yaml', 'mine.yaml']);
  });

  test('rejects an existing file that it did not write, and writes nothing', () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'b.yaml'), 'mine: true\n');
    expect(() => writeBase(dir, base(OLD))).toThrow(`${join(dir, 'b.yaml')}: was not written by virtwork and is in the way`);
    expect(readdirSync(dir)).toEqual(['b.yaml']);
  });

  test.each(['kustomization.yml', 'Kustomization'])('rejects a folder with a %s, as kubectl does', (name) => {
    const dir = tempDir();
    writeFileSync(join(dir, name), '');
    expect(() => writeBase(dir, base(OLD))).toThrow(`${join(dir, name)}: was not written by virtwork and is in the way`);
    expect(compareBase(dir, base(OLD)).foreign).toHaveLength(1);
    expect(readdirSync(dir)).toEqual([name]);
  });

  test('continues when the system writes only a part of the bytes', () => {
    const dir = tempDir();
    const real = fs.writeSync as (file: number, bytes: Buffer) => number;
    jest
      .spyOn(fs, 'writeSync')
      .mockImplementation(((file: number, bytes: string | Buffer) =>
        real(file, Buffer.from(bytes as string).subarray(0, 7))) as typeof fs.writeSync);
    writeBase(dir, base(OLD));
    jest.restoreAllMocks();
    expect(compareBase(dir, base(OLD))).toMatchObject({ missing: [], changed: [] });
  });

  test('reports a folder that is a file', () => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    expect(() => writeBase(file, base(OLD))).toThrow(`${file}: cannot be written: `);
  });

  test('keeps the old base when the rendering fails', () => {
    const dir = tempDir();
    writeBase(dir, base(OLD));
    const failing = [
      ...base(NEW),
      {
        name: 'z.yaml',
        text: () => {
          throw new Error('no more');
        },
      },
    ];
    expect(() => writeBase(dir, failing)).toThrow('no more');
    expect(readdirSync(dir).sort()).toEqual(['a.yaml', 'b.yaml', 'c.yaml', 'kustomization.yaml']);
  });
});

describe('an interruption', () => {
  const before = Object.values(OLD).map((text) => HEADER + text);
  const after = Object.values(NEW).map((text) => HEADER + text);
  const STEPS = ['openSync', 'writeSync', 'renameSync', 'linkSync', 'copyFileSync', 'rmSync'] as const;

  /** Throws before the n-th step that changes the disk, and at every later step, as if the process had stopped there. */
  function stopAt(step: number): void {
    let count = 0;
    for (const name of STEPS) {
      const real = fs[name] as (...args: unknown[]) => unknown;
      jest.spyOn(fs, name as 'openSync').mockImplementation(((...args: unknown[]) => {
        if (name === 'openSync' && args[1] !== 'wx') return real(...args);
        count += 1;
        if (count > step) throw Object.assign(new Error('stopped'), { stopped: true });
        return real(...args);
      }) as typeof fs.openSync);
    }
  }

  afterEach(() => jest.restoreAllMocks());

  test('at any step leaves the old base or the new base, and the next run removes leftover files', () => {
    const seen = new Set<string>();
    for (let step = 0; ; step += 1) {
      const dir = tempDir();
      writeBase(dir, base(OLD));
      stopAt(step);
      let finished = true;
      try {
        writeBase(dir, base(NEW));
      } catch {
        finished = false;
      }
      jest.restoreAllMocks();
      const found = resolved(dir);
      expect([before, after]).toContainEqual(found);
      seen.add(found.join());
      writeBase(dir, base(NEW));
      expect(readdirSync(dir).sort()).toEqual(['a.yaml', 'b.yaml', 'd.yaml', 'kustomization.yaml']);
      expect(resolved(dir)).toEqual(after);
      if (finished) break;
    }
    expect(seen.size).toBe(2);
  });
});

describe('a foreign file in the folder', () => {
  /** Creates a link or another non-regular file instead of `a.yaml`. */
  const ODD: readonly [string, (dir: string, outside: string) => void][] = [
    ['a link to a file', (dir, outside) => symlinkSync(outside, join(dir, 'a.yaml'))],
    ['a link that leads nowhere', (dir, outside) => symlinkSync(`${outside}-none`, join(dir, 'a.yaml'))],
    ['a link to itself', (dir) => symlinkSync('a.yaml', join(dir, 'a.yaml'))],
    ['a link to what would be written', (dir, outside) => symlinkSync(`${outside}-same`, join(dir, 'a.yaml'))],
    ['a link to a file of virtwork', (dir, outside) => symlinkSync(`${outside}-other`, join(dir, 'a.yaml'))],
    ['a named pipe', (dir) => outputOf('mkfifo', [join(dir, 'a.yaml')])],
    ['a link to an endless device', (dir) => symlinkSync('/dev/zero', join(dir, 'a.yaml'))],
    ['a folder', (dir) => mkdirSync(join(dir, 'a.yaml'))],
  ];

  test.each(ODD)('%s instead of a file is rejected and not followed, and nothing is written', (_, put) => {
    const [dir, outside] = [tempDir(), join(tempDir(), 'outside')];
    writeFileSync(outside, 'mine');
    writeFileSync(`${outside}-same`, `${HEADER}a: 1\n`);
    writeFileSync(`${outside}-other`, `${HEADER}other: 1\n`);
    put(dir, outside);
    expect(compareBase(dir, base(OLD)).foreign).toEqual([expect.objectContaining({ where: join(dir, 'a.yaml') })]);
    expect(() => writeBase(dir, base(OLD))).toThrow(`${join(dir, 'a.yaml')}: was not written by virtwork and is in the way`);
    expect(readdirSync(dir)).toEqual(['a.yaml']);
    expect(readFileSync(outside, 'utf8')).toBe('mine');
    expect(readFileSync(`${outside}-other`, 'utf8')).toBe(`${HEADER}other: 1\n`);
    expect(existsSync(`${outside}-none`)).toBe(false);
  });

  test('that is not a regular file and not rendered anymore is not removed', () => {
    const [dir, outside] = [tempDir(), join(tempDir(), 'outside')];
    writeFileSync(outside, `${HEADER}other: 1\n`);
    symlinkSync(outside, join(dir, 'old.yaml'));
    symlinkSync('nowhere', join(dir, 'older.yaml'));
    outputOf('mkfifo', [join(dir, 'pipe.yaml')]);
    expect(compareBase(dir, base(OLD)).stale).toEqual([]);
    expect(writeBase(dir, base(OLD)).removed).toEqual([]);
    expect(readdirSync(dir)).toEqual(expect.arrayContaining(['old.yaml', 'older.yaml', 'pipe.yaml']));
  });

  test('with the name of a staged file is removed only when it is a regular file', () => {
    const dir = tempDir();
    mkdirSync(join(dir, '.virtwork-999999999-a.yaml'));
    symlinkSync('nowhere', join(dir, '.virtwork-999999999-b.yaml'));
    writeFileSync(join(dir, '.virtwork-999999999-c.yaml'), '');
    writeBase(dir, base(OLD));
    expect(readdirSync(dir).filter((name) => name.startsWith('.virtwork'))).toEqual([
      '.virtwork-999999999-a.yaml',
      '.virtwork-999999999-b.yaml',
    ]);
  });

  test('cannot have the name of a staged file, because these are created exclusively, with a new name each time', () => {
    const opened: [string, unknown][] = [];
    const real = fs.openSync;
    jest.spyOn(fs, 'openSync').mockImplementation(((...args: Parameters<typeof fs.openSync>) => {
      opened.push([String(args[0]), args[1]]);
      return real(...args);
    }) as typeof fs.openSync);
    const dir = tempDir();
    writeBase(dir, base(OLD));
    writeBase(dir, base(NEW));
    jest.restoreAllMocks();
    const staged = opened.filter(([path]) => path.includes('/.virtwork-'));
    expect(staged.map(([, flags]) => flags)).toEqual(staged.map(() => 'wx'));
    expect(new Set(staged.map(([path]) => /-\d+-([\w-]{12})-/.exec(path)?.[1])).size).toBe(2);
  });

  test('the folder itself may be a link', () => {
    const [dir, link] = [tempDir(), join(tempDir(), 'link')];
    symlinkSync(dir, link);
    writeBase(link, base(OLD));
    expect(compareBase(dir, base(OLD))).toMatchObject({ missing: [], changed: [], foreign: [] });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  test('a huge file instead of a file is recognized as different without being read', () => {
    const dir = tempDir();
    writeBase(dir, base(OLD));
    truncateSync(join(dir, 'a.yaml'), 3 * 2 ** 30);
    expect(compareBase(dir, base(OLD))).toMatchObject({ changed: ['a.yaml'], lineEnds: [] });
    writeBase(dir, base(OLD));
    expect(compareBase(dir, base(OLD)).changed).toEqual([]);
  });
});

describe('comparing a base', () => {
  test('lists missing, changed and stale files, and writes nothing', () => {
    const dir = tempDir();
    writeBase(dir, base(OLD));
    expect(compareBase(dir, base(OLD))).toEqual({ missing: [], changed: [], lineEnds: [], stale: [], foreign: [] });
    expect(compareBase(dir, base(NEW))).toEqual({
      missing: ['d.yaml'],
      changed: ['a.yaml', 'b.yaml', 'kustomization.yaml'],
      lineEnds: [],
      stale: ['c.yaml'],
      foreign: [],
    });
    writeFileSync(join(dir, 'a.yaml'), `${HEADER}a: 1\nmore`);
    expect(compareBase(dir, base(OLD)).changed).toEqual(['a.yaml']);
    expect(existsSync(join(dir, 'd.yaml'))).toBe(false);
  });

  test('distinguishes other line ends from other text', () => {
    const dir = tempDir();
    writeBase(dir, base(OLD));
    writeFileSync(join(dir, 'a.yaml'), `${HEADER}a: 1\n`.replaceAll('\n', '\r\n'));
    writeFileSync(join(dir, 'b.yaml'), `${HEADER}b: 2\n`.replaceAll('\n', '\r\n'));
    expect(compareBase(dir, base(OLD))).toMatchObject({ changed: ['a.yaml', 'b.yaml'], lineEnds: ['a.yaml'] });
  });

  test('lists all files of a folder that does not exist as missing', () => {
    expect(compareBase(join(tempDir(), 'none'), base(OLD)).missing).toEqual(['a.yaml', 'b.yaml', 'c.yaml', 'kustomization.yaml']);
  });
});

describe('files of earlier versions', () => {
  // Never remove a line: committed bases contain it.
  const RELEASED = [
    '# Generated by virtwork. Do not edit: the next synth writes it anew.',
    '# Code generated by virtwork. DO NOT EDIT. Regenerate with "virtwork synth".',
  ];

  test.each(RELEASED)('that begin with "%s" are compared, overwritten and removed as own files', (line) => {
    for (const end of ['\n', '\r\n']) {
      const dir = tempDir();
      for (const name of ['a.yaml', 'old.yaml']) writeFileSync(join(dir, name), `${line}${end}x: 1${end}`);
      expect(compareBase(dir, base(OLD))).toMatchObject({ changed: ['a.yaml'], stale: ['old.yaml'], foreign: [] });
      expect(writeBase(dir, base(OLD))).toMatchObject({ written: expect.arrayContaining(['a.yaml']), removed: ['old.yaml'] });
      expect(compareBase(dir, base(OLD))).toMatchObject({ missing: [], changed: [], stale: [] });
    }
  });

  test.each([
    '# Generated by virtwork.',
    '# Code generated by virtwork. DO NOT EDIT.',
    ` ${RELEASED[0]}`,
  ])('do not include one that begins with "%s"', (line) => {
    const dir = tempDir();
    for (const name of ['a.yaml', 'old.yaml']) writeFileSync(join(dir, name), `${line}\nx: 1\n`);
    expect(compareBase(dir, base(OLD))).toMatchObject({ changed: [], stale: [], foreign: [{ where: join(dir, 'a.yaml') }] });
  });

  test('the header is one of these lines and contains no version', () => {
    expect(RELEASED.map((line) => `${line}\n`)).toContain(HEADER);
    expect(HEADER).not.toMatch(/\d/);
  });
});
