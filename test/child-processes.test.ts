import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { ROOT } from './support/render';

/**
 * A program that never ends blocks everything that waits for it, and no limit of Jest ends a synchronous call. Therefore each call
 * has a `timeout`, except these. Tests use test/support/run.ts, whose errors contain the output of the program.
 */
const OTHERWISE_BOUNDED: readonly string[] = [
  // The code ends the program if it prints nothing for a long time.
  'src/companion/process.ts: spawn',
  // A VM runs until the user stops it.
  'src/lab/process.ts: spawn',
  // A shell or a command in a VM runs until the user ends it.
  'src/cli/lab/inside.ts: execa',
  // The code has its own timer.
  'test/support/run.ts: spawn',
];

const MODULES = /^((node:)?child_process|execa)$/;

interface Node {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: swc has no common type for the contents of a node
  readonly [key: string]: any;
}

function* nodes(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && typeof value.type === 'string') yield value as Node;
  for (const each of Object.values(value)) yield* nodes(each);
}

/** Calls of functions from node:child_process and execa without the option `timeout`. */
function unbounded(text: string): string[] {
  const all = [...nodes(parseSync(text, { syntax: 'typescript' }))];
  const taken = new Map<string, string>([
    ...all
      .filter(({ type, source }) => type === 'ImportDeclaration' && MODULES.test(source.value))
      .flatMap(({ specifiers }) =>
        (specifiers as Node[]).map(({ local, imported }): [string, string] => [local.value, (imported ?? local).value]),
      ),
    ...all
      .filter(requiresOne)
      .flatMap(({ id }) => (id.properties as Node[]).map(({ key, value }): [string, string] => [(value ?? key).value, key.value])),
  ]);
  return all
    .filter(({ type, callee }) => type === 'CallExpression' && callee.type === 'Identifier' && taken.has(callee.value))
    .filter(({ arguments: given }) => !(given as { expression: Node }[]).some(({ expression }) => hasTimeout(expression)))
    .map(({ callee }) => taken.get(callee.value) as string);
}

/** `const { execa } = require('execa') as …` */
function requiresOne({ type, id, init }: Node): boolean {
  const call = init?.type === 'TsAsExpression' ? init.expression : init;
  if (type !== 'VariableDeclarator' || id.type !== 'ObjectPattern' || call?.type !== 'CallExpression') return false;
  return call.callee.value === 'require' && MODULES.test(call.arguments[0]?.expression.value);
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

test('each call that starts a program has a time limit', () => {
  const found = files.flatMap((file) => unbounded(readFileSync(join(ROOT, file), 'utf8')).map((name) => `${file}: ${name}`));
  expect(found.sort()).toEqual([...OTHERWISE_BOUNDED].sort());
});

test.each([
  ["import { spawnSync } from 'node:child_process'; spawnSync('a', [], { cwd });", ['spawnSync']],
  ["import { execFileSync as run, fork } from 'child_process'; run('a'); fork('b', [], { 'timeout': 1 });", ['execFileSync']],
  ["import { spawnSync } from 'node:child_process'; spawnSync('a', [], { timeout: 1 });", []],
  ["import { spawnSync } from 'node:child_process'; const timeout = 1; spawnSync('a', [], { cwd, timeout });", []],
  ["/x/.exec('a'); spawnSync('a');", []],
  ["const { execa } = require('execa') as typeof import('execa'); execa('a', [], { input });", ['execa']],
  ["const { execa: run, spawn } = require('execa'); run('a', [], { timeout });", []],
])('the check finds %s', (text, expected) => {
  expect(unbounded(text)).toEqual(expected);
});
