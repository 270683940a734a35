import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Ajv from 'ajv';
import { load, loadAll } from 'js-yaml';
import { type Block, blocksOf, isShown, pathOf, type Step, stepsOf } from './support/doc-page';
import { virtwork } from './support/program';
import { ROOT, tempDir } from './support/render';
import { run } from './support/run';
import { needs } from './support/tools';

/**
 * Runs the examples of the documentation page by page in an empty folder. If an output differs from the output in the page,
 * `npm run update` updates the page.
 */
const UPDATE = process.env.UPDATE === '1';

const pagesIn = (folder: string) => readdirSync(join(ROOT, folder)).flatMap((name) => (name.endsWith('.md') ? [join(folder, name)] : []));
/** Every block of these pages runs, or has a comment that says why not. */
const PAGES = ['README.md', 'docs/quick-start.md', 'docs/commands.md', ...pagesIn('docs/how-to')];
const ALL_PAGES = ['README.md', ...pagesIn('docs')].concat(pagesIn('docs/how-to'));

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');
const MINUTES = 60_000;

/** Tools that a page needs in addition to the tools in `support/doc-tools`. */
function toolsOf(text: string): string[] {
  return ['kubectl', 'git'].filter((tool) => text.includes(`$ ${tool} `));
}

/** Whether `npm run build` has built the library. */
const hasLibrary = existsSync(join(ROOT, 'lib/src/index.d.ts'));

test.each(PAGES)('each block of %s is of a type that is checked', (page) => {
  for (const block of blocksOf(read(page))) {
    const isFile = pathOf(block) !== undefined;
    const isChecked = ['console', 'yaml'].includes(block.language) || isFile;
    expect([block.start, block.notRun !== undefined || isChecked]).toEqual([block.start, true]);
  }
});

for (const page of PAGES) {
  const text = read(page);
  const runs = text.includes("from 'virtwork'") && !hasLibrary && process.env.TEST_ALL_TOOLS !== '1' ? test.skip : needs(...toolsOf(text));
  runs(`the examples of ${page} work as written`, () => checkPage(page), 5 * MINUTES);
}

function checkPage(page: string): void {
  const session = new Session();
  const lines = read(page).split('\n');
  const differences: { readonly step: Step; readonly output: string }[] = [];
  for (const block of blocksOf(read(page)).filter(({ notRun }) => notRun === undefined)) {
    if (block.language !== 'console') {
      session.file(block);
      continue;
    }
    for (const step of stepsOf(block)) {
      const { status, output } = session.run(step.command);
      const fails = /^error: /m.test(step.shown ?? '');
      const { command } = step;
      expect({ command, output, failed: status !== 0 }).toEqual({ command, output, failed: fails || (UPDATE && /^error: /m.test(output)) });
      if (step.shown === undefined || isShown(step.shown, output)) continue;
      if (UPDATE) differences.push({ step, output });
      else expect({ command, output }).toEqual({ command, output: step.shown });
    }
  }
  for (const { step, output } of differences.reverse())
    lines.splice(step.from, step.to - step.from, ...output.replace(/\n$/, '').split('\n'));
  if (differences.length > 0) writeFileSync(join(ROOT, page), lines.join('\n'));
}

/** A shell in its own folder, with the programs that the pages use. */
class Session {
  private cwd = tempDir();
  private readonly home = this.cwd;
  private readonly env: NodeJS.ProcessEnv = {
    PATH: `${join(__dirname, 'support/doc-tools')}:${process.env.PATH}`,
    REAL_PATH: process.env.PATH,
    NODE: process.execPath,
    ROOT,
    HOME: this.home,
    CLUSTER: join(tempDir(), 'cluster.json'),
    END: join(tempDir(), 'end'),
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'Example'],
        [`GIT_${who}_EMAIL`, 'me@example.com'],
      ]),
    ),
  };

  constructor() {
    mkdirSync(join(this.cwd, 'node_modules'));
    for (const [name, target] of [
      ['virtwork', ROOT],
      ...['cdk8s', 'constructs'].map((name) => [name, join(ROOT, 'node_modules', name)]),
    ] as [string, string][])
      symlinkSync(target, join(this.cwd, 'node_modules', name));
    this.run('git init --quiet');
  }

  run(command: string): { readonly status: number | null; readonly output: string } {
    const script = `exec 2>&1\n${command}\nstatus=$?\npwd >"$END"\nexit $status`;
    const { status, stdout } = run('bash', ['-c', script], { cwd: this.cwd, env: this.env });
    this.cwd = readFileSync(this.env.END as string, 'utf8').trim();
    return { status, output: stdout };
  }

  /** Writes the file of a block that names one, and checks YAML. */
  file(block: Block): void {
    const text = `${block.lines.join('\n')}\n`;
    const path = pathOf(block);
    if (block.language === 'yaml') expect(loadAll(text).every((each) => typeof each === 'object' && each !== null)).toBe(true);
    if (path?.endsWith('virtwork.yaml') && !path.includes('/')) expect(faultsOf(text)).toEqual([]);
    if (path === undefined) return;
    mkdirSync(join(this.cwd, dirname(path)), { recursive: true });
    writeFileSync(join(this.cwd, path), text);
  }
}

