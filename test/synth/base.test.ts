import fs, { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { compareBase, writeBase } from '../../src/synth/base';
import { kustomization } from '../../src/synth/kustomization';
import { HEADER, type RenderedFile } from '../../src/synth/render';
import { tempDir } from '../support/render';

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
        if (name === 'openSync' && args[1] === 'r') return real(...args);
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
