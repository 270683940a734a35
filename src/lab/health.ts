import { get } from 'node:http';

/** What a guest says of itself. */
export interface Health {
  /** HTTP status; 0: nobody answers. */
  readonly status: number;
  readonly text: string;
}

const PATIENCE = 15_000;

/** Asks a guest, through the port of this machine that leads to it. Never throws. */
export function askHealth(port: number, path: '/healthz' | '/metrics' = '/healthz'): Promise<Health> {
  return new Promise((resolve) => {
    const silent = () => resolve({ status: 0, text: '' });
    const request = get({ host: '127.0.0.1', port, path, timeout: PATIENCE }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece) => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', silent);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', silent);
  });
}
