import { allSaid } from './cli/output';
import { runCli } from './cli/program';

runCli(process).then(async (code) => {
  await allSaid();
  // Without this, node waits for compilations in the background whose results are not needed any more.
  process.exit(code);
});
