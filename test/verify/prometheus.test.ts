import type { ServerResponse } from 'node:http';
import { UserError } from '../../src/errors';
import { seenBy } from '../../src/verify/outside-prometheus';
import { overHttp, Prometheus } from '../../src/verify/prometheus';
import { type Verification, verify } from '../../src/verify/verification';
import { type FakePrometheusProps, fakePrometheus } from '../support/fake-prometheus';
import { truthOf } from '../support/truths';

const onlyCpu = { signal: ({ name }: { readonly name: string }) => name === 'cpu' };
const never = new AbortController().signal;

/** The series of each VM: the value of its CPU time, and that KubeVirt is scraped. */
function cpuOf(values: { readonly [vm: string]: number | string | ((time: number) => number | undefined) }): FakePrometheusProps['series'] {
  return (query) =>
    query.startsWith('count by')
      ? ['cpu-0', 'cpu-1', 'idle-0'].map((name) => ({ labels: { name }, value: () => 5 }))
      : Object.entries(values).map(([name, value]) => ({
          labels: { namespace: 'ns', name },
          value: (time) => (typeof value === 'function' ? value(time) : value),
        }));
}

const GOOD = { 'cpu-0': 1, 'cpu-1': 1, 'idle-0': 0.02 };

async function verified(props: FakePrometheusProps): Promise<Verification> {
  const { url } = await fakePrometheus(props);
  const prometheus = new Prometheus('prometheus', overHttp(new URL(url), { signal: never }));
  const truth = truthOf({ from: Math.floor(Date.now() / 1000) - 700 });
  return verify(truth, await seenBy(prometheus, 'prometheus', truth, onlyCpu), onlyCpu);
}

/** The problems of a server. */
async function problems(props: FakePrometheusProps, change: (url: string) => string = (url) => url): Promise<string> {
  const { url } = await fakePrometheus(props);
  try {
    const prometheus = new Prometheus('P', overHttp(new URL(change(url)), { signal: never, patience: 1000 }));
    await seenBy(prometheus, 'P', truthOf(), onlyCpu);
    return 'none';
  } catch (error) {
    if (error instanceof UserError) return error.message.replaceAll(/^ {2}hint.*$/gm, '').trim();
    throw error;
  }
}

function bad({ vms }: Verification): string[] {
  return vms.flatMap(({ name, signals }) => signals.filter(({ good }) => !good).map((each) => `${name} ${each.verdict}: ${each.why}`));
}

test('all seen', async () => {
  const verification = await verified({ series: cpuOf(GOOD) });
  expect({ bad: bad(verification), good: verification.good }).toEqual({ bad: [], good: true });
  const [signal] = verification.vms[0]?.signals ?? [];
  expect(signal?.windows.map(({ guest, outside, verdict }) => [guest?.toFixed(3), outside, verdict])).toEqual([
    ['1.000', 1, 'seen'],
    ['1.000', 1, 'seen'],
  ]);
  expect(signal?.points.length).toBeGreaterThan(30);
  expect(signal?.points.every(({ outside }) => outside === 1)).toBe(true);
});

test.each([
  [15, 60],
  [50, 60],
  [120, 120],
])('with answers of the guests every %d s, a chart has means over %d s', async (interval, seconds) => {
  const { url, queries } = await fakePrometheus({ series: cpuOf(GOOD) });
  const truth = { ...truthOf({ from: Math.floor(Date.now() / 1000) - 700 }), interval };
  await seenBy(new Prometheus('P', overHttp(new URL(url), { signal: never })), 'P', truth, onlyCpu);
  expect([...new Set(queries.flatMap((query) => /cpu_usage.*\[(\d+)s\]/.exec(query)?.[1] ?? []))]).toEqual(['300', String(seconds)]);
});

test.each<[string, FakePrometheusProps['series'], string[]]>([
  [
    'a falsified series',
    cpuOf({ ...GOOD, 'cpu-1': 0.8 }),
    ['cpu-1 deviates: 20 % too little: 0.850 s/s to 1.15 s/s expected, in 2 of 2 windows'],
  ],
  ['a removed series', cpuOf({ 'cpu-0': 1, 'idle-0': 0 }), ['cpu-1 no series: Prometheus has series of the VM, but not this one']],
  ['NaN', cpuOf({ ...GOOD, 'cpu-0': 'NaN' }), ['cpu-0 no series: the series has no numbers (NaN)']],
  [
    'a loud idle VM',
    cpuOf({ ...GOOD, 'idle-0': 1 }),
    ['idle-0 loud: an idle VM shows 1.00 s/s, not below the floor of 0.200 s/s, in 2 of 2 windows'],
  ],
  [
    'nothing is scraped',
    () => [],
    ['cpu-0', 'cpu-1', 'idle-0'].map(
      (name) => `${name} no series: Prometheus has no kubevirt_vmi_* series of the VM: is virt-handler scraped?`,
    ),
  ],
  [
    'a gap',
    cpuOf({ ...GOOD, 'cpu-0': (time) => (time < Date.now() / 1000 - 300 ? undefined : 1) }),
    ['cpu-0 no series: no reading in 1 of 2 windows'],
  ],
])('%s', async (_, series, expected) => {
  expect(bad(await verified({ ...(series ? { series } : {}) }))).toEqual(expected);
});

