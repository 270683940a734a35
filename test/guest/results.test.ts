import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { outputOf } from '../support/run';
import { TrialGuest } from '../support/trial-guest';
import { member, record, state } from '../support/trial-records';

/** A guest with this many records and a state. */
function guestWith(count: number): TrialGuest {
  const guest = new TrialGuest();
  const ids = Array.from({ length: count }, (_, index) => String(index + 1).padStart(3, '0'));
  for (const trial of ids) guest.write(`results/${trial}-only-r1.json.gz`, member(record({ trial })));
  guest.write('run/results/state.json.gz', member(state({ records: ids, planned: 999 })));
  return guest;
}

/** The parts of an answer. Its length must be the announced one. */
function parts(answer: Buffer): { readonly status: string; readonly head: string; readonly body: Buffer } {
  const split = answer.indexOf('\r\n\r\n');
  const head = answer.subarray(0, split).toString();
  return { status: head.split('\r\n')[0] ?? '', head, body: answer.subarray(split + 4) };
}

function lengthOf(head: string): number {
  return Number(/^Content-Length: (\d+)$/m.exec(head)?.[1]);
}

/** The trials in an answer, after the state. */
function trialsIn(body: Buffer): string[] {
  const [first, ...rest] = gunzipSync(body)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { schema: string; trial: string });
  expect(first?.schema).toBe('virtwork.state/1');
  return rest.map(({ trial }) => trial);
}

test.each([0, 1, 12, 999])('/results sends the state and %d records', (count) => {
  const guest = guestWith(count);
  const { status, head, body } = parts(guest.get('/results'));
  expect(status).toBe('HTTP/1.1 200 OK');
  expect(head).toMatch(/^Content-Type: application\/gzip$/m);
  expect(lengthOf(head)).toBe(body.length);
  const trials = trialsIn(body);
  expect(trials).toHaveLength(count);
  expect([...trials].sort()).toEqual(trials);
  // gzip itself reads all members too.
  guest.write('answer.gz', body);
  expect(outputOf('bash', ['-c', 'gzip -dc "$1" | wc -l', 'sh', join(guest.dir, 'answer.gz')]).trim()).toBe(String(count + 1));
});

test.each([
  ['/results/0', 12],
  ['/results/1', 12],
  ['/results/2', 11],
  ['/results/12', 1],
  ['/results/13', 0],
  ['/results/9999', 0],
  ['/results?from=5', 12],
])('%s sends %d of 12 records', (target, count) => {
  const trials = trialsIn(parts(guestWith(12).get(target)).body);
  expect(trials).toHaveLength(count);
  expect(trials.every((trial) => Number(trial) > 12 - count)).toBe(true);
});

test.each([
  '/results/',
  '/results/01',
  '/results/001',
  '/results/-1',
  '/results/1.5',
  '/results/10000',
  '/results/99999999999999999999',
  '/results/x',
  '/results/1/2',
  '/results/..',
  '/results/../../etc/passwd',
  '/results/$(id)',
  '/results/%31',
  '/results/001-only-r1.json.gz',
  '/resultsx',
  '/barrier',
  '/barrier/',
])('%s is not found', (target) => {
  expect(parts(guestWith(2).get(target)).status).toBe('HTTP/1.1 404 Not Found');
});

test('HEAD sends the length only', () => {
  const guest = guestWith(3);
  const { status, head, body } = parts(guest.get('/results', 'HEAD'));
  expect({ status, length: lengthOf(head), sent: body.length }).toEqual({
    status: 'HTTP/1.1 200 OK',
    length: parts(guest.get('/results')).body.length,
    sent: 0,
  });
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is refused', (method) => {
  const { status, head } = parts(guestWith(1).get('/results', method));
  expect(status).toBe('HTTP/1.1 405 Method Not Allowed');
  expect(head).toMatch(/^Allow: GET, HEAD$/m);
});

test('a guest without trials has no results', () => {
  const guest = guestWith(1);
  guest.write('etc/trials.env', '');
  expect(parts(guest.get('/results')).status).toBe('HTTP/1.1 404 Not Found');
});

test('a guest without the file of these requests has no results', () => {
  const guest = guestWith(1);
  outputOf('rm', [join(guest.dir, 'lib/requests.sh')]);
  expect(parts(guest.get('/results')).status).toBe('HTTP/1.1 404 Not Found');
});

test('before the first state, the answer is that it comes later', () => {
  const { status, head } = parts(new TrialGuest().get('/results'));
  expect(status).toBe('HTTP/1.1 503 Service Unavailable');
  expect(head).toMatch(/^Retry-After: 5$/m);
});

test('only files with the name of a record are sent', () => {
  const guest = guestWith(1);
  guest.write('results/.new.json.gz', 'x');
  guest.write('results/old/002-only-r1.json.gz', 'x');
  guest.write('results/2-only-r1.json.gz', 'x');
  guest.write('results/003-only-r1.json', 'x');
  mkdirSync(join(guest.dir, 'results/notes'));
  expect(trialsIn(parts(guest.get('/results')).body)).toEqual(['001']);
});

test('/healthz and /metrics are as before', () => {
  const guest = guestWith(1);
  guest.write('etc/units', 'a.service\n');
  expect(parts(guest.get('/healthz')).status).toBe('HTTP/1.1 503 Service Unavailable');
  expect(parts(guest.get('/metrics')).status).toBe('HTTP/1.1 200 OK');
});