/** The errors in a configuration file, according to its schema. */
function faultsOf(text: string): unknown[] {
  const check = new Ajv({ strict: false }).compile(JSON.parse(read('lib/virtwork.schema.json')));
  return check(load(text)) ? [] : (check.errors ?? []);
}

test.each(ALL_PAGES)('the commands of virtwork in %s use existing flags', (page) => {
  const commands = blocksOf(read(page))
    .filter(({ language }) => language === 'console')
    .flatMap(stepsOf)
    .flatMap(({ command }) => [...command.matchAll(/npx --no (?:-- )?virtwork ([^|;&#\n]*)/g)].map(([, words = '']) => words));
  for (const command of commands) {
    const [words = ''] = command.split(' -- ');
    const flags = [...words.matchAll(/ --([\w-]+)/g)].map(([, flag = '']) => flag).filter((flag) => flag !== 'help');
    const help = helpOf(/^(?:lab image \w+|(?:lab|experiment|chaos) \w+|\w+)/.exec(words)?.[0] ?? '');
    expect({ command, unknown: flags.filter((flag) => !help.includes(`--${flag.replace(/^no-/, '')} `)) }).toEqual({
      command,
      unknown: [],
    });
  }
});

test('docs/commands.md lists every command', () => {
  const names = (text: string, row: RegExp) => [...text.matchAll(row)].map(([, name]) => name).sort();
  const [table = ''] = /^\| command [\s\S]*?\n\n/m.exec(read('docs/commands.md')) ?? [];
  expect(names(table, /^\| `(\w+)/gm)).toEqual(names(virtwork('--help').stdout, /^ {2}virtwork (\w+)/gm));
});

const helps = new Map<string, string>();

function helpOf(verb: string): string {
  const known = helps.get(verb) ?? virtwork(`${verb} --help`).stdout;
  helps.set(verb, known);
  expect([verb, known]).toEqual([verb, expect.stringContaining('--help')]);
  return known;
}

test.each([
  ['a\n', 'a\n', true],
  ['a\n', 'a\nb\n', false],
  ['…\nb\n', 'a\na\nb\n', true],
  ['…\n', '', true],
  ['a\n…\n', 'a\nb\nc\n', true],
  ['a\n…\nc\n', 'a\nb\n', false],
  ['in … s\n', 'in 12 s\n', true],
  ['in … s\n', 'in 12\n s\n', false],
  ['a.c\n', 'abc\n', false],
])('%j in a page matches the output %j: %j', (shown, output, expected) => {
  expect(isShown(shown, output)).toBe(expected);
});

test('reads blocks, commands and files of a page', () => {
  const page = [
    '```console',
    '$ a \\',
    '  b',
    'out',
    '$ c',
    '```',
    '<!-- not run: because -->',
    '```bash',
    '#!/bin/bash',
    '# files/x',
    '```',
  ].join('\n');
  const [first, second] = blocksOf(page) as [Block, Block];
  expect(stepsOf(first)).toEqual([
    { command: 'a \\\n  b', shown: 'out\n', from: 3, to: 4 },
    { command: 'c', from: 5, to: 5 },
  ]);
  expect([second.notRun, pathOf(second), pathOf(first)]).toEqual(['because', 'files/x', undefined]);
});
