import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../support/render';

const SCRIPT = join(ROOT, 'catalog/_shared/health/files/usr/local/bin/virtwork-health');

/** First line of the answer to what a client sends, which then holds its connection open. */
async function answered(request: string): Promise<string> {
  const child = spawn('bash', [SCRIPT], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => {});
  child.stdin.write(request);
  const answer = await text(child.stdout);
  child.stdin.destroy();
  return answer.split('\r\n')[0] ?? '';
}

test.concurrent.each([
  ['a whole request', 'GET /nosuch HTTP/1.1\r\nHost: a\r\n\r\n', 'HTTP/1.1 404 Not Found'],
  ['a request whose headers come late', 'GET /nosuch HTTP/1.1\r\nHost: a\r\n', 'HTTP/1.1 404 Not Found'],
  ['half a line', 'GET /heal', 'HTTP/1.1 408 Request Timeout'],
  ['another method', 'DELETE /healthz HTTP/1.1\r\n\r\n', 'HTTP/1.1 405 Method Not Allowed'],
  ['garbage', '\u0001\u0002\r\n', 'HTTP/1.1 400 Bad Request'],
])(
  '%s is answered in time',
  async (_, request, expected) => {
    expect(await answered(request)).toBe(expected);
  },
  20_000,
);
