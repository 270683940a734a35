import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askHealth } from '../../src/lab/health';

let server: Server | undefined;

/** A guest that answers so, and the port that leads to it. */
async function guest(answer: RequestListener): Promise<number> {
  server = createServer(answer);
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

test('what a guest says, with its status', async () => {
  const port = await guest((_, response) => response.writeHead(503).end('failed x.service'));
  expect(await askHealth(port)).toEqual({ status: 503, text: 'failed x.service' });
});

test('of an answer without an end the beginning', async () => {
  const port = await guest((_, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  const { status, text } = await askHealth(port);
  expect([status, text.length]).toEqual([200, 1 << 20]);
});

test.each<[string, RequestListener]>([
  ['that breaks off', (_, response) => void response.writeHead(200, { 'content-length': 100 }).write('a', () => response.destroy())],
  ['that is no HTTP', (request) => void request.socket.end('\u001b[2J\0\xff')],
  ['with endless headers', (request) => void request.socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1 << 20)}`)],
])('an answer %s is none', async (_, answer) => {
  expect(await askHealth(await guest(answer))).toEqual({ status: 0, text: '' });
});
