import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ROOT } from './support/render';

const SRC = join(ROOT, 'src');

/** The imports that each module may have: at run time, and in `types` for types only. A folder stands for all its files. */
const MAY: { readonly [module: string]: { readonly load: readonly string[]; readonly types?: readonly string[] } } = {
  'main.ts': { load: ['cli'] },
  'quick.ts': { load: ['cli'] },
  'app.ts': { load: ['load-plan.ts', 'options', 'synth'] },
  'index.ts': { load: ['catalog', 'constructs', 'guest', 'library', 'options', 'plan', 'synth', 'validation'] },
  'load-plan.ts': { load: ['options', 'catalog', 'plan'] },
  library: { load: ['constructs', 'catalog', 'load-plan.ts', 'options', 'plan', 'synth'] },
  cli: {
    load: [
      'load-plan.ts',
      'options',
      'catalog',
      'plan',
      'synth',
      'guest',
      'constructs',
      'lab',
      'companion',
      'results',
      'experiment',
      'report',
      'audit',
      'signals',
      'verify',
    ],
  },
  options: { load: [] },
  signals: { load: [] },
  catalog: { load: ['signals'], types: ['options'] },
  plan: {
    load: [
      'catalog/entry.ts',
      'catalog/entry-name.ts',
      'catalog/params/break-out.ts',
      'catalog/files/guest-path.ts',
      'catalog/params/param-value.ts',
      'signals',
    ],
    types: ['options', 'catalog'],
  },
  guest: { load: ['catalog/params/param-value.ts', 'plan/guest-names.ts', 'plan/pod-network.ts'], types: ['plan', 'catalog'] },
  constructs: { load: ['plan', 'imports'], types: ['signals'] },
  validation: { load: [] },
  synth: { load: ['constructs', 'guest', 'plan', 'catalog', 'validation', 'signals'] },
  experiment: { load: ['load-plan.ts', 'options', 'catalog', 'plan', 'guest', 'synth'], types: ['validation'] },
  results: { load: [] },
  statistics: { load: [] },
  report: { load: ['results', 'statistics', 'experiment/changed-plan.ts', 'experiment/plan-validator.ts'], types: ['experiment'] },
  verify: { load: ['report', 'results', 'signals'] },
  companion: { load: ['results'], types: ['experiment'] },
  audit: { load: [], types: ['companion', 'options', 'plan'] },
  lab: { load: ['plan', 'guest', 'results'], types: ['options'] },
};

/** Modules that every module may import. They import only modules that come before them in this list. */
const BASE = ['text', 'errors.ts', 'package.ts', 'files', 'http', 'kubernetes', 'yaml', 'schema'];

interface Import {
  readonly from: string;
  /** File within `src`, or `imports` for the generated classes. */
  readonly to: string;
  readonly typesOnly: boolean;
}

const files = (readdirSync(SRC, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const statements = [
    ...text.matchAll(/^(?:import|export)\s+(type\s)?([^;]*?)from\s+'([^']+)'/gm),
    ...text.matchAll(/()()(?:require|import)\('(\.[^']+)'\)/g),
  ];
  return statements
    .filter((match) => (match[3] as string).startsWith('.'))
    .map((match) => {
      const path = relative(SRC, resolve(SRC, dirname(file), match[3] as string));
      const named = (match[2] as string)
        .replace(/[{}\s]/g, ' ')
        .split(',')
        .map((each) => each.trim())
        .filter(Boolean);
      const onlyTypes = named.length > 0 && named.every((each) => each.startsWith('type '));
      return { from: file, to: path.startsWith('../imports') ? 'imports' : `${path}.ts`, typesOnly: Boolean(match[1]) || onlyTypes };
    });
}

function moduleOf(file: string): string {
  return file.split('/')[0] as string;
}

/** @returns the files or modules of the first cycle that is found */
function cycle(graph: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (at: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(at)) return [...way.slice(way.indexOf(at)), at];
    if (done.has(at)) return undefined;
    for (const to of graph.get(at) ?? []) {
      const found = visit(to, [...way, at]);
      if (found) return found;
    }
    done.add(at);
    return undefined;
  };
  for (const at of graph.keys()) {
    const found = visit(at, []);
    if (found) return found;
  }
  return undefined;
}

/** Whether a module may import a file of another module. */
function allowed(from: string, { to, typesOnly }: Import): boolean {
  const rank = BASE.indexOf(from);
  const { load = [], types = [] } = MAY[from] ?? {};
  const may = [...(rank < 0 ? BASE : BASE.slice(0, rank)), ...load, ...(typesOnly ? types : [])];
  return may.includes(to) || may.includes(moduleOf(to));
}

test.each(files)('%s imports only what its module may', (file) => {
  const from = moduleOf(file);
  const others = (imports.get(file) as Import[]).filter(({ to }) => moduleOf(to) !== from);
  expect(others.filter((each) => !allowed(from, each)).map(({ to }) => to)).toEqual([]);
});

test('no file is in a cycle of imports, including type imports', () => {
  expect(cycle(new Map(files.map((file) => [file, new Set((imports.get(file) as Import[]).map(({ to }) => to))])))).toBeUndefined();
});

test('no module is in a cycle of imports, including type imports', () => {
  const graph = new Map<string, Set<string>>(files.map((file) => [moduleOf(file), new Set()]));
  for (const [file, all] of imports)
    for (const { to } of all) if (moduleOf(to) !== moduleOf(file)) graph.get(moduleOf(file))?.add(moduleOf(to));
  expect(cycle(graph)).toBeUndefined();
});

test('finds a cycle', () => {
  const graph = (edges: { readonly [from: string]: readonly string[] }) =>
    new Map(Object.entries(edges).map(([from, to]) => [from, new Set(to)]));
  expect(cycle(graph({ a: ['b'], b: ['c', 'd'], c: [], d: ['b'] }))).toEqual(['b', 'd', 'b']);
  expect(cycle(graph({ a: ['b', 'c'], b: ['c'], c: [] }))).toBeUndefined();
});

test('finds the imports', () => {
  expect(importsOf('app.ts').map(({ to }) => to)).toEqual([
    'errors.ts',
    'files/working-directory.ts',
    'load-plan.ts',
    'options/secrets.ts',
    'synth/base.ts',
    'synth/render.ts',
    'text/show.ts',
  ]);
  expect(importsOf('plan/no-effect.ts').filter(({ to }) => moduleOf(to) === 'catalog')).toEqual([
    { from: 'plan/no-effect.ts', to: 'catalog/entry.ts', typesOnly: true },
  ]);
});

test('only constructs import generated classes', () => {
  const users = new Set(files.filter((file) => importsOf(file).some(({ to }) => to === 'imports')).map(moduleOf));
  expect([...users]).toEqual(['constructs']);
});
