import { setMaxListeners } from 'node:events';
import { EXIT } from '../errors';

/** The signals that end a command, and what the shell is told then. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** From now on signals end nothing by themselves, but are noticed. */
export function onSignals(): { readonly signal: AbortSignal; readonly code: () => number } {
  const controller = new AbortController();
  // Whatever is under way listens, which may be many.
  setMaxListeners(0, controller.signal);
  let code: number = EXIT.failed;
  for (const [signal, status] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      code = status;
      controller.abort();
    });
  }
  return { signal: controller.signal, code: () => code };
}
