import { runCli } from './cli/program';

runCli(process).then((code) => {
  process.exitCode = code;
});
