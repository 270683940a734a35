import { dirname } from 'node:path';

/** The folder of the project. */
export const root = dirname(import.meta.dirname);
/** Milliseconds after which a step of the build is ended. */
export const STEP_TIMEOUT = 10 * 60_000;
