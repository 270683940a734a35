import { createServer, type Socket } from 'node:net';
import { askHealth, type Health } from '../../src/lab/health';

const BOUNDS = { patience: 1000, most: 64 << 10 };
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n';

/** The health of a guest that handles a connection in this way. */
async function asked(behave: (socket: Socket) => void, path: '/healthz' | '/metrics' = '/healthz'): Promise<Health> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => behave(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const start = Date.now();
  const health = await askHealth(port, path, BOUNDS);
  expect(Date.now() - start).toBeLessThan(3 * BOUNDS.patience);
  await new Promise((resolve) => server.close(resolve));
  return health;
}

/** Writes a string repeatedly, as fast as possible or with pauses, until the other side closes the connection. */
function endless(text: string, { pause = 0, after = '' } = {}): (socket: Socket) => void {
  return (socket) => {
    socket.write(after);
    const timer = setInterval(() => socket.write(text), pause);
    socket.on('close', () => clearInterval(timer));
  };
}

function says(text: string): (socket: Socket) => void {
  return (socket) => socket.end(text);
}

const WITHIN = expect.stringMatching(/did not complete its answer within 1 s/);
const MORE = expect.stringMatching(/more than 65536 bytes/);
const NO_HTTP = expect.stringMatching(/not HTTP/);
const ELSE = expect.stringMatching(/not from its health endpoint/);

test.each<[string, (socket: Socket) => void, Health]>([
  ['a healthy guest', says(`${HEAD}\r\nok   a.service: active (running)\n`), { status: 200, text: 'ok   a.service: active (running)\n' }],
  ['a failed unit', says('HTTP/1.1 503 No\r\n\r\nFAIL a.service: failed'), { status: 503, text: 'FAIL a.service: failed' }],
  ['nothing', () => {}, { status: 0, text: '' }],
  ['the end of the connection', (socket) => socket.destroy(), { status: 0, text: '' }],
])('an answer: %s', async (_, behave, expected) => {
  expect(await asked(behave)).toEqual(expected);
});

test.each<[string, (socket: Socket) => void, string]>([
  ['an endless body', endless('x'.repeat(4096), { after: `${HEAD}\r\n` }), MORE],
  ['a body that trickles', endless('ok\n', { pause: 100, after: `${HEAD}\r\n` }), WITHIN],
  ['a body shorter than its length', (socket) => void socket.write(`${HEAD}Content-Length: 9\r\n\r\nok`), WITHIN],
  ['endless chunks', endless('1\r\nx\r\n'.repeat(900), { after: `${HEAD}Transfer-Encoding: chunked\r\n\r\n` }), MORE],
  ['a huge chunk', (socket) => void socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\nfffffffffffff\r\nx`), WITHIN],
  ['endless headers', endless('a: b\r\n'.repeat(500), { after: HEAD }), NO_HTTP],
  ['headers that trickle', endless('a: b\r\n', { pause: 100, after: HEAD }), WITHIN],
  ['a status line that trickles', endless('0', { pause: 100, after: 'HTTP/1.1 20' }), NO_HTTP],
  ['endless informational responses', endless('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(200)), MORE],
  ['informational responses that trickle', endless('HTTP/1.1 100 Continue\r\n\r\n', { pause: 100 }), WITHIN],
  ['noise', says('\u0000\u001b]0;x\u0007\r\n\r\n'), NO_HTTP],
  ['HTML', says('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>ok'), ELSE],
  ['compressed text', says(`${HEAD}Content-Encoding: gzip\r\n\r\nok  `), ELSE],
  ['200 of another program', says(`${HEAD}\r\nhello\n`), ELSE],
  ['200 with a failed unit', says(`${HEAD}\r\nok   a\nFAIL b\n`), ELSE],
  ['200 with an empty body', says(`${HEAD}\r\n`), ELSE],
])('not an answer of the health endpoint: %s', async (_, behave, text) => {
  expect(await asked(behave)).toMatchObject({ text, wrong: true });
});

test('metrics have the same limits', async () => {
  expect(await asked(says(`${HEAD}\r\na 1\n`), '/metrics')).toEqual({ status: 200, text: 'a 1\n' });
  expect(await asked(says('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n'), '/metrics')).toMatchObject({ wrong: true });
});
