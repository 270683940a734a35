import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tempDir } from '../support/render';
import { outputOf, run } from '../support/run';
import { needs } from '../support/tools';

const SHARED = join(ROOT, 'catalog/_shared');
const SCRIPT = join(SHARED, 'traffic/files/usr/local/bin/virtwork-peer-address');

/** Runs the script in a guest with this name, which knows the addresses of two servers in the network lan. */
function asked(host: string, network: string) {
  const root = tempDir();
  for (const folder of ['etc/peers', 'run', 'bin']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'etc/peers/lan'), '192.0.2.10\n192.0.2.11\n');
  writeFileSync(join(root, 'run/peer.env'), 'VIRTWORK_PEER="192.0.2.99"\n');
  writeFileSync(join(root, 'bin/uname'), `#!/bin/sh\necho ${host}\n`, { mode: 0o755 });
  const { status, stderr } = run('bash', [SCRIPT, network], {
    env: {
      PATH: `${join(root, 'bin')}:${process.env.PATH}`,
      VIRTWORK_LIB_DIR: join(SHARED, 'base/files/usr/local/lib/virtwork'),
      VIRTWORK_ETC_DIR: join(root, 'etc'),
      VIRTWORK_RUN_DIR: join(root, 'run'),
    },
  });
  const file = join(root, 'run/peer.env');
  return { status, stderr, written: existsSync(file) ? readFileSync(file, 'utf8') : undefined };
}

test.each([
  ['virtwork-tps-client-0', '192.0.2.10'],
  ['virtwork-tps-client-1', '192.0.2.11'],
  ['virtwork-tps-client-1.example.com', '192.0.2.11'],
])('%s talks to %s', (host, address) => {
  expect(asked(host, 'lan')).toEqual({ status: 0, stderr: '', written: `VIRTWORK_PEER="${address}"\n` });
});

test('without a network, the name of the server stays', () => {
  expect(asked('virtwork-tps-client-0', '')).toEqual({ status: 0, stderr: '', written: undefined });
});

test.each([
  ['virtwork-tps-client-2', 'lan', 'server 2 has no address in the network "lan"'],
  ['localhost', 'lan', 'the host name "localhost" does not end in an index'],
  ['virtwork-tps-client-0', 'wan', 'the addresses of servers in the network "wan" are not known'],
])('%s fails in %s, and leaves no address', (host, network, message) => {
  const { status, stderr, written } = asked(host, network);
  expect({ status, written }).toEqual({ status: 1, written: undefined });
  expect(stderr).toContain(message);
});

needs('shellcheck')('shellcheck finds nothing', () => {
  expect(outputOf('shellcheck', ['--exclude', 'SC1091', SCRIPT])).toBe('');
});
