import { EXIT } from '../errors';

/** Signals that interrupt a command, and the exit codes that shells use for them. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Handles these signals from now on: they abort the returned signal, and do not end the process.
 * @returns the signal, and the exit code that goes with what was received
 */
export function onSignals(): { readonly signal: AbortSignal; readonly code: () => number } {
  const controller = new AbortController();
  let code: number = EXIT.failed;
  for (const [signal, status] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      code = status;
      controller.abort();
    });
  }
  return { signal: controller.signal, code: () => code };
}
