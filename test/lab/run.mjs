// Boots the shipped workloads in the lab, except those with a kept result. A long test runs when it is named.
// With --all it runs everything with all survival checks, one after the other, and writes a report. With --fresh it ignores kept results.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { filesIn, hashOf, withImports } from '../support/hash.mjs';
import { labFacts } from '../support/lab-machine.mjs';
import { build, filesOf, runTier, wordsOf } from '../support/tier.mjs';
import { report } from './report.mjs';

const root = join(import.meta.dirname, '../..');
const words = wordsOf(process.argv.slice(2));
const boot = 'test/lab/boot';
const ENTRIES_OF_TESTS = 'test/fixtures/lab';
/** Takes many minutes each: experiments, a mirror of packages, and what is built on other tests. */
const LONG = ['experiment', 'fio-bench', 'prepared', 'redis-bench', 'secondary-network', 'shapes', 'sysbench', 'trials'];
const files = filesOf(root, boot, '.boot.ts', LONG, words);

/**
 * Code that runs VMs. The effect of all other code is in the rendered objects, so a change of a message or of a check does not
 * boot a guest.
 */
const CODE = ['src/lab', 'src/cli/lab', 'src/guest', 'src/plan', 'src/files'];

const common = [
  ...filesIn(root, [...CODE, 'catalog/_shared']),
  ...['jest.config.cjs', 'jest.guest.config.cjs', 'package-lock.json'],
  ...filesIn(root, ['test/support']).filter((file) => file.endsWith('.cjs')),
];
const facts = { all: words.all, node: process.versions.node.split('.')[0], ...labFacts() };
build(root);

function hash(file) {
  const entry = basename(file, '.boot.ts');
  const isEntry = existsSync(join(root, 'catalog', entry)) && readFileSync(join(root, file), 'utf8').includes(`booted('${entry}'`);
  const tested = [...common, ...withImports(root, file), 'test/lab/fake-api.mjs'];
  if (isEntry) {
    const objects = rendered(['--from-catalog', entry]);
    return hashOf(root, [...tested, ...filesIn(root, [join('catalog', entry)])], { ...facts, rendered: objects });
  }
  const config = join(boot, `${entry}.yaml`);
  if (existsSync(join(root, config)))
    return hashOf(root, [...tested, ...measured(config)], { ...facts, rendered: rendered(configured(config)) });
  // Tests of the lab itself: all code counts, except the code for clusters. Experiments run with the same code in both.
  const idle = ['src/audit', 'src/cli/companion', 'src/library', ...(entry === 'experiment' ? [] : ['src/companion'])];
  const program = filesIn(root, ['src', 'build'], idle);
  return hashOf(root, [...tested, ...program, ...filesIn(root, ['catalog', ENTRIES_OF_TESTS])], facts);
}

/** Files of the workloads in a configuration; with --all, the test measures others too. Results are read by code of the tests. */
function measured(config) {
  const entries = words.all ? ['catalog'] : entriesIn(config).map((name) => join('catalog', name));
  return filesIn(root, [config, ENTRIES_OF_TESTS, 'src/http', 'src/results', ...entries]);
}

function configured(config) {
  const names = entriesIn(config).join();
  return ['--config', join(root, config), '--catalog-dir', join(root, ENTRIES_OF_TESTS), '--from-catalog', names, '--workloads', names];
}

function entriesIn(config) {
  return Object.keys(parse(readFileSync(join(root, config), 'utf8')).workloads);
}

/** Objects, rendered for the guest OS of the lab. */
function rendered(which) {
  const args = [join(root, 'lib/virtwork.cjs'), 'run', '--dry-run', ...which, '--guest-os', 'debian'];
  const cwd = mkdtempSync(join(tmpdir(), 'virtwork-rendered-'));
  const env = { PATH: process.env.PATH, HOME: cwd };
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64 << 20,
  });
  rmSync(cwd, { recursive: true });
  if (status !== 0) throw new Error(`${which.join(' ')} cannot be rendered: ${stderr}`);
  return stdout;
}

const within = (run) => run(words.all ? { ALL_GUEST_TESTS: '1' } : {});
const { code, results } = await runTier({ root, config: 'jest.guest.config.cjs', files, words, hash, within });
if (words.all && results) {
  const file = join(root, 'docs/lab-report.md');
  const tested = [new Date().toISOString().slice(0, 10), facts.qemu];
  writeFileSync(file, report(existsSync(file) ? readFileSync(file, 'utf8') : '', results, tested));
}
process.exitCode = code;
