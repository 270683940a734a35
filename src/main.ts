import { runCli } from './cli/program';
import { exitAfter } from './cli/session';

exitAfter(runCli(process));
