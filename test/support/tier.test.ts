import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
// @ts-expect-error: the runners are programs without types
import { filesIn, hashOf, withImports } from './hash.mjs';
import { ROOT, tempDir } from './render';
import { outputOf, run } from './run';
// @ts-expect-error: the runners are programs without types
import { filesOf, wordsOf } from './tier.mjs';

/** A project with its own tier: a runner, two test files, and a file that one of them imports. */
function project(): string {
  const root = tempDir();
  const files: { readonly [path: string]: string } = {
    'run.mjs': `
import { hashOf, withImports } from '${ROOT}/test/support/hash.mjs';
import { runTier, wordsOf } from '${ROOT}/test/support/tier.mjs';
const root = import.meta.dirname;
const hash = (file) => hashOf(root, withImports(root, file));
const { code } = await runTier({ root, config: 'jest.json', files: ['tests/a.js', 'tests/b.js'], words: wordsOf(process.argv.slice(2)), hash });
process.exitCode = code;
`,
    'jest.json': JSON.stringify({ testMatch: ['<rootDir>/tests/*.js'] }),
    'tests/a.js':
      "const { value } = require('../value.js');\ntest('one', () => expect(value).toBeGreaterThan(0));\ntest('two', () => {});\n",
    'tests/b.js': "test('three', () => expect(process.env.BREAK).toBeUndefined());\n",
    'value.js': 'exports.value = 1;\n',
    'package.json': '{}',
  };
  mkdirSync(join(root, 'tests'));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
  return root;
}

/** The result of the runner, and the files whose kept results it used. */
function ran(root: string, words: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const counts = join(root, 'counts.json');
  const own = { PATH: process.env.PATH, HOME: root, VIRTWORK_TEST_CACHE: join(root, 'kept'), ...env };
  const { status, stdout } = run(process.execPath, [join(root, 'run.mjs'), `--counts=${counts}`, ...words], { env: own });
  const kept = [...stdout.matchAll(/^kept: (\S+) \((\d+) passed, hash [0-9a-f]{16}\)$/gm)].map(([, file]) => file);
  return { status, kept, ...(JSON.parse(outputOf('cat', [counts])) as object) };
}

describe('a tier', () => {
  test('what passed counts again, for exactly what it depends on', () => {
    const root = project();
    const all = { status: 0, passed: 3, failed: 0, skipped: 0 };
    expect(ran(root)).toEqual({ ...all, kept: [] });
    expect(ran(root)).toEqual({ ...all, kept: ['tests/a.js', 'tests/b.js'] });
    expect(ran(root, ['a.js'])).toEqual({ ...all, passed: 2, kept: ['tests/a.js'] });
    expect(ran(root, ['--fresh'])).toEqual({ ...all, kept: [] });
    expect(ran(root, [], { VIRTWORK_TEST_FRESH: '1' })).toEqual({ ...all, kept: [] });
    writeFileSync(join(root, 'value.js'), 'exports.value = 2;\n');
    expect(ran(root)).toEqual({ ...all, kept: ['tests/b.js'] });
    writeFileSync(join(root, 'value.js'), 'exports.value = 1;\n');
    expect(ran(root)).toEqual({ ...all, kept: ['tests/a.js', 'tests/b.js'] });
  }, 120_000);

  test('a command can start the tests', () => {
    const root = project();
    const runner = readFileSync(join(root, 'run.mjs'), 'utf8');
    const within = "within: (run, left) => run({}, left, ['env', 'BREAK=it'])";
    writeFileSync(join(root, 'run.mjs'), runner.replace('hash });', `hash, ${within} });`));
    expect(ran(root)).toMatchObject({ status: 1, passed: 2, failed: 1 });
  }, 120_000);

  test('failures, skips, files that cannot be loaded and parts of files are not kept', () => {
    const root = project();
    writeFileSync(join(root, 'value.js'), 'exports.value = 0;\n');
    expect(ran(root)).toEqual({ status: 1, passed: 2, failed: 1, skipped: 0, kept: [] });
    expect(ran(root)).toEqual({ status: 1, passed: 2, failed: 1, skipped: 0, kept: ['tests/b.js'] });
    writeFileSync(join(root, 'tests/a.js'), "test.skip('one', () => {});\ntest('two', () => {});\n");
    expect(ran(root)).toEqual({ status: 0, passed: 2, failed: 0, skipped: 1, kept: ['tests/b.js'] });
    expect(ran(root)).toMatchObject({ kept: ['tests/b.js'] });
    writeFileSync(join(root, 'tests/a.js'), "throw new Error('no');\n");
    expect(ran(root)).toEqual({ status: 1, passed: 1, failed: 1, skipped: 0, kept: ['tests/b.js'] });
    rmSync(join(root, 'kept'), { recursive: true });
    writeFileSync(join(root, 'tests/a.js'), "test('one', () => {});\n");
    expect(ran(root, ['-t', 'one'])).toMatchObject({ status: 0, kept: [] });
    expect(() => readdirSync(join(root, 'kept'))).toThrow(/ENOENT/);
  }, 120_000);

  test('a run that is stopped has kept the results of the files that had ended', () => {
    const root = project();
    writeFileSync(join(root, 'jest.json'), JSON.stringify({ testMatch: ['<rootDir>/tests/*.js'], maxWorkers: 1 }));
    // Shorter than a.js, so it runs after it.
    writeFileSync(join(root, 'tests/b.js'), "test('three', () => process.kill(process.pid, 'SIGKILL'));\n");
    expect(ran(root)).toMatchObject({ status: 1, passed: 2, failed: 1, kept: [] });
    expect(ran(root)).toMatchObject({ kept: ['tests/a.js'] });
  }, 120_000);

  test.each<[string, readonly string[], readonly string[]]>([
    ['without words', [], ['a', 'c']],
    ['with --all', ['--all'], ['a', 'b', 'c']],
    ['when it is named', ['b'], ['a', 'b', 'c']],
    ['with a part of its name', ['bo'], ['a', 'c']],
  ])('the files of a tier, of which b is long: %s', (_, given, names) => {
    const root = tempDir();
    for (const name of ['b', 'a', 'c']) writeFileSync(join(root, `${name}.boot.ts`), '');
    writeFileSync(join(root, 'b.yaml'), '');
    expect(filesOf(root, '.', '.boot.ts', ['b'], wordsOf(given))).toEqual(names.map((name) => `${name}.boot.ts`));
    expect(() => filesOf(root, '.', '.boot.ts', ['gone'], wordsOf(given))).toThrow('gone.boot.ts does not exist');
  });

  test('a pattern that fits no file fails', () => {
    expect(ran(project(), ['nosuch'])).toEqual({ status: 1, passed: 0, failed: 1, skipped: 0, kept: [] });
  });
});

