import { GuestRequests, RESULTS as RECORDS } from '../../src/companion/guest-requests';
import { measuredVms } from '../../src/companion/measured';
import type { Asked } from '../../src/results/ask';
import { fakeCluster } from '../support/fake-cluster';
import { FakeGuests, measured, podOf, type Reply } from '../support/fake-guests';

const RESULTS = { body: 'results' };

/** Asks `a-0` and `b-0`, where `a-0` gives one reply after another, so many times. */
async function asked(replies: readonly Reply[], { rounds = 1, forbidden = [] as readonly string[] } = {}) {
  const left = [...replies];
  const guests = new FakeGuests({ [podOf('a-0')]: () => left.shift() ?? RESULTS, [podOf('b-0')]: () => RESULTS });
  const cluster = await fakeCluster({ objects: [...measured('a-0'), ...measured('b-0')], guests, forbidden });
  const client = cluster.client();
  const vms = await measuredVms(client, 'virtwork/run-id');
  const said: string[] = [];
  const requests = new GuestRequests({ client, protocol: RECORDS, say: (message) => said.push(message) });
  const answers = new Map<string, Asked>();
  for (let round = 0; round < rounds; round += 1) {
    await requests.each(vms, async ({ name }, ask) => {
      answers.set(name, await ask(3));
    });
  }
  const of = (name: string) => {
    const answer = answers.get(name) as Asked;
    return 'body' in answer ? String(answer.body) : `${answer.trouble.kind}: ${answer.trouble.message}`;
  };
  const paths = { proxy: guests.asked.proxy.map((path) => path.replace(/^.*\/pods/, '')), forwarded: guests.asked['port-forward'] };
  return { a: of('a-0'), b: of('b-0'), said, paths, calls: cluster.calls };
}

function failure(code: number, message: string): Reply {
  return { status: code, type: 'application/json', body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', message, code }) };
}

test('asks for the records from a number on, through the proxy', async () => {
  const { a, b, said, paths } = await asked([]);
  expect({ a, b, said }).toEqual({ a: 'results', b: 'results', said: [] });
  expect([...paths.proxy].sort()).toEqual([`/${podOf('a-0')}:9998/proxy/results/3`, `/${podOf('b-0')}:9998/proxy/results/3`]);
});

test.each<[string, readonly Reply[], string]>([
  ['an overloaded API server, once', [failure(429, 'too many requests')], 'results'],
  [
    'an overloaded API server, twice',
    [failure(429, 'slow down'), failure(429, 'slow down')],
    'other: the API server answers with status 429: slow down',
  ],
  ['a pod that is gone', [failure(404, 'pods "x" not found')], `silent: its pod ${podOf('a-0')} is gone; it may have moved`],
  [
    '404 of the guest',
    [{ status: 404, type: 'text/plain', body: 'Not Found' }],
    expect.stringMatching(/^unmeasured: has no results/) as unknown as string,
  ],
  ['503 of the guest', [{ status: 503, type: 'text/plain', body: '' }], 'silent: has no state of its trials yet'],
  // A guest that imitates the API server only chooses the way to itself.
  ['JSON of the guest', [{ status: 500, type: 'application/json', body: '{"kind":"Status"' }], 'other: answers with status 500'],
])('%s', async (_, replies, expected) => {
  const { a, b, paths } = await asked(replies);
  expect({ a, b, forwarded: paths.forwarded }).toEqual({ a: expected, b: 'results', forwarded: [] });
});

test('a pod that the proxy does not reach is asked by a port forward, also in the next rounds, and it is said once', async () => {
  const { a, said, paths } = await asked(['unreachable'], { rounds: 3 });
  expect({ a, said }).toEqual({
    a: 'results',
    said: ['the API server does not reach a pod (dial tcp 10.0.0.1:9998: connect: connection refused): using kubectl port-forward'],
  });
  expect(paths.forwarded).toEqual(Array(3).fill(`${podOf('a-0')}/results/3`));
  expect(paths.proxy.filter((path) => path.includes('a-0'))).toHaveLength(1);
});

test('a pod that the proxy is not allowed to reach is asked by a port forward', async () => {
  const { a, said } = await asked([failure(403, 'pods "a" is forbidden')]);
  expect({ a, said }).toEqual({
    a: 'results',
    said: ['the API server does not allow requests to a pod (pods "a" is forbidden): using kubectl port-forward'],
  });
});

test('permissions are asked for once', async () => {
  const { calls, said } = await asked([], { rounds: 3, forbidden: ['pods/proxy'] });
  expect(calls.filter((call) => call.startsWith('auth can-i'))).toEqual([
    expect.stringContaining('auth can-i get pods --subresource=proxy'),
    expect.stringContaining('auth can-i create pods --subresource=portforward'),
  ]);
  expect(said).toEqual(['this account may not get pods/proxy: using kubectl port-forward']);
});
