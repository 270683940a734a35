// Runs a tier of slow tests. The result of a file is kept outside of the clone, under the hash of all its dependencies.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { createInterface } from 'node:readline';

/** Time limit in milliseconds, enough for all tests with --all on a slow machine. */
const LONGEST = 6 * 3_600_000;

/** The folder for results. */
export function resultsFolder(env = process.env) {
  return env.VIRTWORK_TEST_CACHE || join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'virtwork/results');
}

/** Builds the program, because the tests run the built program and it must match these sources. */
export function build(root) {
  execFileSync(process.execPath, ['build/build.mjs'], { cwd: root, stdio: 'inherit', timeout: 10 * 60_000 });
}

/**
 * Parses the arguments of a runner.
 * @returns `all`; `fresh`; `counts`, a file for the totals; `patterns` of file names; `others`, arguments for Jest
 */
export function wordsOf(given) {
  const own = (word) => word === '--all' || word === '--fresh' || word.startsWith('--counts=');
  const rest = given.filter((word) => !own(word));
  const isPlain = rest.every((word) => !word.startsWith('-'));
  return {
    all: given.includes('--all'),
    fresh: given.includes('--fresh'),
    counts: given.findLast((word) => word.startsWith('--counts='))?.slice('--counts='.length),
    patterns: isPlain ? rest : [],
    // An argument next to a flag may be its value. Only Jest can decide.
    others: isPlain ? [] : rest,
  };
}

/**
 * The test files of a tier.
 * @param folder relative to the root
 * @param ending of file names
 * @param long names, without the ending, of the files that run only with --all or when the name is given
 */
export function filesOf(root, folder, ending, long, { all, patterns }) {
  const names = readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();
  const gone = long.find((name) => !names.includes(name));
  if (gone !== undefined) throw new Error(`${folder}/${gone}${ending} does not exist; correct the list of long tests`);
  return names.filter((name) => all || !long.includes(name) || patterns.includes(name)).map((name) => join(folder, `${name}${ending}`));
}

/** The kept result of a file. Only files whose tests all passed have one. */
export function keptResult(folder, file, hash) {
  const place = placeOf(folder, file, hash);
  return existsSync(place) ? JSON.parse(readFileSync(place, 'utf8')) : undefined;
}

/** Keeps the result of a file if all its tests ran and passed. */
export function keepResult(folder, file, hash, { passed, failed, skipped, broken }) {
  if (failed > 0 || skipped > 0 || broken || passed === 0) return;
  mkdirSync(folder, { recursive: true });
  const place = placeOf(folder, file, hash);
  // Two runs may write at the same time.
  writeFileSync(`${place}.${process.pid}`, JSON.stringify({ passed }));
  renameSync(`${place}.${process.pid}`, place);
}

function placeOf(folder, file, hash) {
  return join(folder, `${basename(file, '.ts')}-${hash}.json`);
}

/**
 * Runs the files of a tier that do not have a kept result. A result is kept as soon as its file has ended, so that a run that is stopped
 * later has not been for nothing.
 * @param hash returns the hash of the dependencies of a file; undefined: no results are kept
 * @param within called if files must run, with an asynchronous function that runs some or all of them in an environment, also with a
 *   command that starts Jest, and the files; returns its result
 * @returns exit code, and the JSON output of Jest if it ran
 */
export async function runTier({ root, config, files, words, hash, within = (run) => run({}) }) {
  const { patterns, others, fresh, counts } = words;
  const chosen = files.filter((file) => patterns.length === 0 || patterns.some((pattern) => new RegExp(pattern, 'i').test(file)));
  if (chosen.length === 0) console.error(`no test file matches ${patterns.join(' ')}`);
  const folder = resultsFolder();
  const hashes = new Map(hash !== undefined && others.length === 0 ? chosen.map((file) => [file, hash(file)]) : []);
  const kept = fresh || process.env.VIRTWORK_TEST_FRESH === '1' ? new Map() : keptOf(folder, hashes);
  const left = chosen.filter((file) => !kept.has(file));
  const total = { passed: [...kept.values()].reduce((sum, { passed }) => sum + passed, 0), failed: 0, skipped: 0 };
  const add = ({ path, ...came }) => {
    const file = relative(root, path);
    total.passed += came.passed;
    total.failed += came.failed + (came.broken ? 1 : 0);
    total.skipped += came.skipped;
    // Keep no result for a file that was edited while it ran.
    if (hashes.has(file) && hash(file) === hashes.get(file)) keepResult(folder, file, hashes.get(file), came);
  };
  const run = (env, some = left, starter = []) =>
    jest({ root, config, env, starter, words: others.length > 0 ? others : ['--runTestsByPath', ...some] }, add);
  const { code, results, skipped = 0 } = left.length > 0 ? await within(run, left) : { code: kept.size > 0 ? 0 : 1 };
  total.skipped += skipped;
  if (code !== 0 && total.failed === 0) total.failed = 1;
  if (counts !== undefined) writeFileSync(counts, JSON.stringify(total));
  return { code, results };
}

function keptOf(folder, hashes) {
  const kept = new Map();
  for (const [file, hash] of hashes) {
    const result = keptResult(folder, file, hash);
    if (result === undefined) continue;
    kept.set(file, result);
    console.log(`kept: ${file} (${result.passed} passed, hash ${hash})`);
  }
  return kept;
}

/** Runs Jest. @param add called with the counts of each file when it has ended */
async function jest({ root, config, words, env, starter }, add) {
  const scratch = mkdtempSync(join(tmpdir(), 'virtwork-results-'));
  const file = join(scratch, 'results.json');
  const reporters = ['default', join(import.meta.dirname, 'counts-reporter.mjs')].map((name) => `--reporters=${name}`);
  const args = [join(root, 'node_modules/jest/bin/jest.js'), '-c', config, ...reporters, '--json', `--outputFile=${file}`, ...words];
  const [program, ...rest] = [...starter, process.execPath, ...args];
  // The standard output of Jest has only the path of the results. Its report is on standard error.
  const stdio = ['ignore', 'ignore', 'inherit', 'pipe'];
  const child = spawn(program, rest, { cwd: root, stdio, timeout: LONGEST, env: { ...process.env, ...env } });
  createInterface(child.stdio[3]).on('line', (line) => add(JSON.parse(line)));
  const [status] = await once(child, 'close');
  const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  rmSync(scratch, { recursive: true });
  // Without results, an error occurred before the first test, whatever the exit code is.
  return { code: results === undefined ? status || 1 : (status ?? 1), results };
}
