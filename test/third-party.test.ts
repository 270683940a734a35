import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tempDir } from './support/render';
import { outputOf } from './support/run';

interface Component {
  readonly 'bom-ref': string;
  readonly purl: string;
  readonly hashes: readonly { readonly content: string }[];
  readonly licenses: readonly { readonly license?: { readonly id: string } }[];
  readonly properties?: readonly object[];
}
interface Bill {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const SBOM = readFileSync(join(ROOT, 'lib/sbom.cdx.json'), 'utf8');
const { components, dependencies }: Bill = JSON.parse(SBOM);
const NOTICES = readFileSync(join(ROOT, 'lib/THIRD-PARTY-NOTICES.txt'), 'utf8');
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** The result of a function of third-party.mjs, which Jest cannot import. */
function thirdParty(expression: string): string {
  const program = `import * as it from ${JSON.stringify(join(ROOT, 'build/third-party.mjs'))}; process.stdout.write(${expression});`;
  return outputOf(process.execPath, ['--input-type=module', '-e', program]);
}

/** The name of a component without its version. */
const nameOf = (each: Component) => each['bom-ref'].replace(/(.)@.*/, '$1');
/** Components that the program contains. */
const bundled = components.filter(({ properties }) => properties);

test('the bill of materials lists bundled packages, and packages that are installed with virtwork', () => {
  const names = components.map(nameOf);
  expect(names).toEqual(expect.arrayContaining([...Object.keys(PACKAGE.dependencies), 'cdk8s', 'constructs', '@libsql/linux-x64-gnu']));
  expect(names.filter((name) => ['jest', 'esbuild', 'cdk8s-cli'].includes(name))).toEqual([]);
  expect(bundled.map(nameOf)).toEqual(expect.arrayContaining(['cdk8s', 'constructs', 'js-yaml', 'p-retry', 'retry', 'uuid']));
});

test('each part is listed once, with its dependencies', () => {
  const refs = components.map((each) => each['bom-ref']);
  expect(new Set(refs).size).toBe(refs.length);
  expect(dependencies.slice(1).map(({ ref }) => ref)).toEqual(refs);
  expect(dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.includes(ref))).toEqual([]);
  const reached = new Set(dependencies.flatMap(({ dependsOn }) => dependsOn));
  expect(refs.filter((ref) => !reached.has(ref))).toEqual([]);
});

test('all parts have the names and checksums that npm reports', () => {
  const theirs: Bill = JSON.parse(
    outputOf('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--no-update-notifier'], { cwd: ROOT }),
  );
  for (const { purl, hashes, licenses } of components) {
    const same = theirs.components.find((each) => each.purl === purl);
    // npm reports no checksum for packages from a bundle.
    expect(same).toMatchObject({ purl, licenses, ...(same?.hashes ? { hashes } : {}) });
  }
});

test('it contains no date, no random number, and no name that another package in the registry could have', () => {
  expect(SBOM).not.toMatch(/"(serialNumber|timestamp)"|pkg:npm\/virtwork/);
  const again = thirdParty(
    `it.billOfMaterials(${JSON.stringify(ROOT)}, ${JSON.stringify(bundled.map((each) => `node_modules/${nameOf(each)}`))})`,
  );
  expect(again).toBe(SBOM);
});

test('the licenses of all parts permit redistribution of virtwork', () => {
  const free = ['Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'PSF-2.0', 'Unlicense'];
  expect(components.filter(({ licenses }) => licenses.some(({ license }) => !free.includes(license?.id ?? '')))).toEqual([]);
});

test('the notices name every bundled package, with the text of its license', () => {
  for (const each of bundled) {
    const name = nameOf(each);
    expect(NOTICES).toContain(`${each['bom-ref'].replace(/(.)@/, '$1 ')} (`);
    const folder = join(ROOT, 'node_modules', name);
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each)) as string;
    const text = readFileSync(join(folder, file), 'utf8').trim();
    expect(text.length).toBeGreaterThan(500);
    expect(NOTICES).toContain(text);
  }
  expect(NOTICES).toContain('Copyright Amazon.com, Inc. or its affiliates.');
});

test('a bundled package without a license text is an error', () => {
  const root = tempDir();
  mkdirSync(join(root, 'node_modules/a'), { recursive: true });
  writeFileSync(join(root, 'node_modules/a/package.json'), '{"name":"a","version":"1.0.0","license":"MIT"}');
  writeFileSync(join(root, 'node_modules/a/NOTICE'), 'Copyright');
  expect(() => thirdParty(`it.notices(${JSON.stringify(root)}, ['node_modules/a'])`)).toThrow(
    'node_modules/a has no file with its licence',
  );
});

test('finds the packages that an output contains', () => {
  const of = (bytesInOutput: number) => ({ bytesInOutput });
  const inputs = {
    'src/main.ts': of(9),
    'node_modules/a/index.js': of(9),
    'node_modules/a/b.js': of(9),
    'node_modules/@c/d/lib/e.js': of(9),
    'node_modules/f/node_modules/g/h.js': of(9),
    'node_modules/unused/i.js': of(0),
    'lazy:crypto': of(9),
  };
  const found = thirdParty(`JSON.stringify(it.bundledPackages([${JSON.stringify({ outputs: { 'main.cjs': { inputs } } })}]))`);
  expect(JSON.parse(found)).toEqual(['node_modules/@c/d', 'node_modules/a', 'node_modules/f/node_modules/g']);
});
