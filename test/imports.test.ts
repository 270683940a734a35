import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tempDir } from './support/render';
import { outputOf } from './support/run';

test('npm run import generates the same classes, byte for byte', () => {
  const cwd = tempDir();
  cpSync(join(ROOT, 'cdk8s.yaml'), join(cwd, 'cdk8s.yaml'));
  cpSync(join(ROOT, 'imports/crds'), join(cwd, 'imports/crds'), { recursive: true });
  outputOf(join(ROOT, 'node_modules/.bin/cdk8s'), ['import', '--check-upgrade=false'], { cwd });
  const made = readdirSync(join(cwd, 'imports')).filter((name) => name.endsWith('.ts'));
  expect(made).toEqual(readdirSync(join(ROOT, 'imports')).filter((name) => name.endsWith('.ts')));
  for (const name of made) expect(readFileSync(join(cwd, 'imports', name), 'utf8')).toBe(readFileSync(join(ROOT, 'imports', name), 'utf8'));
}, 60_000);
