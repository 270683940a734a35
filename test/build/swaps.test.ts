import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tempDir } from '../support/render';
import { type Ended, run } from '../support/run';

/** Runs a program that uses modules of build/, which Jest cannot import. */
function node(program: string): Ended {
  const from = (file: string) => JSON.stringify(join(ROOT, 'build', file));
  const imports = `
    import { bundle, checkSwaps } from ${from('bundle.mjs')};
    import { SWAPS } from ${from('swaps/index.mjs')};
    import { swapModules } from ${from('swaps/swap.mjs')};`;
  return run(process.execPath, ['--input-type=module', '-e', imports + program], { cwd: ROOT });
}

test('a swap of a module that does not exist fails the build', () => {
  const { status, stderr } = node("swapModules('trick', { 'src/gone.ts': () => '' });");
  expect(status).toBe(1);
  expect(stderr).toContain('swap trick: src/gone.ts does not exist; correct the path in build/swaps\n');
});

test('a swap of a module that no bundle contains fails the build', () => {
  const { status, stderr } = node(`
    const swaps = ['src/index.ts', 'src/errors.ts'].map((path, at) => swapModules('trick-' + at, { [path]: () => 'export const EXIT = 1;' }));
    await bundle({ main: 'src/text/shell-word.ts' }, { app: 'src/errors.ts' }, ${JSON.stringify(tempDir())}, { swaps });
    checkSwaps(swaps);`);
  expect(status).toBe(1);
  expect(stderr).toContain('no bundle contains these modules, which build/swaps replaces; correct the swaps: trick-0: src/index.ts\n');
});

test('the program loads the library for JSON patches with the first patch', () => {
  const { status, stdout } = node(`
    const contents = {};
    SWAPS.find(({ name }) => name === 'lazy-json-patch').setup({ onLoad: (_, load) => Object.assign(contents, { load }) });
    const { createRequire } = await import('node:module');
    const require = createRequire(${JSON.stringify(join(ROOT, 'package.json'))});
    const loaded = [];
    const exports = {};
    new Function('exports', 'require', (await contents.load()).contents)(exports, (name) => (loaded.push(name), require(name)));
    const { JsonPatch } = exports;
    const document = { a: 1 };
    const before = [JsonPatch.apply(document) === document, loaded.length];
    console.log(JSON.stringify([before, JsonPatch.apply(document, JsonPatch.add('/b', 2), JsonPatch.remove('/a')), [...new Set(loaded)]]));`);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '[[true,0],{"b":2},["fast-json-patch"]]\n' });
});

test('docs/decisions/start-up.md lists every swap', () => {
  const page = readFileSync(join(ROOT, 'docs/decisions/start-up.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map((match) => match[1]);
  const { stdout } = node('console.log(SWAPS.map(({ name }) => name).join());');
  expect(listed).toEqual(expect.arrayContaining(stdout.trim().split(',')));
});
