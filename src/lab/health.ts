import { get, type IncomingMessage } from 'node:http';
import { answerTooLarge, answerTooSlow, NOT_HEALTH, NOT_HTTP } from './messages';

/** The answer of a guest's health endpoint. */
export interface Health {
  /** HTTP status. 0: no answer. */
  readonly status: number;
  /** The body as the guest wrote it, or what is wrong with the answer. */
  readonly text: string;
  /** The answer is not one of the health endpoint. @default it is */
  readonly wrong?: true;
}

/** Limits of a whole answer. */
export interface Bounds {
  /** Milliseconds from the request to the end of the answer. @default 30 s: the guest ends an answer after 15 s, and may be slow to begin */
  readonly patience?: number;
  /** Bytes, including headers and informational responses. @default 1 MiB */
  readonly most?: number;
}

export const NO_ANSWER: Health = { status: 0, text: '' };

/**
 * Sends a request to the health endpoint of a guest, through its port on this machine. Never throws. The guest may be hostile:
 * neither the size nor the duration of its answer can block or fill this process.
 */
export function askHealth(
  port: number,
  path: '/healthz' | '/metrics' = '/healthz',
  { patience = 30_000, most = 1 << 20 }: Bounds = {},
): Promise<Health> {
  return new Promise((resolve) => {
    let bytes = 0;
    const end = (health: Health) => {
      clearTimeout(timer);
      request.destroy();
      resolve(health);
    };
    const wrong = (text: string) => end({ status: 0, text, wrong: true });
    // No agent: no connection is reused, so no part of an answer reaches the next request.
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      response.on('end', () => end(judged(response, path, text)));
      response.on('error', () => end(NO_ANSWER));
    });
    // For the whole answer: Node's own timeout is for the time between two bytes.
    const timer = setTimeout(() => {
      if (bytes === 0) end(NO_ANSWER);
      else wrong(answerTooSlow(patience / 1000));
    }, patience);
    request.on('socket', (socket) =>
      socket.on('data', ({ length }) => {
        bytes += length;
        if (bytes > most) wrong(answerTooLarge(most));
      }),
    );
    request.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code?.startsWith('HPE_')) wrong(NOT_HTTP);
      else end(NO_ANSWER);
    });
  });
}

/** Another program in the guest may use the port and answer 200. */
function judged({ statusCode = 0, headers }: IncomingMessage, path: string, text: string): Health {
  const isText = headers['content-type']?.startsWith('text/plain') === true && headers['content-encoding'] === undefined;
  const lines = text.split('\n').filter(Boolean);
  const isOk = path !== '/healthz' || (lines.length > 0 && lines.every((line) => line.startsWith('ok ')));
  if (statusCode !== 200 || (isText && isOk)) return { status: statusCode, text };
  return { status: statusCode, text: NOT_HEALTH, wrong: true };
}
