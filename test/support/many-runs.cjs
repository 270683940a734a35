// Runs the built program many times in one process, each time as from a shell. Starting Node.js takes longer than most runs.
// It reads cases from a JSON file, {words, cwd, env}, and prints a line of JSON for each case, {code, output, milliseconds}.
'use strict';
const fs = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { Script } = require('node:vm');

const file = join(__dirname, '../../lib/main.cjs');
const script = new Script(fs.readFileSync(file, 'latin1'), { filename: file });
const write = fs.writeSync;
const { exit } = process;
process.setMaxListeners(0);

/** CPU time, which does not depend on other programs of this machine. */
function spent(before) {
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1000);
}

/** Every run loads its own modules. */
function run({ words, cwd, env }) {
  const pieces = [];
  fs.writeSync = (descriptor, bytes, ...rest) => {
    if (descriptor !== 1 && descriptor !== 2) return write(descriptor, bytes, ...rest);
    pieces.push(Buffer.from(bytes));
    return Buffer.byteLength(bytes);
  };
  process.chdir(cwd);
  process.argv = [process.execPath, 'virtwork', ...words];
  process.env = { PATH: process.env.PATH, HOME: cwd, ...env };
  const before = process.cpuUsage();
  return new Promise((done) => {
    process.exit = (code) => {
      fs.writeSync = write;
      done({ code, output: Buffer.concat(pieces).toString('utf8'), milliseconds: spent(before) });
    };
    const program = { exports: {} };
    script.runInThisContext()(program.exports, createRequire(file), program, file, join(file, '..'));
  });
}

async function main() {
  for (const each of JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))) {
    const line = `${JSON.stringify(await run(each))}\n`;
    await new Promise((written) => process.stdout.write(line, written));
  }
  exit(0);
}

main();
