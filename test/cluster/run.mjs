// Runs the tests that need a cluster: in the test bed, which is built if it is missing, or with --kubeconfig FILE in another cluster.
// In the test bed it skips tests with a kept result, except with --fresh. A long test runs when it is named, and all run with --all.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { filesIn, hashOf, withImports } from '../support/hash.mjs';
import { labFacts } from '../support/lab-machine.mjs';
import { build, filesOf, runTier, wordsOf } from '../support/tier.mjs';
import { buildGuestProgram } from './guest/build.mjs';

const root = join(import.meta.dirname, '../..');
const NO_GO = 3;
/** The tests with real guests. */
const withGuests = (file) => file.startsWith('test/cluster/guests');
/** Take up to an hour. */
const LONG = ['scale', 'guests-bench', 'guests-experiment', 'guests-verify'];
/** Time limit in milliseconds, enough for all tests with --all on a slow machine. */
const LONGEST = 6 * 3_600_000;

const given = process.argv.slice(2);
const at = given.indexOf('--kubeconfig');
const words = wordsOf(at < 0 ? given : given.toSpliced(at, 2));
const files = filesOf(root, 'test/cluster', '.cluster.ts', LONG, words);

function versionOf(command, ...args) {
  return spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 }).stdout;
}

/** Parts of the program that no test of a cluster runs. */
const NOT_RUN = [
  'src/lab',
  'src/library',
  ...['lab', 'list.ts', 'new.ts', 'validate.ts', 'completion.ts'].map((name) => `src/cli/${name}`),
];

/** The hash of a test file, with all sources of the manifests and the test bed. With real guests, also the lab. */
function hasher() {
  const own = (file) => !file.endsWith('.cluster.ts') && !file.startsWith('test/cluster/guest/');
  const common = [
    ...filesIn(root, ['src', 'catalog', 'imports'], NOT_RUN),
    ...filesIn(root, ['test/cluster']).filter(own),
    ...filesIn(root, ['build']),
    ...['jest.config.cjs', 'jest.cluster.config.cjs', 'package-lock.json'],
    ...filesIn(root, ['test/support']).filter((file) => file.endsWith('.cjs')),
  ];
  const facts = {
    ...{ all: words.all, node: process.versions.node.split('.')[0], go: versionOf('go', 'env', 'GOVERSION') },
    kubectl: versionOf('kubectl', 'version', '--client'),
  };
  const guests = {
    files: ['build.mjs', 'prepare.ts'].flatMap((name) => withImports(root, `test/cluster/guest/${name}`)),
    facts: labFacts(),
  };
  return (file) => {
    // Some tests compare a table of the docs with answers of the server.
    const docs = /\bdocumented\(/.test(readFileSync(join(root, file), 'utf8')) ? ['docs/validation.md'] : [];
    const more = withGuests(file) ? guests : { files: [], facts: {} };
    return hashOf(root, [...common, ...docs, ...more.files, ...withImports(root, file)], { ...facts, ...more.facts });
  };
}

/** Why this machine cannot run real guests. @returns undefined when it can */
function noGuests() {
  const { qemu, images } = labFacts();
  if (qemu === undefined) return 'QEMU is not installed';
  if (images.length === 0) return 'there is no image; run "node lib/virtwork.cjs lab image build"';
  return noNetwork();
}

const isRoot = process.getuid() === 0;

/** Why this user cannot create a network namespace. @returns undefined when it can */
function noNetwork() {
  const user = isRoot ? [] : ['--map-root-user'];
  const { status } = spawnSync('unshare', ['--net', ...user, 'ip', 'link', 'set', 'lo', 'up'], { timeout: 60_000 });
  return status === 0 ? undefined : 'this user cannot create a network with unshare and ip';
}

/** Arguments of the test bed, variables of the tests, and the command that starts them in the network of the bed with this process ID. */
const PLAIN = { args: [], env: {}, within: () => [] };

/** The command that starts a program in the network of the bed, where tests answer at the addresses of pods and Prometheus reads the guests. */
function within(pid) {
  const user = isRoot ? [] : ['--user', '--preserve-credentials'];
  return ['nsenter', `--target=${pid}`, ...user, '--net', '--'];
}

function simulatedGuests() {
  const why = noNetwork();
  if (why !== undefined) {
    console.error(`skipped: the tests of results, because ${why}`);
    return PLAIN;
  }
  return { args: ['--own-network'], env: { TEST_NETWORK: '1' }, within };
}

async function realGuests(scratch) {
  const why = noGuests();
  if (why !== undefined) {
    console.error(`skipped: the tests with real guests, because ${why}`);
    return PLAIN;
  }
  const program = join(scratch, 'prepare');
  await buildGuestProgram(program);
  return { args: ['--guests', program], env: { TEST_GUESTS: '1' }, within };
}

/** Runs the tests in the test bed, which is built if it is missing. Tests with real guests run in a test bed of their own. */
async function inBeds(run, left) {
  const built = spawnSync(join(root, 'test/cluster/build.sh'), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LONGEST,
  });
  if (built.status === NO_GO) {
    console.error('skipped: the tests that need a cluster, for the test bed is built with Go');
    return { code: 0, skipped: 1 };
  }
  if (built.status !== 0) return { code: 1 };
  build(root);
  const scratch = mkdtempSync(join(tmpdir(), 'vw-bed-'));
  // Arguments for Jest choose the files themselves.
  const isChosen = words.others.length > 0;
  const beds = isChosen ? [words.others.some((word) => word.includes('guests'))] : [false, true];
  const ended = [];
  for (const forGuests of beds) {
    const some = isChosen ? left : left.filter((file) => withGuests(file) === forGuests);
    if (some.length === 0) continue;
    const guests = forGuests ? await realGuests(scratch) : simulatedGuests();
    ended.push(await inBed(join(built.stdout.trim(), 'bed'), join(scratch, 'bed'), guests, (env, within) => run(env, some, within)));
  }
  rmSync(scratch, { recursive: true });
  const testResults = ended.flatMap(({ results }) => results?.testResults ?? []);
  return { code: Math.max(...ended.map(({ code }) => code)), results: { testResults } };
}

/** Runs tests in a test bed. */
async function inBed(program, dir, guests, run) {
  const bed = spawn(program, ['up', '--dir', dir, '--stdin', ...guests.args], { stdio: ['pipe', 'pipe', 'inherit'], timeout: LONGEST });
  const ended = new Promise((resolve) => bed.on('close', resolve));
  const ready = new Promise((resolve) => createInterface(bed.stdout).on('line', (line) => line.startsWith('ready ') && resolve(true)));
  const isUp = (await Promise.race([ready, ended])) === true;
  const bedEnv = { ...env, ...guests.env, KUBECONFIG: join(dir, 'kubeconfig.admin'), TEST_BED: dir };
  const result = isUp ? await run(bedEnv, guests.within(bed.pid)) : { code: 1 };
  bed.stdin.end();
  await ended;
  return result;
}

const env = words.all ? { ALL_CLUSTER_TESTS: '1' } : {};
const tier = { root, config: 'jest.cluster.config.cjs', files, words };
const elsewhere = (run) => {
  build(root);
  return run({ ...env, KUBECONFIG: given[at + 1] });
};
const { code } = await runTier(at < 0 ? { ...tier, hash: hasher(), within: inBeds } : { ...tier, within: elsewhere });
process.exitCode = code;