describe('a hash', () => {
  test('of code does not depend on its comments and layout, only on what it does', () => {
    const root = tempDir();
    const hashed = (text: string, name = 'code.ts') => {
      writeFileSync(join(root, name), text);
      return hashOf(root, [name]);
    };
    const before = hashed('/** One. */\nexport const one: number = 1; // it is\n');
    expect(hashed('// The first number.\nexport const one: number =\n  1;\n')).toBe(before);
    expect(hashed('/** One. */\nexport const one: number = 2; // it is\n')).not.toBe(before);
    expect(hashed('# a\n', 'unit.service')).not.toBe(hashed('# b\n', 'unit.service'));
  });

  test('an exception that does not exist is an error', () => {
    const root = tempDir();
    writeFileSync(join(root, 'a.ts'), '');
    expect(() => filesIn(root, ['a.ts'], ['b.ts'])).toThrow('b.ts does not exist');
  });

  function folder(): string {
    const root = tempDir();
    mkdirSync(join(root, 'entry'));
    for (const name of ['unit', 'script', 'README.md']) writeFileSync(join(root, 'entry', name), name);
    return root;
  }
  const hash = (root: string) => hashOf(root, filesIn(root, ['entry', 'not-there']), { qemu: '1' });

  test('is the same in another place and at another time, and whatever people read', () => {
    const [one, other] = [folder(), folder()];
    utimesSync(join(other, 'entry/unit'), 1, 1);
    writeFileSync(join(other, 'entry/README.md'), 'changed');
    expect(hash(other)).toBe(hash(one));
  });

  test.each<[string, (root: string) => void]>([
    ['content', (root) => writeFileSync(join(root, 'entry/unit'), 'changed')],
    ['name', (root) => writeFileSync(join(root, 'entry/another'), '')],
    ['mode', (root) => chmodSync(join(root, 'entry/script'), 0o755)],
    ['loss', (root) => rmSync(join(root, 'entry/script'))],
  ])('is another after a change of %s', (_, change) => {
    const root = folder();
    const before = hash(root);
    change(root);
    expect(hash(root)).not.toBe(before);
  });

  test('is another with other facts', () => {
    const root = folder();
    expect(hashOf(root, [], { qemu: '2' })).not.toBe(hashOf(root, [], { qemu: '1' }));
  });

  test('of a test counts all that it imports', () => {
    expect(withImports(ROOT, 'test/lab/boot/cpu.boot.ts')).toEqual(
      expect.arrayContaining(['test/lab/boot/cpu.boot.ts', 'test/lab/guest.ts', 'test/support/eventually.ts', 'test/support/run.ts']),
    );
  });

  test('of a test that boots an entry counts what it renders, and no sources but formats and the levels of shapes', () => {
    const folder = 'test/lab/boot';
    const boots = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.boot.ts'));
    const sources = boots.flatMap((name) =>
      withImports(ROOT, join(folder, name)).filter((file: string) => /^src\/(?!results\/|schema\/|signals\/shape\.ts$)/.test(file)),
    );
    expect([...new Set(sources)]).toEqual([]);
  });
});
