import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createListener, type Server as Listener } from 'node:net';
import { networkInterfaces } from 'node:os';
import { start } from '../support/run';

/** An address of this machine that the API server's proxy accepts: not a loopback one. @returns undefined if there is none */
export function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

/** What the fake guest of a pod answers. */
export type Guest = (path: string) => { readonly status?: number; readonly type?: string; readonly body: Buffer | string };

/**
 * A server in the place of all guests. Pods have its address, so the API server's real proxy reaches it, and the header that the API server
 * adds says which pod was asked for.
 */
export class FakeGuests {
  /** Paths of requests, with their pod. */
  readonly asked: string[] = [];
  /** Milliseconds before each answer. */
  delay = 0;
  private readonly server: Server = createServer((request, response) => this.answer(request, response));

  constructor(private readonly guestOf: (vm: string) => Guest | undefined) {}

  /** @returns its port */
  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve) => {
      this.server.listen(port, resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private answer({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const [, vm = ''] = /\/pods\/virt-launcher-([^:/]+)-[a-z0-9]{5}:/.exec(String(headers['x-forwarded-uri'])) ?? [];
    this.asked.push(`${vm}${url}`);
    const {
      status = 200,
      type = 'application/gzip',
      body,
    } = this.guestOf(vm)?.(url) ?? { status: 404, type: 'text/plain', body: 'Not Found\n' };
    setTimeout(() => response.writeHead(status, { 'content-type': type }).end(body), this.delay);
  }
}

/** Starts a program for each connection, with the connection as its standard input and output, as a socket unit with Accept=yes does. */
export async function socketActivated(command: string, env: NodeJS.ProcessEnv, port: number): Promise<Listener> {
  const listener = createListener({ allowHalfOpen: true }, (socket) => {
    const child = start('bash', [command], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] }, 30);
    socket.on('error', () => {});
    child.stdin?.on('error', () => {});
    socket.pipe(child.stdin as NodeJS.WritableStream);
    child.stdout?.pipe(socket);
  });
  await new Promise<void>((resolve) => {
    listener.listen(port, resolve);
  });
  return listener;
}
