import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadAll } from 'js-yaml';
import { ROOT, tempDir } from './support/render';

/** Tests the tarball as npm would publish it, in the project of a user. */

const SECONDS = 1000;
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly name: string;
  readonly version: string;
  readonly scripts: { readonly [name: string]: string };
  readonly dependencies: { readonly [name: string]: string };
  readonly peerDependencies: { readonly [name: string]: string };
  readonly devDependencies: { readonly [name: string]: string };
};

let packed: { readonly file: string; readonly paths: readonly string[] };

jest.setTimeout(300 * SECONDS);

beforeAll(() => {
  if (!existsSync(join(ROOT, 'lib/src/index.d.ts'))) throw new Error('lib/ has no library: npm run build');
  const dir = tempDir();
  // Without scripts, because packing would rebuild lib/, which other tests use at the same time.
  const output = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dir], ROOT);
  const [{ filename, files }] = JSON.parse(output) as [{ filename: string; files: { path: string }[] }];
  packed = { file: join(dir, filename), paths: files.map(({ path }) => path) };
});

function run(command: string, args: readonly string[], cwd: string, timeout = 120 * SECONDS): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout, env: cleanEnvironment() });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error ?? status}\n${stdout}${stderr}`);
  return stdout;
}

/** An environment without the variables that npm sets for its scripts. They would affect the npm that a test runs. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^VIRTWORK_/i.test(name)));
}

test('the tarball contains the files that a user needs, and no others', () => {
  const { paths } = packed;
  expect(paths).toEqual(
    expect.arrayContaining([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'docs/install.md',
      'lib/virtwork.cjs',
      'lib/main.cjs',
      'lib/quick.cjs',
      'lib/validators/config.cjs',
      'catalog/index.yaml',
      // Loaded from there, as in the repository.
      'src/experiment/pod/virtwork-pod',
    ]),
  );
  expect(
    paths.filter(
      (path) =>
        !/^(lib|catalog|imports\/crds|docs)\/|^(CHANGELOG|README)\.md$|^LICENSE$|^package\.json$|^src\/experiment\/pod\/virtwork-pod$/.test(
          path,
        ),
    ),
  ).toEqual([]);
  expect(paths.filter((path) => path.endsWith('.cache'))).toEqual([]);
});

test('every link of a page in the tarball leads to a file in the tarball', () => {
  const pages = packed.paths.filter((path) => path.endsWith('.md'));
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '');
    const links = [...text.matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map((match) => match[1] as string).filter((link) => !link.includes('://'));
    return links.filter((link) => !packed.paths.includes(join(dirname(page), link))).map((link) => `${page}: ${link}`);
  });
  expect(broken).toEqual([]);
});

test('the package has no install scripts, so npm prints no warning', () => {
  const onInstall = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare', 'prepublish'];
  expect(Object.keys(PACKAGE.scripts).filter((name) => onInstall.includes(name))).toEqual([]);
  // A clone must be built after npm ci, and a package from a git URL before it is packed.
  expect(PACKAGE.scripts).toMatchObject({ dependencies: 'node build/build.mjs', prepack: 'node build/build.mjs' });
});

test('types and modules resolve in every resolution mode of TypeScript', () => {
  const attw = join(ROOT, 'node_modules/.bin/attw');
  // A JSON file has no types in modes that do not read exports.
  const schemas = ['virtwork', 'experiment', 'result', 'state', 'plan', 'results', 'truth', 'verification'].map(
    (name) => `${name}.schema.json`,
  );
  run(attw, [packed.file, '--no-color', '--format', 'ascii', '--quiet', '--exclude-entrypoints', ...schemas], ROOT);
});

const COMMON = { strict: true, skipLibCheck: false, target: 'es2022', lib: ['es2022'], types: [], rootDir: '.', outDir: 'out' };
const WAYS = {
  'CommonJS with node16': { type: 'commonjs', compilerOptions: { ...COMMON, module: 'node16' } },
  'ES modules with node16': { type: 'module', compilerOptions: { ...COMMON, module: 'node16' } },
  'ES modules with bundler': { type: 'module', compilerOptions: { ...COMMON, module: 'esnext', moduleResolution: 'bundler' } },
} as const;

test.each(Object.entries(WAYS))('an app in TypeScript works: %s', (_, { type, compilerOptions }) => {
  const cwd = tempDir();
  const installed = join(cwd, 'node_modules/virtwork');
  mkdirSync(installed, { recursive: true });
  run('tar', ['-xzf', packed.file, '--strip-components=1', '-C', installed], cwd);
  // The app may find only the packages that package.json names.
  for (const name of Object.keys({ ...PACKAGE.dependencies, ...PACKAGE.peerDependencies })) {
    const link = join(cwd, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link);
  }
  writeApp(cwd, type, compilerOptions);
  run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], cwd);
  run(process.execPath, ['out/app.js'], cwd);
  checkManifests(cwd);
  expect(run(process.execPath, [join(installed, 'lib/virtwork.cjs'), 'version'], cwd)).toBe(`${PACKAGE.version}\n`);
});

/** The oldest versions of the peers, and the newest ones. */
const OLDEST = Object.fromEntries(Object.entries(PACKAGE.peerDependencies).map(([name, range]) => [name, range.replace('^', '')]));
const NEWEST = Object.fromEntries(Object.keys(PACKAGE.peerDependencies).map((name) => [name, PACKAGE.devDependencies[name] as string]));

/** These tests install packages, and need a registry. */
const all = process.env.TEST_ALL_TOOLS === '1';
if (!all) process.stderr.write('skipped: tests that install the tarball from a registry; TEST_ALL_TOOLS=1 runs them\n');
const withRegistry = all ? test : test.skip;

withRegistry.each([OLDEST, NEWEST])('npm installs the tarball without a warning, with cdk8s $cdk8s and constructs $constructs', (peers) => {
  const cwd = tempDir();
  writeApp(cwd, 'commonjs', WAYS['CommonJS with node16'].compilerOptions);
  const versions = Object.entries(peers).map(([name, version]) => `${name}@${version}`);
  const args = ['install', '--no-audit', '--no-fund', '--no-update-notifier', packed.file, ...versions];
  const { status, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8', timeout: 120 * SECONDS, env: cleanEnvironment() });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], cwd);
  run(process.execPath, ['out/app.js'], cwd);
  checkManifests(cwd);
  expect(run('npx', ['--no', 'virtwork', 'version'], cwd)).toBe(`${PACKAGE.version}\n`);
});

withRegistry('npm installs a git URL without a warning, and builds it', () => {
  const [repository, cwd] = [tempDir(), tempDir()];
  run('git', ['clone', '--quiet', ROOT, repository], cwd);
  writeFileSync(join(cwd, 'package.json'), '{"name":"consumer"}');
  const args = ['install', '--no-audit', '--no-fund', '--no-update-notifier', `git+file://${repository}`];
  const { status, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8', timeout: 280 * SECONDS, env: cleanEnvironment() });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(existsSync(join(cwd, 'node_modules/virtwork/lib/src/index.d.ts'))).toBe(true);
  expect(run('npx', ['--no', 'virtwork', 'version'], cwd)).toBe(`${PACKAGE.version}\n`);
});

