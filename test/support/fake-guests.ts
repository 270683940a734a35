import { statSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import type { KubeObject } from '../../src/companion/objects';
import { own, vm } from './fake-cluster';
import type { HttpReply } from './trial-records';

/** What a guest answers to a path, or why it does not. */
export type Reply =
  | HttpReply
  /** hang: it never answers. reset: it ends the connection. */
  | 'hang'
  | 'reset'
  /** The API server does not reach the pod. */
  | 'unreachable';

export type Guest = (path: string) => Reply;

const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) server.close();
});

/** Guests by the name of their pod, behind a fake `kubectl proxy` and `kubectl port-forward`. */
export class FakeGuests {
  /** Paths that were asked for, by way. */
  readonly asked: { readonly proxy: string[]; readonly 'port-forward': string[] } = { proxy: [], 'port-forward': [] };
  /** Mode of the folder of the last socket. */
  mode = 0;

  constructor(private readonly guests: { readonly [pod: string]: Guest }) {}

  /** Serves as `kubectl proxy` does. Answers of the API server are recorded from 1.34. @param args of the call */
  proxy(args: readonly string[], isForbidden: boolean): string {
    const flag = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';
    const [path, accepted, rejected] = [flag('unix-socket'), new RegExp(flag('accept-paths')), new RegExp(flag('reject-methods'))];
    this.mode = statSync(dirname(path)).mode & 0o777;
    this.start((request, response) => {
      const { url = '', method = '' } = request;
      this.asked.proxy.push(url);
      const [, pod = '', rest = ''] = /\/pods\/([^:]+):\d+\/proxy(.*)$/.exec(url) ?? [];
      if (!accepted.test(url) || rejected.test(method)) response.writeHead(403, { 'content-type': 'text/plain' }).end('Forbidden');
      else if (isForbidden) {
        const message = `pods "${pod}:9998" is forbidden: User "viewer" cannot get resource "pods/proxy" in API group "" in the namespace "ns"`;
        response.writeHead(403, { 'content-type': 'application/json' }).end(status(403, 'Forbidden', message));
      } else this.reply(pod, rest, response);
    }).listen(path);
    return `Starting to serve on ${path}\n`;
  }

  /** Serves as `kubectl port-forward` does. @param args of the call */
  forward(args: readonly string[]): string {
    const pod = (args[1] ?? '').replace('pod/', '');
    const server = this.start((request, response) => {
      this.asked['port-forward'].push(`${pod}${request.url}`);
      this.reply(pod, request.url ?? '', response);
    }).listen(0);
    return `Forwarding from 127.0.0.1:${(server.address() as AddressInfo).port} -> ${args[2]?.slice(1)}\n`;
  }

  private start(listener: RequestListener): Server {
    const server = createServer(listener);
    servers.push(server);
    return server;
  }

  private reply(pod: string, path: string, response: Parameters<RequestListener>[1]): void {
    const reply = this.guests[pod]?.(path);
    if (reply === undefined)
      response.writeHead(404, { 'content-type': 'application/json' }).end(status(404, 'NotFound', `pods "${pod}" not found`));
    else if (reply === 'hang') return;
    else if (reply === 'reset') response.destroy();
    else if (reply === 'unreachable') {
      const message = 'error trying to reach service: dial tcp 10.0.0.1:9998: connect: connection refused';
      response.writeHead(503, { 'content-type': 'application/json' }).end(status(503, 'ServiceUnavailable', message));
    } else response.writeHead(reply.status ?? 200, { 'content-type': reply.type ?? 'application/gzip' }).end(reply.body);
  }
}

function status(code: number, reason: string, message: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });
}

export interface MeasuredProps {
  readonly group?: string;
  readonly workload?: string;
  /** Of its health endpoint. 0: none. @default 9998 */
  readonly port?: number;
  /** Phase of its pod; empty: no pod. @default Running */
  readonly phase?: string;
  readonly halted?: boolean;
}

/** A measured VM with its instance and its pod, `virt-launcher-NAME-abcde`. */
export function measured(
  name: string,
  { group = 'fio-bench', workload = 'fio-bench', port = 9998, phase = 'Running', halted = false }: MeasuredProps = {},
): KubeObject[] {
  const labels = { 'virtwork/group': group, 'virtwork/workload': workload };
  const probe = port === 0 ? {} : { readinessProbe: { httpGet: { port, path: '/healthz' } } };
  const spec = { runStrategy: halted ? 'Halted' : 'Always', template: { spec: probe } };
  const [, ...instance] = halted ? [] : vm(name);
  const pod = own('Pod', podOf(name), { labels, ownerReferences: [{ kind: 'VirtualMachineInstance', name }] }, { nodeName: 'worker-1' });
  return [own('VirtualMachine', name, { labels }, spec), ...instance, ...(phase === '' || halted ? [] : [{ ...pod, status: { phase } }])];
}

export function podOf(name: string): string {
  return `virt-launcher-${name}-abcde`;
}
