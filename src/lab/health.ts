import { get } from 'node:http';

/** What a guest says of itself. */
export interface Health {
  /** HTTP status; 0: nobody answers. */
  readonly status: number;
  readonly text: string;
}

/** Milliseconds without a byte. */
const PATIENCE = 15_000;
/** Milliseconds for the whole answer: a guest may send one byte at a time. */
const LONGEST = 60_000;
/** Characters that are read of an answer; its status holds also when there are more. */
const MOST = 1 << 20;

/** Asks a guest, through the port of this machine that leads to it. Never throws. */
export function askHealth(port: number, path: '/healthz' | '/metrics' = '/healthz'): Promise<Health> {
  return new Promise((resolve) => {
    const silent = () => resolve({ status: 0, text: '' });
    const request = get({ host: '127.0.0.1', port, path, timeout: PATIENCE, signal: AbortSignal.timeout(LONGEST) }, (response) => {
      let text = '';
      const answered = () => resolve({ status: response.statusCode ?? 0, text: text.slice(0, MOST) });
      response.setEncoding('utf8');
      response.on('data', (piece) => {
        text += piece;
        if (text.length <= MOST) return;
        answered();
        request.destroy();
      });
      response.on('end', answered);
      response.on('error', silent);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', silent);
  });
}
