import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { request as ask } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Serve = (incoming: IncomingMessage, response: ServerResponse) => void;

/** The errors that can be injected into a call. */
const FAULTS: { readonly [name: string]: Serve } = {
  429: refuse(429, 'TooManyRequests', 'the server has received too many requests'),
  500: refuse(500, 'InternalError', 'Internal error occurred: injected'),
  503: refuse(503, 'ServiceUnavailable', 'the server is currently unable to handle the request'),
  reset: (_, response) => void response.socket?.resetAndDestroy(),
  hang: (incoming) => void incoming.resume(),
};

export interface FaultyProxyProps {
  /** Address of the API server. */
  readonly server: string;
  readonly token: string;
  /** Share of the calls that get an injected error. */
  readonly share: number;
  /** Maximum number of calls that get an injected error. @default unlimited */
  readonly most?: number;
  /** Names of the errors. @default all errors that a client sees at once */
  readonly faults?: readonly string[];
  /** Suffix of the API groups that the proxy hides. @default none */
  readonly without?: string;
  /** Delay of every forwarded call in milliseconds. @default 0 */
  readonly delay?: number;
  readonly seed?: number;
}

/** A proxy between kubectl and an API server that makes a share of the calls fail. It adds the token, so clients need no credentials. */
export class FaultyProxy {
  /** Number of calls. */
  calls = 0;
  /** Number of calls that got an injected error. */
  injected = 0;
  private readonly http: Server;
  private readonly random: () => number;

  constructor(private readonly props: FaultyProxyProps) {
    this.random = generator(props.seed ?? 1);
    this.http = createServer((incoming, response) => this.serve(incoming, response));
  }

  /** @returns the address of the proxy */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.http.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  close(): void {
    this.http.closeAllConnections();
    this.http.close();
  }

  private serve(incoming: IncomingMessage, response: ServerResponse): void {
    const { share, most = Number.POSITIVE_INFINITY, faults = ['429', '500', '503', 'reset'], delay = 0 } = this.props;
    this.calls += 1;
    if (this.random() >= share || this.injected === most) {
      setTimeout(() => this.pass(incoming, response), delay);
      return;
    }
    this.injected += 1;
    const name = faults[Math.floor(this.random() * faults.length)] as string;
    (FAULTS[name] as Serve)(incoming, response);
  }

  private pass(incoming: IncomingMessage, response: ServerResponse): void {
    const { server, token, without } = this.props;
    // The client was killed during the delay. A request to the server would never end, and would keep this process running.
    if (incoming.socket.destroyed) return;
    const { pathname } = new URL(incoming.url ?? '/', server);
    if (without !== undefined && pathname.split('/')[2]?.endsWith(without)) {
      refuse(404, 'NotFound', 'the server could not find the requested resource')(incoming, response);
      return;
    }
    // The proxy reads this answer, so it must not be compressed.
    const isDiscovery = without !== undefined && pathname === '/apis';
    const headers = {
      ...incoming.headers,
      ...(isDiscovery ? { 'accept-encoding': 'identity' } : {}),
      authorization: `Bearer ${token}`,
    };
    const outgoing = ask(
      new URL(incoming.url ?? '/', server),
      { ...(incoming.method ? { method: incoming.method } : {}), headers, rejectUnauthorized: false },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, isDiscovery ? { 'content-type': answer.headers['content-type'] } : answer.headers);
        if (isDiscovery) void text(answer).then((body) => response.end(withoutGroups(body, without)));
        else answer.pipe(response);
      },
    );
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }
}

function refuse(code: number, reason: string, message: string): Serve {
  return (incoming, response) => {
    incoming.resume();
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code }));
  };
}

/** A list of API groups, in the format for new or old versions of kubectl, without the groups with this suffix. */
function withoutGroups(body: string, ending: string): string {
  const { items, groups, ...rest } = JSON.parse(body) as {
    items?: { metadata: { name: string } }[];
    groups?: { name: string }[];
  };
  return JSON.stringify({
    ...rest,
    ...(items ? { items: items.filter(({ metadata }) => !metadata.name.endsWith(ending)) } : {}),
    ...(groups ? { groups: groups.filter(({ name }) => !name.endsWith(ending)) } : {}),
  });
}

/** Random numbers from 0 to 1. The same seed gives the same numbers. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
