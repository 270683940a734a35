import { connect, type Socket } from 'node:net';

/** Sends requests that no client should send, and does not wait for an answer. */
export async function garbage(port: number): Promise<void> {
  const words = [
    '\0\0\0\0',
    'GET',
    'GET / HTTP/1.1\r\n\r\n',
    `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
    'POST /healthz HTTP/1.1\r\n\r\n',
  ];
  await Promise.all(words.map((text) => said(port, text)));
}

function said(port: number, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(text));
    socket.resume();
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
  });
}

/** Keeps connections open, and sends a character from time to time. @returns a function that closes them */
export function slow(port: number, count: number): () => Promise<void> {
  const sockets = Array.from({ length: count }, (): Socket => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    return socket;
  });
  const timer = setInterval(() => sockets.forEach((socket) => void socket.write('G')), 1000);
  return async () => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
  };
}
