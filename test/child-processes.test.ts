import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { ROOT } from './support/render';

/**
 * A program that never ends stops everything that waits for it, and no limit of Jest ends a synchronous call. So each call
 * has a `timeout`, but for these. Tests use test/support/run.ts, whose errors say what the program had printed until then.
 */
const OTHERWISE_BOUNDED: readonly string[] = [
  // Ends it when it is silent for long.
  'src/companion/process.ts: spawn',
  // A VM, which runs until somebody ends it.
  'src/lab/process.ts: spawn',
  // A shell in a VM, for a person or a command of theirs.
  'src/cli/lab/inside.ts: spawn',
  // Has a timer of its own.
  'test/support/run.ts: spawn',
];

interface Node {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: swc has no common type of what a node may hold
  readonly [key: string]: any;
}

function* nodes(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && typeof value.type === 'string') yield value as Node;
  for (const each of Object.values(value)) yield* nodes(each);
}

/** Calls of what the text takes from node:child_process that have no `timeout` among their options. */
function unbounded(text: string): string[] {
  const all = [...nodes(parseSync(text, { syntax: 'typescript' }))];
  const taken = new Map<string, string>(
    all
      .filter(({ type, source }) => type === 'ImportDeclaration' && /^(node:)?child_process$/.test(source.value))
      .flatMap(({ specifiers }) =>
        (specifiers as Node[]).map(({ local, imported }): [string, string] => [local.value, (imported ?? local).value]),
      ),
  );
  return all
    .filter(({ type, callee }) => type === 'CallExpression' && callee.type === 'Identifier' && taken.has(callee.value))
    .filter(({ arguments: given }) => !(given as { expression: Node }[]).some(({ expression }) => hasTimeout(expression)))
    .map(({ callee }) => taken.get(callee.value) as string);
}

function hasTimeout({ type, properties }: Node): boolean {
  if (type !== 'ObjectExpression') return false;
  return (properties as Node[]).some((each) => (each.type === 'Identifier' ? each.value : each.key?.value) === 'timeout');
}

const files = ['build', 'src', 'test'].flatMap(sources);

function sources(folder: string): string[] {
  return (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
    .filter((file) => /\.(ts|mjs|cjs)$/.test(file))
    .map((file) => join(folder, file))
    .sort();
}

test('each call that starts a program is bounded', () => {
  const found = files.flatMap((file) => unbounded(readFileSync(join(ROOT, file), 'utf8')).map((name) => `${file}: ${name}`));
  expect(found.sort()).toEqual([...OTHERWISE_BOUNDED].sort());
});

test.each([
  ["import { spawnSync } from 'node:child_process'; spawnSync('a', [], { cwd });", ['spawnSync']],
  ["import { execFileSync as run, fork } from 'child_process'; run('a'); fork('b', [], { 'timeout': 1 });", ['execFileSync']],
  ["import { spawnSync } from 'node:child_process'; spawnSync('a', [], { timeout: 1 });", []],
  ["import { spawnSync } from 'node:child_process'; const timeout = 1; spawnSync('a', [], { cwd, timeout });", []],
  ["/x/.exec('a'); spawnSync('a');", []],
])('the check sees %s', (text, expected) => {
  expect(unbounded(text)).toEqual(expected);
});
