// Builds lib/: the program as one file, which starts several times faster than its modules one by one, and the library.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { bundle, checkSwaps } from './bundle.mjs';
import { evaluate } from './evaluate.mjs';
import { keepMachineCode } from './machine-code.mjs';
import { root, STEP_TIMEOUT } from './root.mjs';
import { billOfMaterials, bundledPackages, notices } from './third-party.mjs';

const lib = join(root, 'lib');
const require = createRequire(import.meta.url);

rmSync(lib, { recursive: true, force: true });
mkdirSync(lib);
const contents = await bundle(
  { quick: join(root, 'src/quick.ts'), main: join(root, 'src/main.ts') },
  { app: join(root, 'src/app.ts') },
  lib,
);
checkSwaps();
writeProgram();
await writeSchemas();
writeThirdParty(contents);
writeLibrary();

function writeProgram() {
  const program = join(lib, 'virtwork.cjs');
  cpSync(join(root, 'build/start.cjs'), program);
  chmodSync(program, 0o755);
  keepMachineCode(program);
}

/** For editors, the JSON Schemas of virtwork.yaml and of experiments; for programs, those of a record, of the state before it and of the plan and the results of an experiment. */
async function writeSchemas() {
  const { configSchema } = await evaluate('src/options/schema.ts');
  const { experimentSchema } = await evaluate('src/experiment/schema.ts');
  for (const [name, schema] of Object.entries({ virtwork: configSchema(), experiment: experimentSchema() })) {
    writeFileSync(join(lib, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
  }
  for (const path of [
    'results/result.schema.json',
    'results/state.schema.json',
    'experiment/plan.schema.json',
    'report/results.schema.json',
    'verify/truth.schema.json',
    'verify/verification.schema.json',
  ]) {
    cpSync(join(root, 'src', path), join(lib, basename(path)));
  }
}

function writeThirdParty(metafiles) {
  const bundled = bundledPackages(metafiles);
  writeFileSync(join(lib, 'THIRD-PARTY-NOTICES.txt'), notices(root, bundled));
  writeFileSync(join(lib, 'sbom.cdx.json'), billOfMaterials(root, bundled));
}

function writeLibrary() {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
    timeout: STEP_TIMEOUT,
    killSignal: 'SIGKILL',
  });
}
