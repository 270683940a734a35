import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { hostileBytes } from '../support/hostile';
import { ROOT, tempDir } from '../support/render';
import { ended, outputOf, run, start } from '../support/run';
import { needs } from '../support/tools';

const SHARED = join(ROOT, 'catalog/_shared');
const SCRIPT = join(SHARED, 'traffic/files/usr/local/bin/virtwork-peer-address');
const HEALTH = join(SHARED, 'health/files/usr/local/bin/virtwork-health');
const ADDRESSES = join(SHARED, 'addresses/files/usr/local/lib/virtwork/addresses.sh');
const UNIT = 'virtwork-tps-client.service';

/** A client with this name. It knows the addresses of two servers in the network lan, and can ask a server on this machine for those in learnt. */
function client(host: string, port = 1) {
  const root = tempDir();
  for (const folder of ['etc/peers', 'run', 'bin']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'etc/peers/lan'), '192.0.2.10\n2001:db8::11\n');
  writeFileSync(join(root, 'etc/peers/learnt'), `ask ${port}\n`);
  writeFileSync(join(root, 'etc/workload.env'), 'VIRTWORK_PEER_PREFIX="local"\nVIRTWORK_PEER="localhost"\n');
  writeFileSync(join(root, 'run/peer.env'), 'VIRTWORK_PEER="192.0.2.99"\n');
  writeFileSync(join(root, 'bin/uname'), `#!/bin/sh\necho ${host}\n`, { mode: 0o755 });
  const env = {
    PATH: `${join(root, 'bin')}:${process.env.PATH}`,
    VIRTWORK_PEER: '192.0.2.99',
    VIRTWORK_LIB_DIR: join(SHARED, 'base/files/usr/local/lib/virtwork'),
    VIRTWORK_ETC_DIR: join(root, 'etc'),
    VIRTWORK_RUN_DIR: join(root, 'run'),
    VIRTWORK_LIMIT: '0',
    VIRTWORK_PAUSE: '0.1',
    VIRTWORK_PATIENCE: '2',
  };
  const read = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined);
  return {
    env,
    /** The variables of the unit, and what its health endpoint says about it. */
    left: () => ({ written: read('run/peer.env'), reason: read(`run/reasons/${UNIT}`) }),
  };
}

function asked(host: string, network: string) {
  const { env, left } = client(host);
  const { status, stderr } = run('bash', [SCRIPT, network, UNIT], { env });
  return { status, stderr, ...left() };
}

test.each([
  ['virtwork-tps-client-0', '192.0.2.10'],
  ['virtwork-tps-client-1', '2001:db8::11'],
  ['virtwork-tps-client-1.example.com', '2001:db8::11'],
])('%s uses %s', (host, address) => {
  expect(asked(host, 'lan')).toEqual({ status: 0, stderr: '', written: `VIRTWORK_PEER="${address}"\n` });
});

test('without a network, the name of the server stays', () => {
  expect(asked('virtwork-tps-client-0', '')).toEqual({ status: 0, stderr: '', written: undefined });
});

test.each([
  ['virtwork-tps-client-2', 'lan', 'server 2 has no address in the network "lan"'],
  ['localhost', 'lan', 'the host name "localhost" does not end in an index'],
  ['virtwork-tps-client-0', 'wan', 'the addresses of servers in the network "wan" are not known'],
  ['virtwork-tps-client-0', 'learnt', 'localhost does not answer at port 1, which reports its address in the network "learnt"'],
])('%s fails in %s, leaves no address, and says why', (host, network, message) => {
  const { status, stderr, written, reason } = asked(host, network);
  expect({ status, written }).toEqual({ status: 1, written: undefined });
  expect(stderr).toContain(message);
  expect(reason).toContain(message);
});

/** Runs the script of a client against a server that handles connections so. */
async function against(handle: (socket: Socket) => void, more: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const server = createServer((socket) => handle(socket.on('error', () => {})));
  const port = await new Promise<number>((resolve) =>
    server.listen(0, 'localhost', () => resolve((server.address() as { port: number }).port)),
  );
  try {
    const { env: own, left } = client('virtwork-tps-client-0', port);
    const { status, stderr } = await ended(start('bash', [SCRIPT, 'learnt', UNIT, ...more], { env: { ...own, ...env } }), 30);
    return { status, stderr, ...left() };
  } finally {
    server.close();
  }
}

