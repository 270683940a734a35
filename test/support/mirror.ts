import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { outputOf } from './run';

/** A package repository behind a proxy, on the loopback interface of this machine. */
export interface Mirror {
  /** Port of the proxy. */
  readonly port: number;
  /** What the proxy connected to, such as `mirror.example.com:443`. */
  readonly connections: readonly string[];
  /** Paths that the repository served. */
  readonly served: readonly string[];
  /** File with the certificate of the authority that signed that of the repository. */
  readonly ca: string;
  readonly close: () => void;
}

const HOST = 'mirror.example.com';

/** A flat repository of apt with one package, whose only file is an executable of the same name. It is served with TLS, and only through the proxy. */
export async function startMirror(dir: string, name: string): Promise<Mirror> {
  const files = repository(dir, name);
  certificates(dir);
  const served: string[] = [];
  const tls = createTlsServer(
    { key: readFileSync(join(dir, 'host.key')), cert: readFileSync(join(dir, 'host.pem')) },
    (request, response) => {
      const path = request.url?.replace(/^\/+(\.\/+)*/, '') ?? '';
      const content = files.get(path);
      served.push(path);
      response.writeHead(content === undefined ? 404 : 200).end(content);
    },
  );
  const target = await listening(tls);
  const connections: string[] = [];
  const proxy = createServer((_, response) => response.writeHead(403).end());
  proxy.on('connect', (request, socket) => {
    connections.push(request.url ?? '');
    if (request.url !== `${HOST}:443`) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const upstream = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    for (const each of [socket, upstream]) each.on('error', () => [socket, upstream].map((one) => one.destroy()));
    return undefined;
  });
  const port = await listening(proxy);
  const close = () => {
    for (const server of [proxy, tls]) {
      server.closeAllConnections();
      server.close();
    }
  };
  return { port, connections, served, ca: join(dir, 'ca.pem'), close };
}

async function listening(server: Pick<Server, 'listen' | 'address'>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function repository(dir: string, name: string): Map<string, Buffer> {
  const root = join(dir, name);
  for (const folder of ['DEBIAN', 'usr/bin']) mkdirSync(join(root, folder), { recursive: true });
  const control = `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.com>\nDescription: test\n`;
  writeFileSync(join(root, 'DEBIAN/control'), control);
  writeFileSync(join(root, 'usr/bin', name), '#!/bin/sh\necho it works\n', { mode: 0o755 });
  const deb = `${name}.deb`;
  outputOf('dpkg-deb', ['--build', '--root-owner-group', root, join(dir, deb)]);
  const content = readFileSync(join(dir, deb));
  const sum = createHash('sha256').update(content).digest('hex');
  const packages = `${control}Filename: ./${deb}\nSize: ${content.length}\nSHA256: ${sum}\n`;
  return new Map([
    [deb, content],
    ['Packages', Buffer.from(packages)],
  ]);
}

function certificates(dir: string): void {
  const at = (name: string) => join(dir, name);
  const openssl = (...args: string[]) => outputOf('openssl', args);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '30', '-subj', '/CN=Test authority');
  openssl('req', ...key, '-keyout', at('host.key'), '-out', at('host.csr'), '-subj', `/CN=${HOST}`);
  writeFileSync(at('host.ext'), `subjectAltName=DNS:${HOST}\n`);
  const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '30', '-extfile', at('host.ext')];
  openssl('x509', '-req', '-in', at('host.csr'), '-out', at('host.pem'), ...signed);
}
