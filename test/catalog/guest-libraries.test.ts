import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GUEST_LIBRARIES, readByLibraries } from '../../src/catalog/guest-libraries';
import { variableName } from '../../src/catalog/params/param-value';

const FOLDER = 'catalog/_shared/base/files/usr/local/lib/virtwork';

test.each(Object.entries(GUEST_LIBRARIES))('%s reads exactly these params', (file, params) => {
  const read = new Set(readFileSync(join(__dirname, '../..', FOLDER, file), 'utf8').match(/\bPARAM_[A-Z0-9_]+/g));
  expect([...read].sort()).toEqual(params.map(variableName).sort());
});

test.each([
  ['. /usr/local/lib/virtwork/shape.sh', 7],
  [`. "\${VIRTWORK_LIB_DIR:-/usr/local/lib/virtwork}/shape.sh" || exit`, 7],
  ['. /usr/local/lib/virtwork/common.sh', 0],
  ['. /opt/shape.sh', 0],
])('a script with %p reads %d params through libraries', (script, count) => {
  expect(readByLibraries(script)).toHaveLength(count);
});
