import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEntry } from '../../src/catalog/read';
import { ROOT } from '../support/places';

const ENTRY = 'catalog/fio-bench';
const JOBS = join(ROOT, ENTRY, 'files/usr/local/lib/virtwork-fio-bench');

test.each([
  ['block-size', 'BLOCK_SIZE'],
  ['queue-depth', 'QUEUE_DEPTH'],
  ['jobs', 'JOBS'],
  ['read-percent', 'READ_PERCENT'],
])('a profile of fio-bench that does not use %s rejects it', (key, placeholder) => {
  const { params = [] } = readEntry(join(ROOT, ENTRY), ENTRY, true, { problems: [], warnings: [] }) ?? {};
  const spec = (name: string) => params.find((param) => param.key === name);
  const users = spec('profile')?.enum?.filter((profile) =>
    readFileSync(join(JOBS, `${profile}.fio`), 'utf8').includes(`\${${placeholder}}`),
  );
  expect(spec(key)?.needs).toEqual({ profile: users });
});
