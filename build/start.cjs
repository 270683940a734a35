#!/usr/bin/env node
// Starts the program with the machine code that the build kept of it, which saves a good part of the start-up.
// Code kept by another version of node is refused by node itself, and the program is compiled as usual; so is that of
// an installed package, which comes without it.
'use strict';
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const file = join(__dirname, 'main.cjs');
const cache = join(__dirname, 'main.cache');

function kept() {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

// A function of a module's variables. The build writes nothing but ASCII, which node reads fastest under this name.
const script = new Script(readFileSync(file, 'latin1'), { filename: file, cachedData: kept() });
const program = { exports: {} };
script.runInThisContext()(program.exports, createRequire(file), program, file, __dirname);

if (process.env.KEEP_MACHINE_CODE) {
  process.on('exit', () => require('node:fs').writeFileSync(cache, script.createCachedData()));
}
