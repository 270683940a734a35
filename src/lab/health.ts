import { get, type IncomingMessage } from 'node:http';

/** What a guest says of itself. */
export interface Health {
  /** HTTP status; 0: nobody answers. */
  readonly status: number;
  /** The answer, as the guest wrote it; or what is wrong with it. */
  readonly text: string;
  /** What came is not an answer of the health endpoint, whatever its status is. @default it is */
  readonly wrong?: true;
}

/** What an answer may take, in all. */
export interface Bounds {
  /** Milliseconds from the question to the end of the answer. @default 30 s: the guest ends an answer after 15, and may be slow to begin */
  readonly patience?: number;
  /** Bytes that are read, headers and informational responses included. @default 1 MiB */
  readonly most?: number;
}

/** Nobody answers. */
export const NOBODY: Health = { status: 0, text: '' };

/**
 * Asks a guest, through the port of this machine that leads to it. Never throws. The guest may be hostile: neither what it sends nor
 * how slowly it does so holds up or fills this process.
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
    // No agent: nothing of one answer is left over for the next question.
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      response.on('end', () => end(judged(response, path, text)));
      response.on('error', () => end(NOBODY));
    });
    // The whole: the timeout of Node's is one between two bytes.
    const timer = setTimeout(() => {
      if (bytes === 0) end(NOBODY);
      else wrong(`the guest has not ended its answer within ${patience / 1000} s`);
    }, patience);
    request.on('socket', (socket) =>
      socket.on('data', ({ length }) => {
        bytes += length;
        if (bytes > most) wrong(`the guest answers with more than ${most} bytes`);
      }),
    );
    request.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code?.startsWith('HPE_')) wrong('the guest answers something that is not HTTP');
      else end(NOBODY);
    });
  });
}

/** Something else in the guest may have taken the port, and say 200. */
function judged({ statusCode = 0, headers }: IncomingMessage, path: string, text: string): Health {
  const isText = headers['content-type']?.startsWith('text/plain') === true && headers['content-encoding'] === undefined;
  const lines = text.split('\n').filter(Boolean);
  const isOk = path !== '/healthz' || (lines.length > 0 && lines.every((line) => line.startsWith('ok ')));
  if (statusCode !== 200 || (isText && isOk)) return { status: statusCode, text };
  return { status: statusCode, text: 'the guest answers something else than its health endpoint does', wrong: true };
}
