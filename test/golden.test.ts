import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { render } from '../src/synth/render';
import { FAMILIES, SHIPPED } from './support/entries';
import { planOf, ROOT, textOf } from './support/render';

const GOLDEN = join(ROOT, 'test/golden');
/** `npm run update` writes them; a reviewer reads the difference. */
const UPDATE = process.env.UPDATE === '1';

/** Scripts and units are files of the catalog and stand in dist/: here they would only hide what is rendered around them. */
function withoutScripts(text: string): string {
  const short = text.replace(
    /^( +)(- path: \/(?:usr\/local\/bin|etc\/systemd\/system)\/[^/\s]+\n +permissions: '\d+'\n +content: \|)\n(?:(?:\1 {4}.*)?\n)+/gm,
    '$1$2 …\n',
  );
  // Every workload has a unit.
  expect(short.length).toBeLessThan(text.length);
  return short;
}

test.each(
  SHIPPED.flatMap((entry) => FAMILIES.map((os) => [entry, os] as const)),
)('%s on %s renders as its golden file', async (entry, os) => {
  const plan = await planOf({ 'from-catalog': entry, 'guest-os': os, 'vm-count': '2' });
  const text = textOf(render(plan).find((file) => file.name === `${entry}.yaml`));
  const path = join(GOLDEN, os, `${entry}.yaml`);
  if (UPDATE) {
    mkdirSync(join(GOLDEN, os), { recursive: true });
    writeFileSync(path, withoutScripts(text));
  }
  expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no golden file').toBe(withoutScripts(text));
});