const answer = (text: string | Buffer) => (socket: Socket) => void socket.end(text);
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n';

test.each([
  ['10.78.2.16\n', '10.78.2.16'],
  ['10.78.2.16\n2001:db8::1\n', '10.78.2.16'],
  ['2001:db8::1\n', '2001:db8::1'],
  ['fd00:0:0:1:2:3:4:5', 'fd00:0:0:1:2:3:4:5'],
])('of the answer %j, the first address is used', async (body, address) => {
  expect(await against(answer(OK + body))).toEqual({ status: 0, stderr: '', written: `VIRTWORK_PEER="${address}"\n` });
});

test.each<[string, (socket: Socket) => void, string]>([
  [
    'no address',
    answer('HTTP/1.1 503 Service Unavailable\r\n\r\nService Unavailable\n'),
    'localhost has no address in the network "learnt" yet',
  ],
  ['an earlier configuration', answer('HTTP/1.1 404 Not Found\r\n\r\n'), 'localhost does not report its address in the network "learnt"'],
  ['nothing', answer(''), 'does not answer at port'],
  ['no end', (socket) => void socket.write('HTTP/1.1 20'), 'does not answer at port'],
  ['something else', answer('SSH-2.0-OpenSSH\r\n'), 'does not answer at port'],
  ['an empty body', answer(OK), 'localhost reports no valid address in the network "learnt"'],
  ['a name', answer(`${OK}example.com\n`), 'reports no valid address'],
  ['a variable', answer(`${OK}10.0.0.1"\\nLD_PRELOAD="/tmp/x\n`), 'reports no valid address'],
  ['an option', answer(`${OK}-x\n`), 'reports no valid address'],
  ['a zone', answer(`${OK}fe80::1%eth0\n`), 'reports no valid address'],
  ['zero bytes', answer(`${OK}\0\0\0\n`), 'reports no valid address'],
  ['very long headers', answer(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(100_000)}\r\n10.0.0.1\n`), 'reports no valid address'],
])('a server that answers %s has no address', async (_, handle, message) => {
  const { status, stderr, written, reason = '' } = await against(handle);
  expect({ status, written }).toEqual({ status: 1, written: undefined });
  expect(stderr).toContain(message);
  expect(reason).toContain(message);
});

test('hostile bytes are no address', async () => {
  for (const bytes of hostileBytes(20, 7)) {
    const { status, written } = await against(answer(Buffer.concat([Buffer.from(OK), bytes])));
    expect({ status, written }).toEqual({ status: 1, written: undefined });
  }
}, 60_000);

test.each([
  ['a load', [], '60'],
  ['a preparation', ['prepare'], '0'],
])('%s waits until the server has an address, and reports that once', async (_, more, limit) => {
  let requests = 0;
  const { status, stderr, written, reason } = await against(
    (socket) => {
      requests += 1;
      socket.end(requests < 4 ? 'HTTP/1.1 503 Service Unavailable\r\n\r\n' : `${OK}192.0.2.7\n`);
    },
    more,
    { VIRTWORK_LIMIT: limit },
  );
  expect({ status, written, reason }).toEqual({ status: 0, written: 'VIRTWORK_PEER="192.0.2.7"\n', reason: undefined });
  expect(stderr).toBe('virtwork-peer-address: waiting: localhost has no address in the network "learnt" yet\n');
});

/** The answer of a server guest with three cards, of which eth1 is in the network lan. */
function reported(request: string, ip: string, host = 'virtwork-tps-server-1') {
  const root = tempDir();
  for (const folder of ['etc/cards', 'bin', 'lib']) mkdirSync(join(root, folder), { recursive: true });
  for (const [card, mac] of ['ae:00:00:00:00:01', 'ae:00:00:00:00:02', 'ae:00:00:00:00:03'].entries()) {
    mkdirSync(join(root, `sys/class/net/eth${card}`), { recursive: true });
    writeFileSync(join(root, `sys/class/net/eth${card}/address`), `${mac}\n`);
  }
  writeFileSync(join(root, 'sys/class/net/bonding_masters'), '');
  writeFileSync(join(root, 'etc/cards/lan'), 'ae:00:00:00:00:09\nae:00:00:00:00:02\n');
  writeFileSync(join(root, 'ip.txt'), ip);
  writeFileSync(join(root, 'bin/ip'), `#!/bin/sh\n[ "$*" = "-o address show dev eth1" ] && cat ${join(root, 'ip.txt')}\n`, { mode: 0o755 });
  writeFileSync(join(root, 'lib/addresses.sh'), readFileSync(ADDRESSES));
  const { stdout } = run('bash', [HEALTH], {
    input: `${request} HTTP/1.1\r\n\r\n`,
    seconds: 20,
    env: {
      PATH: `${join(root, 'bin')}:${process.env.PATH}`,
      HOSTNAME: host,
      VIRTWORK_ETC_DIR: join(root, 'etc'),
      VIRTWORK_LIB_DIR: join(root, 'lib'),
      VIRTWORK_SYS_DIR: join(root, 'sys'),
    },
  });
  const [head = '', body = ''] = stdout.split('\r\n\r\n');
  return head.startsWith('HTTP/1.1 200 ') ? body : (head.split('\r\n')[0] ?? '').slice('HTTP/1.1 '.length);
}

const V4 = '3: eth1    inet 192.0.2.10/24 metric 1000 brd 192.0.2.255 scope global dynamic eth1\\       valid_lft 60sec\n';
const V6 = '3: eth1    inet6 2001:db8::10/64 scope global dynamic mngtmpaddr \\       valid_lft 60sec\n';
const LINK = '3: eth1    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever\n';

test.each([
  ['IPv4', V4, '192.0.2.10\n'],
  ['IPv6', V6 + LINK, '2001:db8::10\n'],
  ['both', V6 + V4 + LINK, '192.0.2.10\n2001:db8::10\n'],
  ['none', '', '503 Service Unavailable'],
  ['those of the link', `${LINK}3: eth1    inet 169.254.1.1/16 scope link eth1\\  valid_lft forever\n`, '503 Service Unavailable'],
  ['a private one that changes', V6.replace('global dynamic', 'global temporary dynamic') + V6, '2001:db8::10\n'],
  ['one that is not there yet', V6.replace('dynamic', 'tentative dynamic'), '503 Service Unavailable'],
  ['one that is in use elsewhere', V6.replace('dynamic', 'dadfailed tentative'), '503 Service Unavailable'],
  ['one that expires', V6.replace('dynamic', 'deprecated dynamic'), '503 Service Unavailable'],
  ['very many', V4.repeat(50_000), '192.0.2.10\n'.repeat(16)],
])('a server reports its addresses: %s', (_, ip, expected) => {
  expect(reported('GET /addresses/lan', ip)).toBe(expected);
});

test.each([
  ['HEAD /addresses/lan', ''],
  ['POST /addresses/lan', '405 Method Not Allowed'],
  ['GET /addresses/wan', '404 Not Found'],
  ['GET /addresses/', '404 Not Found'],
  ['GET /addresses', '404 Not Found'],
  ['GET /addresses/../units', '404 Not Found'],
  ['GET /addresses/lan/', '404 Not Found'],
  ['GET /addresses/$(reboot)', '404 Not Found'],
  [`GET /addresses/${'a'.repeat(64)}`, '404 Not Found'],
])('%s is answered with %j', (request, expected) => {
  expect(reported(request, V4)).toBe(expected);
});

test.each([
  'virtwork-tps-server-7',
  'virtwork-tps-server-0',
  'localhost',
  '-x',
])('a server named %s reports no address of another card', (host) => {
  expect(reported('GET /addresses/lan', V4, host)).toMatch(/^404|^503/);
});

needs('shellcheck')('shellcheck finds nothing', () => {
  expect(outputOf('shellcheck', ['--exclude', 'SC1091', SCRIPT, ADDRESSES])).toBe('');
});
