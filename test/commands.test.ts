import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { virtwork } from './support/program';
import { ROOT } from './support/render';

/**
 * The name `virtwork` is free on the public registry, and anyone can publish a package with this name. Commands that this project
 * prints, documents or runs must not run that package. Where virtwork is not installed, a command must fail.
 */

/** Commands that fetch a package if it is not installed, except with --no. Also as items of a list of arguments. */
const RUNNERS = /\b(?:npx|bunx|pnpx|(?:npm|pnpm|yarn|bun)\s+(?:exec|x|dlx))\b(?!\s+--no\b|',\s*(?:args:\s*)?\['--no')/;
/** Commands that install the packages that they name. */
const INSTALLERS =
  /\b(?:(?:npm|pnpm|bun)\s+(?:i|in|ins|inst|install|isntall|add|create|init|innit|it|install-test|link|ln|up|update|upgrade)|yarn\s+(?:(?:global\s+)?add|create|up|upgrade))\b([^`#;&|]*)/g;
/** Package arguments that name their source: a file or a pinned commit. */
const STATED = /^(?:\.{0,2}\/|["']?git\+|["']?(?:file|https):)/;
/** Lines that warn against such commands. */
const WARNINGS = [/Do not run `npx virtwork`/, /Never run `npm install virtwork`/];

/** Whether a line contains a command that fetches a package by name from a registry. */
function fetches(line: string): boolean {
  if (WARNINGS.some((warning) => warning.test(line))) return false;
  if (RUNNERS.test(line)) return true;
  return [...line.matchAll(INSTALLERS)].some(([, rest = '']) =>
    rest
      .trim()
      .split(/\s+/)
      .some((word) => word !== '' && !word.startsWith('-') && !STATED.test(word)),
  );
}

test.each([
  ['npx virtwork synth', true],
  ['$ npx cdk8s synth', true],
  ['npx --yes virtwork', true],
  ['npx -- virtwork --help', true],
  ['npx --no virtwork synth', false],
  ['npx --no -- virtwork --help', false],
  ["run('npx', ['virtwork', 'version'], cwd)", true],
  ["run('npx', ['--no', 'virtwork', 'version'], cwd)", false],
  ['npm exec virtwork', true],
  ['npm exec --no virtwork', false],
  ['yarn dlx virtwork', true],
  ['bunx virtwork', true],
  ['npm i virtwork', true],
  ['npm install -g virtwork', true],
  ['npm install --save-dev virtwork@0.2.0   # pinned', true],
  ['run `npm update virtwork` to get it', true],
  ['yarn global add virtwork', true],
  ['npm create virtwork', true],
  ['npm ci', false],
  ['npm install', false],
  ['npm init --yes', false],
  ['npm install --save-dev --save-exact "git+URL#COMMIT"    # or the new tarball', false],
  ['npm install --save-dev ./virtwork-0.2.0.tgz       # in your repository', false],
  ['npm run update', false],
  ['npm run cleanup and so on', false],
])('%j fetches a package by name: %j', (line, expected) => {
  expect(fetches(line)).toBe(expected);
});

const TEXT = /(?:\.(?:md|ts|cjs|mjs|json|ya?ml|sh|hbs|service|timer)|\/run)$/;
const ROOTS = [
  'README.md',
  'CHANGELOG.md',
  'package.json',
  'cdk8s.yaml',
  'kustomization.yaml',
  'build',
  '.ci',
  'catalog',
  'dist',
  'docs',
  'src',
  'test',
];

function filesOf(path: string): string[] {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return readdirSync(join(ROOT, path)).flatMap((name) => filesOf(join(path, name)));
}

test('no file of the project runs, prints or documents a command that fetches a package by name', () => {
  const files = ROOTS.flatMap(filesOf).filter((file) => TEXT.test(file) && file !== 'test/commands.test.ts');
  expect(files.length).toBeGreaterThan(300);
  const found = files.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (fetches(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

test('help texts, completion scripts and new entries contain no command that fetches a package by name', () => {
  const verbs = ['synth', 'run', 'apply', 'wait', 'status', 'cleanup', 'audit', 'list', 'validate', 'new', 'lab', 'lab test', 'completion'];
  const commands = ['--help', ...verbs.map((verb) => `${verb} --help`), ...['bash', 'zsh', 'fish'].map((shell) => `completion ${shell}`)];
  const outputs = [...commands, 'new mine --catalog-dir .'].map((command) => virtwork(command));
  expect(outputs.flatMap(({ stdout, stderr }) => `${stdout}${stderr}`.split('\n').filter(fetches))).toEqual([]);
});

test('no page assumes that virtwork is on the PATH', () => {
  const pages = ROOTS.flatMap(filesOf).filter((file) => file.endsWith('.md'));
  const lines = pages.flatMap((page) => readFileSync(join(ROOT, page), 'utf8').split('\n'));
  expect(lines.filter((line) => /^\s*\$ virtwork /.test(line))).toEqual([]);
});
