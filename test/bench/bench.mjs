// Measures time and peak memory of whole processes, and prints each target next to the measured value. Exits with 1 if a target is missed.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, medians, once } from './measure.mjs';
import { dumpAll, loadAll } from './yaml.mjs';

const root = join(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);
const node = process.execPath;
const scratch = mkdtempSync(join(tmpdir(), 'virtwork-bench-'));
process.env.TMPDIR = scratch; // also for the measured processes
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
writeFileSync(join(scratch, 'empty.js'), '');

/** Number of VMs of `--workloads all` for each unit of vm-count. */
const ROLES = 11;
const rows = [];
let missed = 0;
/** Exit code when a target was missed, which is not an error of the benchmark. */
const MISSED = 3;

function target(what, limit, measured, unit = '×') {
  const ok = measured <= limit;
  if (!ok) missed += 1;
  rows.push([ok ? 'ok' : 'MISSED', what, `≤ ${limit}${unit}`, `${measured.toFixed(measured < 10 ? 2 : 0)}${unit}`]);
}

function folder(name, config) {
  const dir = join(scratch, name);
  mkdirSync(dir);
  writeFileSync(join(dir, 'virtwork.yaml'), config);
  return dir;
}

/** A configuration of all nine workloads with about this number of VMs. */
function all(vms) {
  const names = ['cpu', 'memory', 'disk', 'database', 'network', 'tps', 'chaos-disk', 'chaos-network', 'chaos-process'];
  const count = Math.max(1, Math.round(vms / ROLES));
  return `workloads:\n${names.map((name) => `  ${name}: {vm_count: ${count}}\n`).join('')}`;
}

const empty = { command: node, args: [join(scratch, 'empty.js')], cwd: scratch };
const ours = (cwd) => ({ command: node, args: [join(root, 'lib/virtwork.cjs'), 'synth'], cwd });
const dryRun = (cwd) => ({ ...ours(cwd), args: [join(root, 'lib/virtwork.cjs'), 'run', '--dry-run'] });
const stock = (cwd) => ({ command: node, args: [join(root, 'test/bench/stock-app.cjs')], cwd, env: { CDK8S_OUTDIR: join(cwd, 'stock') } });
const installed = (...args) => ({ command: 'npx', args: ['--no', '--prefix', root, ...args] });
const stockCli = (cwd) => {
  const app = `${node} ${join(root, 'test/bench/stock-app.cjs')}`;
  return { ...installed('cdk8s', 'synth', '--check-upgrade=false', '--app', app, '--output', join(cwd, 'stock-cli')), cwd };
};

console.error('start-up …');
const defaults = folder('default', '');
const [nothing, small, dry] = medians([empty, ours(defaults), dryRun(defaults)], 25);
const [again, cli] = medians([ours(defaults), stockCli(defaults)], 3);
target('default set: virtwork synth / npx --no cdk8s synth', 0.25, again.seconds / cli.seconds);
target('default set: virtwork synth / empty node process', 1.8, small.seconds / nothing.seconds);
target('default set: virtwork run --dry-run / empty node process', 1.8, dry.seconds / nothing.seconds);
target('default set: virtwork run --dry-run / virtwork synth', 1.1, dry.seconds / small.seconds);

console.error('scale …');
const sizes = [11, 100, 1000, 10_000];
const scale = new Map();
for (const size of sizes) {
  const dir = folder(`all-${size}`, all(size));
  const [base, mine] = medians([empty, ours(dir)], 5);
  // It takes many times as long, far from each target: it is measured only once.
  scale.set(size, { base, mine, theirs: once(stock(dir)) });
}
const large = scale.get(10_000);
target('10 000 VMs: virtwork synth / stock App.synth', 0.3, large.mine.seconds / large.theirs.seconds);
target('10 000 VMs: virtwork synth / empty node process', 15, large.mine.seconds / large.base.seconds);
target('time(10 000) / time(1 000)', 11, large.mine.seconds / scale.get(1000).mine.seconds);
target('10 000 VMs: peak memory / stock', 0.5, large.mine.mebibytes / large.theirs.mebibytes);

console.error('more than 100 000 objects …');
const huge = once(ours(folder('all-99990', all(99_990))));
rows.push(['ok', '99 990 VMs', 'does not crash', `${huge.seconds.toFixed(2)} s, ${huge.mebibytes.toFixed(0)} MiB`]);

console.error('experiments …');
const [hundred, thousands] = [5, 25].map(experiment);
target('10 000 trials in 500 groups: virtwork experiment synth', 2, thousands, ' s');
target('time(500 groups) / time(100 groups)', 5.5, thousands / hundred);

console.error('kustomize …');
const base = join(scratch, 'all-1000', 'dist');
const naive = secretPerVm(base);
const [shared, perVm] = [base, naive].map((dir) => once({ command: 'kubectl', args: ['kustomize', dir], cwd: scratch }));
target('1 000 VMs: kubectl kustomize / with a Secret per VM', 0.35, shared.seconds / perVm.seconds);

console.error('schema check …');
target('11 VMs: schemas loaded and every object checked', 10, await schemaMilliseconds(), ' ms');

const runtime = Object.entries(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages).filter(
  ([path, { dev }]) => path && !dev,
);
const heavy = runtime.filter(([path]) => /cdk8s-cli|jsii/.test(path)).length;
target(`run-time install: ${runtime.length} packages, of these cdk8s-cli and jsii`, 0, heavy, '');

