import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ROOT } from './support/render';

const SRC = join(ROOT, 'src');

/** What each room may load at run time. Types may come from the rooms in brackets too. Files beside the rooms are for everyone. */
const MAY: { readonly [room: string]: { readonly load: readonly string[]; readonly types?: readonly string[] } } = {
  'main.ts': { load: ['cli'] },
  'app.ts': { load: ['load-plan.ts', 'options', 'synth'] },
  'index.ts': { load: ['catalog', 'constructs', 'guest', 'library', 'options', 'plan', 'synth'] },
  library: { load: ['constructs', 'catalog', 'load-plan.ts', 'options', 'plan', 'synth'] },
  'load-plan.ts': { load: ['options', 'catalog', 'plan'] },
  cli: { load: ['load-plan.ts', 'options', 'catalog', 'plan', 'synth', 'guest', 'constructs', 'lab', 'companion', 'audit'] },
  options: { load: [] },
  catalog: { load: [] },
  plan: { load: [], types: ['options', 'catalog'] },
  companion: { load: [] },
  audit: { load: [], types: ['companion'] },
  lab: { load: ['plan', 'guest'], types: ['plan', 'options'] },
  guest: { load: [], types: ['plan', 'catalog'] },
  constructs: { load: ['plan', 'imports'], types: ['plan'] },
  synth: { load: ['constructs', 'guest', 'plan', 'catalog'], types: ['plan'] },
};
/** Files at the root of src that any room may use, and that use no room but for what is named here. */
const LEAVES: { readonly [file: string]: readonly string[] } = {
  'errors.ts': [],
  'labels.ts': [],
  'quantity.ts': [],
  'show.ts': [],
  'secrets.ts': [],
  'access-modes.ts': [],
  'guest-path.ts': [],
  'suggest.ts': [],
  'yaml.ts': [],
  'known-yaml.ts': [],
  'yaml-file.ts': [],
  'schema-errors.ts': [],
  'secret-size.ts': [],
  'text-file.ts': [],
  'shell-word.ts': [],
  'bounded-file.ts': [],
  'working-directory.ts': [],
  'written-yaml.ts': [],
  'validator.ts': [],
  'name-uuid.ts': [],
  'user-data-hash.ts': [],
  'disk-names.ts': [],
  'make-folder.ts': [],
  'real-path.ts': [],
  'pattern.ts': [],
  'new-file.ts': [],
  'param-value.ts': ['options', 'catalog'],
  'break-out.ts': ['catalog'],
  'run-id.ts': [],
  'version.ts': ['catalog'],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
}

const files = (readdirSync(SRC, { recursive: true }) as string[]).filter((file) => file.endsWith('.ts'));

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
      return { from: file, to: path.startsWith('../imports') ? 'imports' : roomOf(path), typesOnly: Boolean(match[1]) || onlyTypes };
    });
}

function roomOf(path: string): string {
  const [first = '', second] = path.split('/');
  return second ? first : `${first.replace(/\.ts$/, '')}.ts`;
}

test.each(files)('%s imports only what its room may', (file) => {
  const room = roomOf(file);
  for (const { to, typesOnly } of importsOf(file)) {
    if (to === room || to in LEAVES) continue;
    const may = MAY[room] ?? { load: LEAVES[room] ?? [] };
    expect([...may.load, ...(typesOnly ? (may.types ?? []) : [])]).toContain(to);
  }
});

test('the imports are found', () => {
  expect(importsOf('app.ts').map((each) => each.to)).toEqual([
    'errors.ts',
    'load-plan.ts',
    'options',
    'show.ts',
    'synth',
    'synth',
    'working-directory.ts',
  ]);
  expect(importsOf('plan/build.ts').filter((each) => each.to === 'catalog')).toEqual([
    { from: 'plan/build.ts', to: 'catalog', typesOnly: true },
  ]);
});

test('generated classes stay behind the constructs', () => {
  const users = new Set(files.filter((file) => importsOf(file).some((each) => each.to === 'imports')).map(roomOf));
  expect([...users]).toEqual(['constructs']);
});
