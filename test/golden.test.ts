import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMPONENTS } from '../src/kubernetes/components';
import { loadPlan } from '../src/load-plan';
import { type OptionKey, specs } from '../src/options/table';
import { render } from '../src/synth/render';
import { FAMILIES, SHIPPED } from './support/entries';
import { changes, compact } from './support/golden';
import { measurable } from './support/measured';
import { RENDERED_WITH } from './support/option-samples';
import { planOf, ROOT, tempDir, textOf } from './support/render';

const GOLDEN = join(ROOT, 'test/golden');
/** `npm run update` writes the golden files. A reviewer reads the differences. */
const UPDATE = process.env.UPDATE === '1';
/** Maximum number of lines, so that a reviewer can read a file. */
const MOST_LINES = 200;

function expectGolden(name: string, text: string): void {
  const path = join(GOLDEN, name);
  if (UPDATE) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(existsSync(path) ? readFileSync(path, 'utf8') : 'no golden file; run: npm run update').toBe(text);
}

test.each(SHIPPED.flatMap((entry) => FAMILIES.map((os) => [entry, os] as const)))('%s on %s', async (entry, os) => {
  const files = render(await planOf({ 'from-catalog': entry, 'guest-os': os }));
  expectGolden(`${os}/${entry}.yaml`, compact(textOf(files.find((file) => file.name === `${entry}.yaml`))));
});

test('a measured workload', async () => {
  const cwd = tempDir();
  const trials = '{ random-4k: {}, mixed-64k: { profile: mixed, block-size: 64k } }';
  writeFileSync(join(cwd, 'virtwork.yaml'), `workloads: { bench: { vm_count: 2, params: { ramp: 10 }, trials: ${trials}, repeats: 2 } }\n`);
  const { plan } = await loadPlan({ flags: { 'catalog-dir': measurable() }, env: {}, cwd });
  expectGolden('trials.yaml', compact(textOf(render(plan).find((file) => file.name === 'bench.yaml'))));
});

/** Files of components that grow with the signals, and have tests of their own. */
const LONG = /\/(rules|dashboard)\.yaml$/;

test.each(COMPONENTS)('the component %s', async (name) => {
  const files = render(await planOf({ components: name, workloads: 'disk,network' })).filter(
    (file) => file.name.startsWith('components/') && !LONG.test(file.name),
  );
  expectGolden(`components/${name}.yaml`, files.map(textOf).join('---\n'));
});

/** Options that choose or allow entries, belong to another option, or do not affect rendering. */
const OTHERS: readonly OptionKey[] = [
  'workloads',
  'from_catalog',
  'catalog_dir',
  'allow_access',
  'ssh_key_files',
  'write_password_hash',
  'write_secrets',
  'output_dir',
  'components',
  'timeout',
  'wait_for_ready',
  'audit',
  'audit_db',
  'kubeconfig',
  'context',
  'dry_run',
  'verbose',
];

async function renderedWith(flags: object): Promise<string> {
  const files = render(await planOf({ workloads: 'disk', ...flags }));
  return files
    .filter(({ name }) => name !== 'kustomizeconfig.yaml')
    .map(textOf)
    .join('---\n');
}

describe('options', () => {
  test.each(Object.entries(RENDERED_WITH))('%s changes the rendered objects', async (option, flags) => {
    const [before, after] = [await renderedWith({ workloads: flags.workloads ?? 'disk' }), await renderedWith(flags)];
    expectGolden(`options/${option}.yaml`, `# ${JSON.stringify(flags).replaceAll(`${ROOT}/`, '')}\n${changes(before, after)}`);
    expect(after).not.toBe(before);
  });

  test('have a golden file each, or do not affect rendering', () => {
    const known = [...Object.keys(RENDERED_WITH), ...OTHERS];
    expect(known.sort()).toEqual(
      specs()
        .map(([key]) => key)
        .sort(),
    );
  });
});

test('golden files have at most 200 lines, and each belongs to a test', () => {
  const names = (readdirSync(GOLDEN, { recursive: true }) as string[]).filter((name) => name.endsWith('.yaml'));
  const long = names.filter((name) => readFileSync(join(GOLDEN, name), 'utf8').split('\n').length > MOST_LINES);
  expect(long).toEqual([]);
  const expected = [
    ...FAMILIES.flatMap((os) => SHIPPED.map((entry) => `${os}/${entry}.yaml`)),
    ...Object.keys(RENDERED_WITH).map((key) => `options/${key}.yaml`),
    'trials.yaml',
    ...COMPONENTS.map((name) => `components/${name}.yaml`),
  ];
  expect(names.sort()).toEqual(expected.sort());
});
