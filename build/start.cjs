#!/usr/bin/env node
// Starts the program for the command line: quick.cjs for plain lines of synth and run, which is smaller, or main.cjs, with the machine code that
// the build kept of it, which saves a good part of the start-up. Code kept by another version of node is refused by node itself, and the program
// is compiled as usual; so is that of an installed package, which comes without it.
'use strict';
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

function start(name) {
  const file = join(__dirname, `${name}.cjs`);
  const cache = join(__dirname, `${name}.cache`);
  // A function of a module's variables. The build writes nothing but ASCII, which node reads fastest under this name.
  const script = new Script(readFileSync(file, 'latin1'), { filename: file, cachedData: kept(cache) });
  if (process.env.KEEP_MACHINE_CODE) {
    process.on('exit', () => require('node:fs').writeFileSync(cache, script.createCachedData()));
  }
  const program = { exports: {} };
  script.runInThisContext()(program.exports, createRequire(file), program, file, __dirname);
  return program.exports;
}

function kept(cache) {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

const mayBeQuick = ['synth', 'run'].includes(process.argv[2]);
if (!mayBeQuick || !start('quick').isQuick) start('main');