print();
process.exitCode = missed ? MISSED : 0;

/** Seconds in which the base of each group of a new experiment is written: 20 groups for each count of VMs, with 20 trials each. */
function experiment(counts) {
  const numbers = (length) => Array.from({ length }, (_, index) => index + 1);
  const dir = folder(`experiment-${counts}`, '');
  const axes = [
    `vm_count: [${numbers(counts)}]`,
    `memory: [${numbers(20).map((each) => `${2048 + 64 * each}Mi`)}]`,
    'block-size: [4k, 8k, 64k, 1m]',
  ];
  writeFileSync(join(dir, 'scale.yaml'), `workload: fio-bench\nrepeats: 5\nmatrix:\n${axes.map((axis) => `  ${axis}\n`).join('')}`);
  // Into new folders: for minutes after many files were deleted, ext4 takes several times as long to create some.
  const synth = (folder) => {
    const args = [join(root, 'lib/virtwork.cjs'), 'experiment', 'synth', 'scale.yaml', '--output-dir', folder];
    return once({ command: node, args, cwd: dir }).seconds;
  };
  return median(['first', 'second', 'third'].map(synth));
}

/**
 * The layout of a generator that renders VM by VM: the same VMs, each with its own Secret. References to the Secrets use
 * nameReference, the standard method of kustomize.
 */
function secretPerVm(dir) {
  const target = join(scratch, 'secret-per-vm');
  cpSync(dir, target, { recursive: true });
  for (const name of readdirSync(target).filter((each) => !/^(namespace|kustom)/.test(each))) {
    const objects = loadAll(readFileSync(join(target, name), 'utf8'));
    const secrets = new Map(objects.filter((each) => each.kind === 'Secret').map((each) => [each.metadata.name, each]));
    const others = objects
      .filter((each) => each.kind !== 'Secret')
      .flatMap((each) => {
        if (each.kind !== 'VirtualMachine') return [each];
        const { cloudInitNoCloud } = each.spec.template.spec.volumes.find((volume) => volume.cloudInitNoCloud);
        const secret = structuredClone(secrets.get(cloudInitNoCloud.secretRef.name));
        secret.metadata.name = `${each.metadata.name}-cloudinit`;
        cloudInitNoCloud.secretRef.name = secret.metadata.name;
        return [secret, each];
      });
    writeFileSync(join(target, name), dumpAll(others));
  }
  const config = join(target, 'kustomizeconfig.yaml');
  const path = 'spec/template/spec/volumes/cloudInitNoCloud/secretRef/name';
  const [{ namePrefix, nameSuffix, ...others }] = loadAll(readFileSync(config, 'utf8'));
  const inNames = (specs) => specs.filter((each) => each.path !== path.replace('volumes', 'volumes[]'));
  const nameReference = [{ kind: 'Secret', version: 'v1', fieldSpecs: [{ path, kind: 'VirtualMachine' }] }];
  writeFileSync(config, dumpAll([{ nameReference, ...others, namePrefix: inNames(namePrefix), nameSuffix: inNames(nameSuffix) }]));
  return target;
}

/** Milliseconds of the schema check, in a separate process that starts like the program. */
async function schemaMilliseconds() {
  const { bundle } = await import('../../build/bundle.mjs');
  const dir = join(scratch, 'check');
  await bundle({ main: join(root, 'test/bench/check-objects.ts') }, {}, dir);
  cpSync(join(root, 'build/start.cjs'), join(dir, 'start.cjs'));
  const dist = join(scratch, 'all-11', 'dist');
  const objects = readdirSync(dist)
    .filter((each) => !/^kustom/.test(each))
    .flatMap((each) => loadAll(readFileSync(join(dist, each), 'utf8')));
  writeFileSync(join(dir, 'objects.json'), JSON.stringify(objects));
  const run = (env) =>
    Number(
      execFileSync(node, [join(dir, 'start.cjs'), join(dir, 'objects.json')], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
        timeout: 60_000,
        killSignal: 'SIGKILL',
      }),
    );
  run({ KEEP_MACHINE_CODE: '1' });
  return median(Array.from({ length: 9 }, () => run({})));
}

function print() {
  const show = ({ seconds, mebibytes }) => `${(seconds * 1000).toFixed(0).padStart(6)} ms ${mebibytes.toFixed(0).padStart(5)} MiB`;
  console.log(
    `node ${process.version}, cdk8s ${require('cdk8s/package.json').version}; whole processes, medians of several runs, and one run of stock App.synth\n`,
  );
  console.log(
    `empty node process        ${show(nothing)}\ndefault set               ${show(small)}\nthe same, run --dry-run   ${show(dry)}\nnpx --no cdk8s synth      ${(cli.seconds * 1000).toFixed(0).padStart(6)} ms\n`,
  );
  console.log('VMs          virtwork synth          stock App.synth');
  for (const [size, { mine, theirs }] of scale) console.log(`${String(size).padEnd(8)} ${show(mine)}   ${show(theirs)}`);
  console.log('');
  for (const [verdict, what, limit, measured] of rows)
    console.log(`${verdict.padEnd(7)} ${what.padEnd(62)} ${limit.padEnd(15)} ${measured}`);
}