function writeApp(cwd: string, type: string, compilerOptions: object): void {
  cpSync(join(ROOT, 'test/fixtures/consumer/app.ts'), join(cwd, 'app.ts'));
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ name: 'consumer', type }));
  writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: { readonly team?: string } };
  readonly spec?: {
    readonly runStrategy?: string;
    readonly template?: { readonly spec?: { readonly domain: { readonly memory: object } } };
  };
}

/** Checks two workloads with a change each, and the other objects. */
function checkManifests(cwd: string): void {
  const manifests = loadAll(readFileSync(join(cwd, 'manifests/load.k8s.yaml'), 'utf8')) as Manifest[];
  const shown = manifests.map(({ kind, metadata: { name, labels }, spec }) =>
    [kind, name, labels?.team, spec?.runStrategy].filter((part) => part !== undefined).join(' '),
  );
  expect(shown).toEqual([
    'Namespace load-test',
    'Secret virtwork-cpu-cloudinit',
    'VirtualMachine virtwork-cpu-0 Halted',
    'VirtualMachine virtwork-cpu-1 Halted',
    'Secret virtwork-guest',
    'Secret virtwork-disk-cloudinit',
    'VirtualMachine virtwork-disk-0 storage Always',
    'DataVolume own-volume',
    'VirtualMachine own-vm Manual',
    'VirtualMachinePool own-pool',
    'VirtualMachineInstancetype own-type',
  ]);
  const disk = manifests.find(({ metadata }) => metadata.name === 'virtwork-disk-0');
  expect(disk?.spec?.template?.spec?.domain.memory).toEqual({ guest: '1Gi' });
}
