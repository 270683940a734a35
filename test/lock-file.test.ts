import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './support/render';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly bundleDependencies?: readonly string[];
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
}
type Packages = { readonly [path: string]: Locked };

const json = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const { packages, lockfileVersion } = json('package-lock.json') as { packages: Packages; lockfileVersion: number };
const installed = Object.entries(packages).filter(([path]) => path !== '');

/** Whether a package is in the tarball of a parent package, and has the checksum of that tarball. */
function isBundled(all: Packages, path: string): boolean {
  const parts = path.split('/node_modules/');
  return parts.some((_, index) => all[parts.slice(0, index).join('/node_modules/')]?.bundleDependencies !== undefined);
}

/** Packages without a checksum, or from another source than the registry. */
function faults(all: Packages): string[] {
  return Object.entries(all)
    .filter(([path]) => path !== '')
    .flatMap(([path, { resolved, integrity, link, inBundle }]) => [
      ...(path.startsWith('node_modules/') && link !== true ? [] : [`${path}: is a folder of this machine`]),
      // Without an address, npm asks the registry for the name in the path. Among 500 addresses, a foreign one would not be noticed.
      ...(resolved === undefined ? [] : [`${path}: states an address, ${resolved}`]),
      ...(inBundle && !isBundled(all, path) ? [`${path}: is in no bundle`] : []),
      ...(inBundle || /^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '') ? [] : [`${path}: has no SHA-512 checksum`]),
    ]);
}

const SOUND = { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` };

test.each<[string, string, Locked, string | undefined]>([
  ['only good packages', 'node_modules/a', SOUND, undefined],
  ['no checksum', 'node_modules/a', { version: '1.0.0' }, 'has no SHA-512 checksum'],
  ['a weak checksum', 'node_modules/a', { ...SOUND, integrity: `sha1-${'A'.repeat(27)}=` }, 'has no SHA-512 checksum'],
  [
    'a weak checksum next to a strong one',
    'node_modules/a',
    { ...SOUND, integrity: `sha1-${'A'.repeat(27)}= ${SOUND.integrity}` },
    'has no SHA-512 checksum',
  ],
  ['another registry', 'node_modules/a', { ...SOUND, resolved: 'https://npm.example.com/a/-/a-1.0.0.tgz' }, 'states an address'],
  ['a git URL', 'node_modules/a', { ...SOUND, resolved: 'git+ssh://git@github.com/a/a.git#0123' }, 'states an address'],
  ['a file', 'node_modules/a', { ...SOUND, resolved: 'file:a.tgz' }, 'states an address'],
  ['a link', 'node_modules/a', { link: true }, 'is a folder of this machine'],
  ['a folder', 'a', SOUND, 'is a folder of this machine'],
  ['a package outside of a bundle', 'node_modules/a', { version: '1.0.0', inBundle: true }, 'is in no bundle'],
  ['a package in a bundle', 'node_modules/cdk8s/node_modules/yaml', { version: '1.0.0', inBundle: true }, undefined],
  ['a package below a bundle', 'node_modules/cdk8s/node_modules/yaml/node_modules/b', { version: '1.0.0', inBundle: true }, undefined],
  ['a package below a package without a bundle', 'node_modules/a/node_modules/b', { version: '1.0.0', inBundle: true }, 'is in no bundle'],
])('a lock file with %s', (_, path, locked, fault) => {
  const found = faults({ '': {}, 'node_modules/cdk8s': { ...SOUND, bundleDependencies: ['yaml'] }, [path]: locked });
  if (fault === undefined) expect(found).toEqual([]);
  else expect(found).toContainEqual(expect.stringContaining(fault));
});

test('the lock file has a checksum of every package, and takes all packages from the registry', () => {
  expect(lockfileVersion).toBe(3);
  expect(installed.length).toBeGreaterThan(100);
  expect(faults(packages)).toEqual([]);
});

test('package.json names exact versions of the registry, and ranges only for peers', () => {
  const { dependencies, devDependencies, overrides, peerDependencies } = json('package.json');
  const inexact = Object.entries({ ...dependencies, ...devDependencies, ...overrides }).filter(
    ([, spec]) => !/^\d+\.\d+\.\d+$/.test(String(spec)),
  );
  expect(inexact).toEqual([]);
  expect(Object.values(peerDependencies).filter((spec) => !/^\^\d+\.\d+\.\d+$/.test(String(spec)))).toEqual([]);
});

test('.npmrc names no other registry, and keeps addresses out of the lock file', () => {
  const lines = readFileSync(join(ROOT, '.npmrc'), 'utf8').trim().split('\n');
  expect(lines.sort()).toEqual(['engine-strict=true', 'omit-lockfile-registry-resolved=true']);
});

test('CI installs the packages of the lock file', () => {
  const script = readFileSync(join(ROOT, '.ci/run'), 'utf8');
  expect(script).toMatch(/\bnpm ci$/m);
  expect(script).not.toMatch(/\bnpm (i|install|update)\b/);
});

test('packages with install scripts are documented, and none of them is a dependency of virtwork at run time', () => {
  const withScript = installed.filter(([, { hasInstallScript }]) => hasInstallScript);
  const [, table = ''] =
    /\| package \| .*\n\| --- .*\n((?:\|.*\n)+)/.exec(
      readFileSync(join(ROOT, 'docs/security.md'), 'utf8').split('## The package')[1] ?? '',
    ) ?? [];
  const documented = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
  expect(documented).toEqual(withScript.map(([path]) => path.replace(/^.*node_modules\//, '')).sort());
  expect(withScript.filter(([, { dev }]) => !dev)).toEqual([]);
});
