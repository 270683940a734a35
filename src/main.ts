import { runCli } from './cli/program';

runCli(process).then((code) => {
  process.exitCode = code;
  // Node by itself would wait for compilations that were begun in the background and that nobody needs any more.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
});
