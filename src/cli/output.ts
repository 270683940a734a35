import { writeSync } from 'node:fs';
import { UserError } from '../errors';
import { withoutSecrets } from '../text/secrets';
import { visible } from '../text/show';
import { streamNotWritten } from './messages';

/** A stream of the process; node creates it at its first use. */
type Target = 'stdout' | 'stderr';

const DESCRIPTOR = { stdout: 1, stderr: 2 } as const;
const waiting: Promise<void>[] = [];
/** Targets whose reader has closed the pipe. */
const closed = new Set<Target>();

/**
 * Writes at once, without node's stream of the target, whose creation takes longer than most verbs take to print their result. Control characters
 * are escaped.
 */
export function say(target: Target, text: string): void {
  put(target, shown(text));
}

/** Replaces the last line. Only for a terminal. */
export function sayAgain(target: Target, text: string): void {
  put(target, `\r\u001b[K${shown(text)}`);
}

/**
 * Replaces lines that were drawn before, without an empty moment between. Only for a terminal.
 * @param lines with escape sequences of their own; other control characters must be escaped already
 * @param drawn number of lines before
 */
export function redraw(lines: readonly string[], drawn: number): void {
  const up = drawn > 0 ? `\u001b[${drawn}F` : '';
  put('stdout', `${up}${lines.map((line) => `${withoutSecrets(line)}\u001b[K\n`).join('')}\u001b[J`);
}

/** The text as it is printed: without secrets, and with control characters escaped. */
export function shown(text: string): string {
  return visible(withoutSecrets(text));
}

function put(target: Target, text: string | Buffer): void {
  let rest = Buffer.from(text as string);
  try {
    while (waiting.length === 0 && rest.length > 0) rest = rest.subarray(writeSync(DESCRIPTOR[target], rest));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A reader may close the pipe early, as `head` does; that is no error.
    if (code === 'EPIPE') {
      closed.add(target);
      return;
    }
    if (code !== 'EAGAIN') throw unwritable(target, error);
  }
  if (rest.length > 0) waiting.push(streamed(target, rest));
}

/** Whether its reader has closed the pipe: what is printed from now on is lost. */
export function isClosed(target: Target): boolean {
  return closed.has(target);
}

/** Waits until the reader has taken the text, or has closed the pipe. */
function streamed(target: Target, text: string | Buffer): Promise<void> {
  const stream = process[target];
  if (stream.destroyed || stream.writableEnded) return Promise.resolve();
  // The callback of write reports the error; without a listener node would end the process.
  if (stream.listenerCount('error') === 0) stream.on('error', () => {});
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      const isGone = (error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE';
      if (isGone) closed.add(target);
      if (error && !isGone) reject(unwritable(target, error));
      else resolve();
    });
  });
}

/** Writes a result of any size unchanged. Waits until the reader has taken each chunk, and stops when it has closed the pipe. */
export async function stream(target: Target, chunks: Iterable<string | Buffer>): Promise<void> {
  for (const chunk of chunks) {
    if (closed.has(target)) return;
    put(target, chunk);
    if (waiting.length > 0) await allSaid();
  }
}

/** Waits for the texts that {@link say} passed to a stream because the reader was not ready. */
export async function allSaid(): Promise<void> {
  await Promise.all(waiting);
}

function unwritable(target: Target, error: unknown): UserError {
  return new UserError([{ where: target, message: streamNotWritten((error as Error).message) }]);
}
