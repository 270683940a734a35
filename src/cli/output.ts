import { writeSync } from 'node:fs';
import { UserError } from '../errors';
import { withoutSecrets } from '../text/secrets';
import { visible } from '../text/show';

/** A stream of the process; node makes it when it is first asked for. */
type Target = 'stdout' | 'stderr';

const DESCRIPTOR = { stdout: 1, stderr: 2 } as const;
const waiting: Promise<void>[] = [];
/** Their readers have gone. */
const closed = new Set<Target>();

/**
 * Writes at once, without node's stream of the target: making it takes longer than most verbs need to say what they have to. Whoever the text is
 * from, its control characters come out escaped.
 */
export function say(target: Target, text: string): void {
  put(target, shown(text));
}

/** Writes over the line that was written last. Only for a terminal. */
export function sayAgain(target: Target, text: string): void {
  put(target, `\r\u001b[K${shown(text)}`);
}

/** The text as the terminal gets it: with no secret and no control character in it, whoever quotes it. */
export function shown(text: string): string {
  return visible(withoutSecrets(text));
}

function put(target: Target, text: string): void {
  let rest = Buffer.from(text);
  try {
    while (waiting.length === 0 && rest.length > 0) rest = rest.subarray(writeSync(DESCRIPTOR[target], rest));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A reader that closes the pipe early, as `head` does, has seen enough.
    if (code === 'EPIPE') {
      closed.add(target);
      return;
    }
    if (code !== 'EAGAIN') throw unwritable(target, error);
  }
  if (rest.length > 0) waiting.push(streamed(target, rest));
}

/** Waits until the reader has taken the text; one that has gone is waited for no more. */
function streamed(target: Target, text: string | Buffer): Promise<void> {
  const stream = process[target];
  if (stream.destroyed || stream.writableEnded) return Promise.resolve();
  // Told to whoever waits for the text; without a listener it would end the process.
  if (stream.listenerCount('error') === 0) stream.on('error', () => {});
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') reject(unwritable(target, error));
      else resolve();
    });
  });
}

/** Writes a product of any size as it is: waits until the reader has taken each chunk. One that has gone gets no more. */
export async function stream(target: Target, chunks: Iterable<string>): Promise<void> {
  for (const chunk of chunks) {
    if (closed.has(target)) return;
    put(target, chunk);
    if (waiting.length > 0) await allSaid();
  }
}

/** Waits for what {@link say} had to leave to a stream, because its reader was not ready. */
export async function allSaid(): Promise<void> {
  await Promise.all(waiting);
}

function unwritable(target: Target, error: unknown): UserError {
  return new UserError([{ where: target, message: `cannot be written: ${(error as Error).message}` }]);
}
