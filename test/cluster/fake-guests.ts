import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createListener, type Server as Listener } from 'node:net';
import { start } from '../support/run';
import type { HttpReply } from '../support/trial-records';

/** Port forwards of the test bed come from this address. */
const KUBELET = '127.0.0.2';

/** What the fake guest of a pod answers. Undefined: it closes the connection. */
export type Guest = (path: string) => HttpReply | undefined;

/** A server in the place of all guests, in the network of the test bed, where it has the addresses of all pods. */
export class FakeGuests {
  /** Paths of requests, with their VM. */
  readonly asked: string[] = [];
  /** Milliseconds before each answer. */
  delay = 0;
  private isClosedToOthers = false;
  private readonly server: Server = createServer((request, response) => this.answer(request, response)).on('connection', (socket) => {
    if (this.isClosedToOthers && socket.remoteAddress !== KUBELET) socket.resetAndDestroy();
  });

  /** @param vmAt returns the VM whose pod has an address */
  constructor(
    private readonly vmAt: (address: string) => string | undefined,
    private readonly guestOf: (vm: string) => Guest | undefined,
  ) {}

  /** @returns its port */
  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve) => {
      this.server.listen(port, '0.0.0.0', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on, connections that are not those of a port forward are reset. */
  closeToOthers(isClosed: boolean): void {
    this.isClosedToOthers = isClosed;
    this.server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private answer({ url = '', socket }: IncomingMessage, response: ServerResponse): void {
    const vm = this.vmAt(socket.localAddress ?? '') ?? '';
    this.asked.push(`${vm}${url}`);
    const guest = this.guestOf(vm);
    const reply = guest ? guest(url) : { status: 404, type: 'text/plain', body: 'Not Found\n' };
    if (!reply) {
      socket.destroy();
      return;
    }
    const { status = 200, type = 'application/gzip', body } = reply;
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
