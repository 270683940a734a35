import { quickAction } from './cli/quick';
import { exitAfter, runAction } from './cli/session';

const action = quickAction(process.argv.slice(2));

/** Whether this program runs the command line; else main.ts does. */
export const isQuick = action !== undefined;

if (action) exitAfter(runAction(action, process));
