import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../support/render';
import { ended, start } from '../support/run';
import { inBed } from './cluster';

const HERE = join(ROOT, 'test/cluster');
const packages = [
  ...new Set((readdirSync(HERE, { recursive: true }) as string[]).filter((file) => file.endsWith('_test.go')).map((file) => dirname(file))),
].sort();

describe('the Go code of the test bed', () => {
  inBed.each(packages)('%s passes its own tests', async (name) => {
    // Without vet, which would read the sources of all dependencies.
    const { status, stdout, stderr } = await ended(
      start('go', ['test', '-vet=off', '-buildvcs=false', '.'], { cwd: join(HERE, name) }, 540),
      530,
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: expect.stringMatching(/^ok /), stderr: '' });
  });
});
