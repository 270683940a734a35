import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeSeed } from '../../src/lab/seed';
import { tempDir } from '../support/render';

test('only the owner can read files that may contain the hash of a password', () => {
  const folder = join(tempDir(), 'seed');
  const umask = process.umask(0);
  writeSeed(folder, {
    vm: 'a',
    namespace: 'b',
    userData: '#cloud-config\n',
    publicKey: '',
    outMac: '52:54:00:00:00:01',
    linkMac: '52:54:00:00:00:02',
    address: '10.0.0.1',
    neighbors: [],
  });
  process.umask(umask);
  const modes = readdirSync(folder).map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8));
  expect(modes).toEqual(['600', '600', '600', '600']);
});