test.each([-5, 5, 40])('a clock that is %d s ahead is compensated, and reported', async (ahead) => {
  // The load begins in the middle: a wrong time would see another load.
  const middle = Math.floor(Date.now() / 1000) - 400 + ahead;
  const verification = await verified({ ahead, series: cpuOf({ ...GOOD, 'cpu-0': (time) => (time < middle - 200 ? 0 : 1) }) });
  expect(verification.source.clock_offset).toBeCloseTo(ahead, 0);
  expect(bad(verification)).toEqual([]);
});

const page = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><html>Log in</html>');
  return true;
};
const answer =
  (status: number, body: string, headers = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    return true;
  };
const range = (result: unknown) => (response: ServerResponse, query: string) =>
  query !== 'time()' && answer(200, JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }))(response);

test.each<[string, FakePrometheusProps, string]>([
  ['a clock far away', { ahead: 90 }, 'P: its clock and the one of this machine must be at most 60 s apart, got 90 s'],
  ['an HTML page', { instead: page }, 'P: must answer in JSON, got an HTML page'],
  ['no JSON', { instead: answer(200, 'ok', { 'content-type': 'text/plain' }) }, 'P: must answer in JSON, got "text/plain"'],
  ['other JSON', { instead: answer(200, '{"a":1}') }, 'P: must answer as the HTTP API of Prometheus does'],
  ['a list', { instead: answer(200, '[]') }, 'P: must answer as the HTTP API of Prometheus does'],
  ['no token', { token: 'secret' }, 'P: does not allow the request (status 401)'],
  ['a redirect', { instead: answer(302, '', { location: 'https://login' }) }, 'P: redirects to "https://login"'],
  ['status 500', { instead: answer(500, '\noops\u001b[31m\nat line 1') }, 'P: answers with status 500: "oops\\u001b[31m"'],
  ['status 500 without a reason', { instead: answer(500, '') }, 'P: answers with status 500'],
  ['status 502 with a page', { instead: answer(502, '<html>Bad gateway</html>') }, 'P: answers with status 502'],
  [
    'status 403 with JSON',
    { instead: answer(403, '{"kind":"Status","message":"no rights"}') },
    'P: does not allow the request (status 403): "no rights"',
  ],
  ['status 403 with a reason', { instead: answer(403, 'Forbidden') }, 'P: does not allow the request (status 403): "Forbidden"'],
  [
    'status 500 with a long reason',
    { instead: answer(500, 'x y '.repeat(5000)) },
    `P: answers with status 500: "${'x y '.repeat(20).slice(0, 76)}…`,
  ],
  [
    'a rejected query',
    { instead: answer(400, '{"status":"error","errorType":"bad_data","error":"parse error"}') },
    'P: rejects the query: parse error',
  ],
  ['a closed connection', { instead: (response) => Boolean(response.destroy()) }, 'P: cannot be reached (ECONNRESET)'],
  [
    'half an answer',
    {
      instead: (response) =>
        Boolean(response.writeHead(200, { 'content-length': 100 }) && response.write('{') && setTimeout(() => response.destroy(), 50)),
    },
    'P: ended the connection before its answer was complete',
  ],
  ['a server that never answers', { instead: () => true }, 'P: does not answer within 30 s'],
  [
    'a wrong value',
    { instead: range([{ metric: { name: 'cpu-0' }, values: [[1, 'one']] }]) },
    'P: must answer as the HTTP API of Prometheus does',
  ],
  ['a wrong series', { instead: range([{ values: [] }]) }, 'P: must answer as the HTTP API of Prometheus does'],
  [
    'a series without a name',
    { instead: range([{ metric: {}, values: [[1, '1']] }]) },
    'signal cpu: must have series with the label name, got one without it',
  ],
  [
    'two series of a VM',
    { instead: range(['a', 'b'].map((pod) => ({ metric: { name: 'cpu-0', pod }, values: [[1, '1']] }))) },
    'signal cpu: must have one series for each VM, got several for cpu-0',
  ],
])('%s is an error', async (_, props, expected) => {
  expect(await problems(props)).toBe(expected);
});

test('no server is an error', async () => {
  expect(await problems({}, () => 'http://127.0.0.1:1')).toBe('P: cannot be reached (ECONNREFUSED)');
});

test('sends the token, and accepts an address with a path', async () => {
  const { url, queries } = await fakePrometheus({ token: 'secret' });
  const prometheus = new Prometheus('P', overHttp(new URL(`${url}/prom/api/v1/`), { token: 'secret', signal: never }));
  await prometheus.synchronize();
  expect(queries).toEqual(['time()']);
});

test.each([
  [500, undefined, /hint: see the log of the server/],
  [503, 'secret', /hint: see the log of the server/],
  [404, undefined, /hint: the address must be that of Prometheus itself/],
  [401, undefined, /hint: use --token-file FILE$/],
  [401, 'secret', /hint: the token may have expired/],
  [403, undefined, /hint: use --token-file FILE$/],
  [403, 'secret', /hint: the token may have expired/],
])('the hint for status %d with the token %j', async (status, token, hint) => {
  const { url } = await fakePrometheus({ instead: answer(status, '') });
  const access = { signal: never, ...(token === undefined ? {} : { token }) };
  await expect(new Prometheus('P', overHttp(new URL(url), access)).synchronize()).rejects.toThrow(hint);
});

test('informs once that it waits for a slow server', async () => {
  const { url } = await fakePrometheus({ instead: () => true });
  const said: string[] = [];
  const transport = overHttp(new URL(url), { signal: never, patience: 1000, slow: 1, say: (message) => said.push(message) });
  await Promise.all([transport('/api/v1/a'), transport('/api/v1/b')]);
  expect(said).toEqual([`waiting for ${new URL(url).href}, for at most 1 s`]);
});
