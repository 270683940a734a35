// Measures the start-up time that each trick of the build saves: builds the program without the trick, and runs both builds in turn.
// node test/bench/start-up.mjs [--pairs=25] [--command=synth] [TRICK…]

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, LAZY } from '../../build/bundle.mjs';
import { evaluate } from '../../build/evaluate.mjs';
import { keepMachineCode } from '../../build/machine-code.mjs';
import { root } from '../../build/root.mjs';
import { SWAPS } from '../../build/swaps/index.mjs';
import { swapModules } from '../../build/swaps/swap.mjs';
import { inTurn, median } from './measure.mjs';

/** A folder in the project, so that the program finds its catalog and packages. */
const FOLDER = join(root, 'node_modules/.cache/virtwork-start-up');
const START = readFileSync(join(root, 'build/start.cjs'), 'utf8');

/** For each trick, the options of a build without it. */
const WITHOUT = {
  ...Object.fromEntries(SWAPS.map((swap) => [swap.name, { swaps: SWAPS.filter((each) => each !== swap) }])),
  // libsql contains a native module, which cannot be bundled.
  'lazy packages': { external: ['libsql'] },
  'kept machine code': { keeps: false },
  'no indents': { indents: true },
  'a program for plain lines': { start: START.replace("['synth', 'run']", '[]') },
  latin1: { start: START.replace("'latin1'", "'utf8'") },
  'process.exit': { swaps: [...SWAPS, edited('src/cli/session.ts', 'process.exit(known)', 'process.exitCode = known')] },
  'parts of schemas as text': { swaps: [wholeSchemas(), ...SWAPS.filter(({ name }) => name !== 'crd-schemas')] },
  // The same build, to show the error of measurement of the figures above.
  nothing: {},
};

function wholeSchemas() {
  const path = 'src/validation/crd-schemas-data.ts';
  return swapModules('whole schemas', {
    [path]: async () => {
      const { loadSchemas } = await evaluate(path);
      return `export const loadSchemas = () => JSON.parse(${JSON.stringify(JSON.stringify(loadSchemas()))});`;
    },
  });
}

/** A swap that changes a source file. */
function edited(path, from, to) {
  return {
    name: `edited ${path}`,
    setup({ onLoad }) {
      onLoad({ filter: new RegExp(`${path}$`) }, () => {
        const text = readFileSync(join(root, path), 'utf8');
        if (!text.includes(from)) throw new Error(`${path} does not contain ${from}`);
        return { contents: text.replace(from, to), loader: 'ts', resolveDir: join(root, path, '..') };
      });
    },
  };
}

async function build(name, { swaps = SWAPS, external = LAZY, indents = false, keeps = true, start = START } = {}) {
  const dir = join(FOLDER, name.replaceAll(' ', '-'));
  mkdirSync(dir, { recursive: true });
  await bundle({ quick: join(root, 'src/quick.ts'), main: join(root, 'src/main.ts') }, {}, dir, { swaps, external, indents });
  const program = join(dir, 'virtwork.cjs');
  writeFileSync(program, start);
  if (keeps) keepMachineCode(program);
  return program;
}

function rendered(program) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'run', '--dry-run'], {
    cwd: FOLDER,
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}

const words = process.argv.slice(2);
const flag = (name, fallback) => words.find((word) => word.startsWith(`--${name}=`))?.split('=')[1] ?? fallback;
const pairs = Number(flag('pairs', 25));
const command = flag('command', 'synth').split(' ');
const chosen = words.filter((word) => !word.startsWith('--'));
const tricks = chosen.length > 0 ? chosen : Object.keys(WITHOUT);

rmSync(FOLDER, { recursive: true, force: true });
const full = await build('full');
const cwd = join(FOLDER, 'run');
mkdirSync(cwd);
const run = (program) => ({ command: process.execPath, args: [program, ...command], cwd });
console.log(`${'without'.padEnd(44)} wall ms   CPU ms   medians of ${pairs} pairs`);
for (const trick of tricks) {
  const variant = await build(trick, WITHOUT[trick]);
  if (rendered(variant) !== rendered(full)) throw new Error(`without ${trick} the program renders something else`);
  const [ours, theirs] = inTurn([run(full), run(variant)], pairs);
  const saved = (key) => (1000 * median(theirs.map((each, at) => each[key] - ours[at][key]))).toFixed(1);
  console.log(`${trick.padEnd(44)} ${saved('seconds').padStart(7)} ${saved('cpuSeconds').padStart(8)}`);
}
rmSync(FOLDER, { recursive: true, force: true });
