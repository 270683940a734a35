import { setMaxListeners } from 'node:events';
import { type ClientRequest, type IncomingMessage, type RequestOptions, get as request } from 'node:http';

/** Where a server listens: on this machine, or where a URL of http or https says. */
export type Address = { readonly port: number } | { readonly socketPath: string } | Remote;

export interface Remote {
  /** Without a path. */
  readonly origin: string;
  /** Certificates in PEM that sign that of the server. @default those of Node.js */
  readonly ca?: Buffer;
  readonly headers?: { readonly [name: string]: string };
}

/** Limits of a whole answer. */
export interface Bounds {
  /** Milliseconds from the request to the end of the answer. */
  readonly patience: number;
  /** Bytes, including headers and informational responses. */
  readonly most: number;
  /** Ends the request. @default never */
  readonly signal?: AbortSignal;
}

/** What came. Without complete headers, the status is 0, and there are no headers and no body. */
export interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly body: Buffer;
  /** Why the answer is not complete. Absent: it is. */
  readonly cut?: Cut;
  /** Code of the error, such as ECONNREFUSED. @default none */
  readonly code?: string;
}

/** silent: no byte came, or there is no connection. closed: the server ended the connection early, or the signal did. */
export type Cut = 'silent' | 'not-http' | 'slow' | 'large' | 'closed';

/**
 * Sends a request to a server. Never throws. Does not follow redirects. The server may be hostile: neither the size nor the duration of its answer can
 * block or fill this process.
 */
export function get(address: Address, path: string, { patience, most, signal }: Bounds): Promise<Answer> {
  return new Promise((resolve) => {
    let bytes = 0;
    let head: Pick<Answer, 'status' | 'headers'> = { status: 0, headers: {} };
    const pieces: Buffer[] = [];
    const end = (cut?: Cut, code?: string) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      sent.destroy();
      resolve({ ...head, body: Buffer.concat(pieces), ...(cut ? { cut } : {}), ...(code ? { code } : {}) });
    };
    const aborted = () => end('closed');
    const sent = send(address, path, (response) => {
      head = { status: response.statusCode ?? 0, headers: response.headers };
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => end());
      response.on('error', () => end('closed'));
    });
    // For the whole answer: Node's own timeout is for the time between two bytes.
    const timer = setTimeout(() => end(bytes === 0 ? 'silent' : 'slow'), patience);
    sent.on('socket', (socket) =>
      socket.on('data', ({ length }) => {
        bytes += length;
        if (bytes > most) end('large');
      }),
    );
    sent.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      end(code.startsWith('HPE_') ? 'not-http' : bytes === 0 ? 'silent' : 'closed', code);
    });
    if (signal === undefined) return;
    // Node.js would print a warning when more than ten requests share it.
    setMaxListeners(0, signal);
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
  });
}

/** Without an agent, no connection is reused, so no part of an answer reaches the next request. */
function send(address: Address, path: string, onResponse: (response: IncomingMessage) => void): ClientRequest {
  const options: RequestOptions = { path, agent: false, headers: { host: 'localhost' } };
  if ('port' in address) return request({ ...options, host: '127.0.0.1', ...address }, onResponse);
  if ('socketPath' in address) return request({ ...options, ...address }, onResponse);
  const { origin, ca, headers } = address;
  const { protocol, hostname, port, host } = new URL(origin);
  const remote = { ...options, hostname: hostname.replace(/^\[|\]$/g, ''), port, headers: { host, ...headers } };
  if (protocol !== 'https:') return request(remote, onResponse);
  const https = require('node:https') as typeof import('node:https');
  return https.get({ ...remote, ...(ca === undefined ? {} : { ca }) }, onResponse);
}
