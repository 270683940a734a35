import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema } from '../src/options/schema';
import { render, renderStream } from '../src/synth/render';
import { EXAMPLES } from './support/entries';
import { planOf, ROOT, tempDir, textOf } from './support/render';
import { outputOf, run } from './support/run';

const DIST = join(ROOT, 'dist');

function folder(dir: string): { [name: string]: string } {
  return Object.fromEntries(
    readdirSync(dir)
      .sort()
      .map((name) => [name, readFileSync(join(dir, name), 'utf8')]),
  );
}

test('dist/ is the rendered default configuration, byte for byte', async () => {
  const files = render(await planOf());
  expect(folder(DIST)).toEqual(Object.fromEntries(files.map((file) => [file.name, textOf(file)])));
});

test('the built program and cdk8s synth write the same bytes', () => {
  const cwd = tempDir();
  const own = run(process.execPath, [join(ROOT, 'lib/virtwork.cjs'), 'synth'], { cwd });
  expect(own).toMatchObject({ status: 0, stderr: '' });
  expect(folder(join(cwd, 'dist'))).toEqual(folder(DIST));
  const app = `${process.execPath} ${join(ROOT, 'lib/app.cjs')}`;
  outputOf(join(ROOT, 'node_modules/.bin/cdk8s'), ['synth', '--check-upgrade=false', '--app', app, '--output', 'by-cdk8s'], { cwd });
  expect(folder(join(cwd, 'by-cdk8s'))).toEqual(folder(DIST));
});

// The build replaces some modules of cdk8s with simpler code.
test('the built program renders the same as its sources, for every workload', async () => {
  const flags = {
    workloads: 'all',
    'from-catalog': EXAMPLES.join(),
    'vm-count': '2',
    'access-modes': 'ReadWriteMany',
    boot: 'dataSource:a/b',
  };
  const words = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  const { stdout, status } = run(process.execPath, [join(ROOT, 'lib/virtwork.cjs'), 'run', '--dry-run', ...words], { cwd: tempDir() });
  expect(status).toBe(0);
  expect(stdout).toBe([...renderStream(await planOf(flags))].join(''));
});

// The build compiles the schemas of files in another way than the sources do.
test('the built program reports the same errors of a configuration as its sources', async () => {
  const { properties } = configSchema() as { readonly properties: { readonly [key: string]: { readonly [key: string]: never } } };
  const wrong = (keys: { readonly [key: string]: unknown }) =>
    Object.fromEntries(
      Object.keys(keys).map((key, index) => [key, [[[{ x: 1 }]], { x: [{ y: 1 }] }, true, [{ name: 1, multus: [] }]][index % 4]]),
    );
  const { additionalProperties } = properties.workloads as unknown as { readonly additionalProperties: { readonly properties: object } };
  const { extends: _, workloads: __, ...settings } = properties;
  const config = {
    ...wrong(settings),
    unknown: 1,
    workloads: { cpu: wrong({ ...additionalProperties.properties }), disk: { x: 1 }, tps: 1 },
  };
  const file = join(tempDir(), 'virtwork.yaml');
  writeFileSync(file, JSON.stringify(config, null, 2));
  const { stderr, status } = run(process.execPath, [join(ROOT, 'lib/virtwork.cjs'), 'synth', '--config', file], { cwd: tempDir() });
  expect(status).toBe(2);
  const { message } = await planOf({ config: [file] }).then(
    () => ({ message: '' }),
    (error: Error) => error,
  );
  expect(message.split('\n').length).toBeGreaterThan(100);
  expect(stderr.trimEnd().split('\n')).toEqual(`error: ${message}`.split('\n'));
});

test.each(['quick.cjs', 'main.cjs'])('the program is ASCII, as which it is read: %s', (name) => {
  const text = readFileSync(join(ROOT, 'lib', name), 'latin1');
  // With what is around it, without a pattern that takes minutes for long lines.
  const others = [...text.matchAll(/[^\0-\x7f]+/g)].map(({ index }) => text.slice(Math.max(0, index - 40), index + 40));
  expect(others).toEqual([]);
});

test('a program without its catalog says so', () => {
  const dir = tempDir();
  for (const name of ['virtwork.cjs', 'quick.cjs']) cpSync(join(ROOT, 'lib', name), join(dir, name));
  const { stderr, status } = run(process.execPath, [join(dir, 'virtwork.cjs'), 'synth'], { cwd: tempDir(), seconds: 20 });
  expect(stderr).toContain('the installation is incomplete\n');
  expect(status).toBe(2);
});
