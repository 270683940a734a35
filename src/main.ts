import { allSaid } from './cli/output';
import { runCli } from './cli/program';

runCli(process).then(async (code) => {
  await allSaid();
  // Node by itself would wait for compilations that were begun in the background and that nobody needs any more.
  process.exit(code);
});
