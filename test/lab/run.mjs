// Boots the shipped workloads in the lab, except those with a kept result.
// With --all it runs all survival checks, one after the other, and writes a report. With --fresh it ignores kept results.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { filesIn, hashOf, withImports } from '../support/hash.mjs';
import { build, runTier, wordsOf } from '../support/tier.mjs';
import { report } from './report.mjs';

const root = join(import.meta.dirname, '../..');
const words = wordsOf(process.argv.slice(2));
const boot = 'test/lab/boot';
const files = readdirSync(join(root, boot))
  .filter((name) => name.endsWith('.boot.ts'))
  .sort()
  .map((name) => join(boot, name));

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
const qemu = /version (\S+)/.exec(spawnSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8', timeout: 60_000 }).stdout ?? '')?.[1];
const facts = { all: words.all, node: process.versions.node.split('.')[0], qemu, kvm: existsSync('/dev/kvm'), images: images() };
build(root);

function hash(file) {
  const entry = basename(file, '.boot.ts');
  const isEntry = existsSync(join(root, 'catalog', entry)) && readFileSync(join(root, file), 'utf8').includes(`booted('${entry}'`);
  const tested = [...common, ...withImports(root, file), 'test/lab/fake-api.mjs'];
  if (isEntry) return hashOf(root, [...tested, ...filesIn(root, [join('catalog', entry)])], { ...facts, rendered: rendered(entry) });
  // Tests of the lab itself: all code counts, except the code for clusters.
  const program = filesIn(root, ['src', 'build'], ['src/audit', 'src/companion', 'src/cli/companion', 'src/library']);
  return hashOf(root, [...tested, ...program, ...filesIn(root, ['catalog', 'test/fixtures/lab'])], facts);
}

/** The objects of an entry, rendered for the guest OS of the lab. */
function rendered(entry) {
  const args = [join(root, 'lib/virtwork.cjs'), 'run', '--dry-run', '--from-catalog', entry, '--guest-os', 'debian'];
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
  if (status !== 0) throw new Error(`${entry} cannot be rendered: ${stderr}`);
  return stdout;
}

/** Identifies builds of images: each build creates a file system with a new UUID, which is in the superblock. */
function images() {
  const cache = join(process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), '.cache'), 'virtwork/lab');
  return (existsSync(cache) ? readdirSync(cache) : [])
    .filter((name) => existsSync(join(cache, name, 'packages')))
    .sort()
    .map((name) => [name, superblockId(join(cache, name, 'root.img'))]);
}

function superblockId(image) {
  const id = Buffer.alloc(16);
  const file = openSync(image, 'r');
  readSync(file, id, 0, id.length, 1024 + 0x68);
  closeSync(file);
  return id.toString('hex');
}

const within = (run) => run(words.all ? { ALL_GUEST_TESTS: '1' } : {});
const { code, results } = await runTier({ root, config: 'jest.guest.config.cjs', files, words, hash, within });
if (words.all && results) {
  const file = join(root, 'docs/lab-report.md');
  const tested = [new Date().toISOString().slice(0, 10), qemu];
  writeFileSync(file, report(existsSync(file) ? readFileSync(file, 'utf8') : '', results, tested));
}
process.exitCode = code;
