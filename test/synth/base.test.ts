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
import { kustomization } from '../../src/synth/kustomization';
import { HEADER, type RenderedFile } from '../../src/synth/render';
import { tempDir } from '../support/render';
import { outputOf } from '../support/run';

function base(texts: { readonly [name: string]: string }): RenderedFile[] {
  const files = Object.entries(texts).map(([name, text]) => ({ name, text: () => [HEADER, text] }));
  return [...files, { name: 'kustomization.yaml', text: () => [HEADER, kustomization(Object.keys(texts))] }];
}

/** What kustomize would read: the list, and every file on it. */
function resolved(dir: string): string[] {
  const { resources } = load(readFileSync(join(dir, 'kustomization.yaml'), 'utf8')) as { resources: string[] };
  return resources.map((name) => readFileSync(join(dir, name), 'utf8'));
}

const OLD = { 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n', 'c.yaml': 'c: 1\n' };
const NEW = { 'a.yaml': 'a: 2\n', 'b.yaml': 'b: 2\n', 'd.yaml': 'd: 2\n' };

describe('writing a base', () => {
  test('makes the folder, and says what it wrote', () => {
    const dir = join(tempDir(), 'deep', 'dist');
    expect(writeBase(dir, base(OLD))).toEqual({
      written: ['a.yaml', 'b.yaml', 'c.yaml', 'kustomization.yaml'],
      removed: [],
      unchanged: [],
    });
    expect(readdirSync(dir).sort()).toEqual(['a.yaml', 'b.yaml', 'c.yaml', 'kustomization.yaml']);
  });

  test('leaves files as they are whose text is the same', () => {
    const dir = tempDir();
    writeBase(dir, base(OLD));
    const before = statSync(join(dir, 'a.yaml'));
    expect(writeBase(dir, base({ ...OLD, 'b.yaml': 'b: 9\n' })).written).toEqual(['b.yaml']);
    expect(statSync(join(dir, 'a.yaml')).ino).toBe(before.ino);
  });

  test('removes what it wrote before and renders no more, and touches nothing else', () => {
    const dir = tempDir();
    writeBase(dir, base(OLD));
    writeFileSync(join(dir, 'README.md'), 'mine');
    writeFileSync(join(dir, 'mine.yaml'), 'mine: true\n');
    mkdirSync(join(dir, 'folder.yaml'));
    expect(writeBase(dir, base(NEW)).removed).toEqual(['c.yaml']);
    expect(readdirSync(dir).sort()).toEqual(['README.md', 'a.yaml', 'b.yaml', 'd.yaml', 'folder.yaml', 'kustomization.yaml', 'mine.yaml']);
  });

  test('refuses to overwrite a file that it did not write, and then writes nothing at all', () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'b.yaml'), 'mine: true\n');
    expect(() => writeBase(dir, base(OLD))).toThrow(`${join(dir, 'b.yaml')}: was not written by virtwork and is in the way`);
    expect(readdirSync(dir)).toEqual(['b.yaml']);
  });

  test.each(['kustomization.yml', 'Kustomization'])('refuses a folder with a %s, which kubectl would refuse', (name) => {
    const dir = tempDir();
    writeFileSync(join(dir, name), '');
    expect(() => writeBase(dir, base(OLD))).toThrow(`${join(dir, name)}: was not written by virtwork and is in the way`);
    expect(compareBase(dir, base(OLD)).foreign).toHaveLength(1);
    expect(readdirSync(dir)).toEqual([name]);
  });

  test('goes on where the system takes a part of what is written', () => {
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

  test('says so when the folder cannot be one', () => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    expect(() => writeBase(file, base(OLD))).toThrow(`${file}: cannot be written: `);
  });

  test('leaves the old base when the rendering fails', () => {
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

describe('an interrupted synth', () => {
  const before = Object.values(OLD).map((text) => HEADER + text);
  const after = Object.values(NEW).map((text) => HEADER + text);
  const STEPS = ['openSync', 'writeSync', 'renameSync', 'linkSync', 'copyFileSync', 'rmSync'] as const;

  /** Stops the process, as far as the disk can tell, before the n-th step that changes it. */
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

  test('leaves the old base or the new one, at whichever step it stops; the next one tidies up', () => {
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

describe('what others put in the way', () => {
  /** A folder with a link, or something else that is no file, in the place of `a.yaml`. */
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

  test.each(ODD)('%s is refused, not followed, and nothing is written', (_, put) => {
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

  test('in the place of a file that is rendered no more stays as it is', () => {
    const [dir, outside] = [tempDir(), join(tempDir(), 'outside')];
    writeFileSync(outside, `${HEADER}other: 1\n`);
    symlinkSync(outside, join(dir, 'old.yaml'));
    symlinkSync('nowhere', join(dir, 'older.yaml'));
    outputOf('mkfifo', [join(dir, 'pipe.yaml')]);
    expect(compareBase(dir, base(OLD)).stale).toEqual([]);
    expect(writeBase(dir, base(OLD)).removed).toEqual([]);
    expect(readdirSync(dir)).toEqual(expect.arrayContaining(['old.yaml', 'older.yaml', 'pipe.yaml']));
  });

  test('under the name of a leftover is no leftover when it is no file', () => {
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

  test('cannot be put under the names of staged files: they are made anew, and are others each time', () => {
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

  test('a folder that is a link is up to the user', () => {
    const [dir, link] = [tempDir(), join(tempDir(), 'link')];
    symlinkSync(dir, link);
    writeBase(link, base(OLD));
    expect(compareBase(dir, base(OLD))).toMatchObject({ missing: [], changed: [], foreign: [] });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  test('a huge file in the place of one is told from it without being read', () => {
    const dir = tempDir();
    writeBase(dir, base(OLD));
    truncateSync(join(dir, 'a.yaml'), 3 * 2 ** 30);
    expect(compareBase(dir, base(OLD))).toMatchObject({ changed: ['a.yaml'], lineEnds: [] });
    writeBase(dir, base(OLD));
    expect(compareBase(dir, base(OLD)).changed).toEqual([]);
  });
});

describe('comparing a base', () => {
  test('names what is missing, what differs and what is stale, and writes nothing', () => {
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

  test('tells other line ends from other texts', () => {
    const dir = tempDir();
    writeBase(dir, base(OLD));
    writeFileSync(join(dir, 'a.yaml'), `${HEADER}a: 1\n`.replaceAll('\n', '\r\n'));
    writeFileSync(join(dir, 'b.yaml'), `${HEADER}b: 2\n`.replaceAll('\n', '\r\n'));
    expect(compareBase(dir, base(OLD))).toMatchObject({ changed: ['a.yaml', 'b.yaml'], lineEnds: ['a.yaml'] });
  });

  test('of a folder that does not exist: everything is missing', () => {
    expect(compareBase(join(tempDir(), 'none'), base(OLD)).missing).toEqual(['a.yaml', 'b.yaml', 'c.yaml', 'kustomization.yaml']);
  });
});
