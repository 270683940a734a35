import { EXIT } from '../errors';
import type { Context } from './context';
import { quickAction, quickArgs } from './quick';
import { type Action, type Process, runAction } from './session';

/** The first argument of a call by a completion script; the words of the command line follow. */
const COMPLETE = '__complete';

/** Runs the command line of a process. @returns the exit code */
export function runCli(process: Process): Promise<number> {
  return runAction((context) => actionOf(process.argv.slice(2))(context), process);
}

function actionOf(argv: readonly string[]): Action {
  if (argv[0] === COMPLETE) return (context) => completed(argv.slice(1), context);
  return quickAction(argv) ?? quickExperiment(argv) ?? parsed(argv);
}

async function completed(words: readonly string[], context: Context): Promise<number> {
  const { complete } = require('./complete') as typeof import('./complete');
  context.out(await complete(words, context));
  return EXIT.done;
}

/** An experiment is rendered without the parser too. */
function quickExperiment([first, second, ...words]: readonly string[]): Action | undefined {
  if (first !== 'experiment' || second !== 'synth') return undefined;
  const { synth } = require('./experiment/synth') as typeof import('./experiment/synth');
  const args = quickArgs(synth, words);
  return args && ((context) => synth.run(args, context));
}

function parsed(argv: readonly string[]): Action {
  const { parse } = require('./parse') as typeof import('./parse');
  return (context) => parse(argv, context);
}
