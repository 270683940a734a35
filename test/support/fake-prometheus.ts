import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface FakeSeries {
  readonly labels: { readonly [label: string]: string };
  /** At a time in seconds since 1970, by its clock. Undefined: no sample. */
  readonly value: (time: number) => number | string | undefined;
}

export interface FakePrometheusProps {
  /** The series of a query. */
  readonly series?: (query: string) => readonly FakeSeries[];
  /** Seconds by which its clock is ahead. */
  readonly ahead?: number;
  /** Answers instead, to every query but that of the clock. @returns whether it does */
  readonly instead?: (response: ServerResponse, query: string) => boolean;
  readonly token?: string;
  /** PEM. @default HTTP */
  readonly tls?: { readonly key: string; readonly cert: string };
}

const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** Answers as Prometheus does. @returns its address, and the queries that it got */
export async function fakePrometheus({
  series = () => [],
  ahead = 0,
  instead,
  token,
  tls,
}: FakePrometheusProps): Promise<{ url: string; queries: string[] }> {
  const queries: string[] = [];
  const listener: RequestListener = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const query = searchParams.get('query') ?? '';
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) return json(401, { status: 'error' });
    queries.push(query);
    if (instead?.(response, query)) return undefined;
    const now = Date.now() / 1000 + ahead;
    if (pathname.endsWith('/query')) return json(200, { status: 'success', data: { resultType: 'scalar', result: [now, String(now)] } });
    if (!pathname.endsWith('/query_range')) return response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(searchParams.get(name))) as [number, number, number];
    const times = Array.from({ length: Math.floor((end - start) / step + 1e-6) + 1 }, (_, index) => start + index * step);
    const result = series(query).map(({ labels, value }) => ({
      metric: labels,
      values: times.flatMap((time) => {
        const at = value(time);
        return at === undefined ? [] : [[time, String(at)]];
      }),
    }));
    return json(200, { status: 'success', data: { resultType: 'matrix', result: result.filter(({ values }) => values.length > 0) } });
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`, queries };
}
