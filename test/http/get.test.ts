import events from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Answer, get } from '../../src/http/get';
import { tempDir } from '../support/render';

const BOUNDS = { patience: 1000, most: 64 << 10 };
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n';

/** The answer of a server that handles a connection in this way, on a Unix socket. */
async function asked(behave: (socket: Socket, request: string) => void, signal?: AbortSignal): Promise<Answer> {
  const socketPath = join(tempDir(), 's');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (request) => behave(socket, String(request)));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const answer = await get({ socketPath }, '/results', { ...BOUNDS, ...(signal ? { signal } : {}) });
  await new Promise((resolve) => server.close(resolve));
  return answer;
}

test('an answer with its bytes', async () => {
  const bytes = Buffer.from([0, 255, 31, 139]);
  const answer = await asked((socket) => socket.end(Buffer.concat([Buffer.from(`${HEAD}\r\n`), bytes])));
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/plain' }, body: bytes });
  expect(answer.cut).toBeUndefined();
});

test('any number of requests may share a signal: Node.js prints no warning', async () => {
  const { signal } = new AbortController();
  const limit = jest.spyOn(events, 'setMaxListeners');
  await asked((socket) => socket.end(`${HEAD}\r\n`), signal);
  expect(limit).toHaveBeenCalledWith(0, signal);
});

test('asks for localhost, which kubectl proxy requires', async () => {
  let sent = '';
  await asked((socket, request) => {
    sent = request;
    socket.end(`${HEAD}\r\n`);
  });
  expect(sent).toMatch(/^GET \/results HTTP\/1\.1\r\nhost: localhost\r\n/);
});

test.each<[string, (socket: Socket) => void, Partial<Answer>]>([
  ['nothing', () => {}, { status: 0, cut: 'silent' }],
  ['the end of the connection', (socket) => socket.destroy(), { status: 0, cut: 'silent' }],
  ['half of the headers', (socket) => void socket.write('HTTP/1.1 200 OK\r\n'), { status: 0, cut: 'slow' }],
  [
    'half of the body',
    (socket) => socket.end(`${HEAD}Content-Length: 9\r\n\r\nhalf`),
    { status: 200, cut: 'closed', body: Buffer.from('half') },
  ],
  [
    'a body that stops',
    (socket) => void socket.write(`${HEAD}Content-Length: 9\r\n\r\nhalf`),
    { status: 200, cut: 'slow', body: Buffer.from('half') },
  ],
  ['noise', (socket) => socket.end('noise\r\n\r\n'), { status: 0, cut: 'not-http' }],
])('%s', async (_, behave, expected) => {
  expect(await asked(behave)).toMatchObject(expected);
});

test('of a body that is too large, what fits is there', async () => {
  const { status, body, cut } = await asked((socket) => socket.end(`${HEAD}\r\n${'x'.repeat(1 << 20)}`));
  expect({ status, cut, isCut: body.length > 0 && body.length < 1 << 20 }).toEqual({ status: 200, cut: 'large', isCut: true });
});

test('no server', async () => {
  expect(await get({ socketPath: join(tempDir(), 'none') }, '/', BOUNDS)).toMatchObject({ status: 0, cut: 'silent', code: 'ENOENT' });
});

test('a signal ends the request', async () => {
  const controller = new AbortController();
  expect(await asked(() => controller.abort(), controller.signal)).toMatchObject({ status: 0, cut: 'closed' });
  expect(await get({ port: 1 }, '/', { ...BOUNDS, signal: AbortSignal.abort() })).toMatchObject({ status: 0, cut: 'closed' });
});
