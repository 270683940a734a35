// Builds the program that prepares the disks of a real guest, as one executable file: node build.mjs FILE
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

export async function buildGuestProgram(file) {
  await build({
    entryPoints: [join(import.meta.dirname, 'prepare.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node20',
    // The test bed runs its parts with a short PATH.
    banner: { js: `#!${process.execPath}` },
    logLevel: 'warning',
  });
  chmodSync(file, 0o755);
}

if (process.argv[1] === import.meta.filename) await buildGuestProgram(process.argv[2]);
