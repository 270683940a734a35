import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { hasUnseen } from '../../src/text/show';
import { ROOT, tempDir } from './render';
import { ended, start } from './run';

/** A string in private keys and passwords that must not appear in any output. */
export const SECRET = 'q7Rz0PlantedSecretXk29vTn4bWm8LdYs3HfJc6';
export const PRIVATE_KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\n${SECRET}\n-----END OPENSSH PRIVATE KEY-----\n`;

/** Strings that can make programs hang, crash, or print what they must not print. */
export const ATTACKS: readonly string[] = [
  '',
  '\0',
  '\u001b[2J\u001b]0;title\u0007',
  '\u009b31m\u0085\u007f',
  '\u202Eabc\u2066\u2069\u200b\u00ad\ufeff',
  '\r\nerror: forged\n  hint: rm -rf ~',
  `name: ${'x'.repeat(5000)}`,
  '&a [*a]',
  'a: &a {b: *a}',
  '['.repeat(5000),
  '- '.repeat(5000),
  '{{'.repeat(5000),
  '{{a}}'.repeat(2000),
  '{{#each a}}{{/each}}{{> b}}',
  '\\'.repeat(5000),
  '"'.repeat(5000),
  "'".repeat(5001),
  ' '.repeat(50_000),
  '\n'.repeat(50_000),
  `A=1${'\n'.repeat(50_000)}!`,
  '$('.repeat(2000),
  '<<E\n'.repeat(2000),
  '%'.repeat(5000),
  ';'.repeat(5000),
  '!!js/function "function(){}"',
  '__proto__: {a: 1}\nconstructor: {prototype: 1}',
  'null',
  '[]',
  '{}',
  '1e999',
  '{"items": null}',
  '{"items": [null]}',
  '{"items": [{"metadata": {"name": "\\u001b[2J\\u202e", "labels": null}, "status": {"conditions": {}}}]}',
  '{"items": [{"kind": "VirtualMachine", "metadata": {"name": "\\u001b[2J\\u202e", "labels": {"virtwork/workload": "\\u009b"}}, "status": {"printableStatus": "\\u0007"}}]}',
  '{"kind": "VirtualMachine", "metadata": {"name": "a\\nb"}, "spec": 1}',
  'Error from server (Forbidden): \u001b[31m is forbidden: \u202e',
  '-----BEGIN OPENSSH PRIVATE KEY-----',
  'PuTTY-User-Key-File-3: ssh-ed25519',
  '#!/bin/sh\n\u001b[2J',
  '[Service]\nExecStart=\u001b[2J {{\u202e}}',
  '\ud800\udfff\ud800',
];

/** The attacks, and combinations of them with random bytes. The same seed gives the same bytes. */
export function hostileBytes(count: number, seed: number): Buffer[] {
  const any = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
  const attack = fc.constantFrom(...ATTACKS).map((text) => Buffer.from(text));
  const joined = fc.array(fc.oneof(any, attack), { minLength: 1, maxLength: 4 }).map((parts) => Buffer.concat(parts));
  return fc.sample(fc.oneof({ arbitrary: attack, weight: 2 }, any, joined), { numRuns: count, seed });
}

/** A run of the program. */
export interface Case {
  readonly words: readonly string[];
  readonly cwd: string;
  /** Variables in addition to PATH and HOME. */
  readonly env?: NodeJS.ProcessEnv;
  /** Describes the case in the message of a failure. */
  readonly about: string;
}

/** The output of a run on both streams, and its exit code. */
export interface Said {
  readonly code: number;
  readonly output: string;
  readonly milliseconds: number;
}

/** Limit for the CPU time of a run, in milliseconds. */
const PATIENCE = 5000;

/**
 * Runs the built program for each case.
 * @throws Error for the first run that crashes, does not end, or prints what it must not print
 */
export async function expectSafe(cases: readonly Case[]): Promise<void> {
  const file = join(tempDir(), 'cases.json');
  writeFileSync(file, JSON.stringify(cases));
  const child = start(process.execPath, [join(ROOT, 'test/support/many-runs.cjs'), file]);
  const { stdout, stderr } = await ended(child, 120);
  const results = stdout.split('\n').filter(Boolean);
  for (const [index, { words, about }] of cases.entries()) {
    const what = `virtwork ${words.join(' ').slice(0, 200)}, ${about}`;
    const line = results[index];
    if (line === undefined) throw new Error(`${what}: it crashed\n${stderr.slice(-2000)}`);
    const said = JSON.parse(line) as Said;
    const wrong = faultsOf(said);
    if (wrong.length > 0) throw new Error(`${what}: ${wrong.join(', ')}\n${JSON.stringify(said.output.slice(0, 1500))}`);
  }
}

/** The errors of a run that must not occur for any input. */
export function faultsOf({ code, output, milliseconds }: Said): string[] {
  return [
    ...([0, 1, 2, 3].includes(code) ? [] : [`exit code ${code}`]),
    ...(/internal error|^\s+at .*:\d+:\d+/m.test(output) ? ['a stack trace'] : []),
    ...(hasUnseen(output) ? ['a control character'] : []),
    ...(/^error: forged/m.test(output) ? ['a forged line'] : []),
    ...(output.includes(SECRET) ? ['a secret'] : []),
    ...(milliseconds < PATIENCE ? [] : [`${milliseconds} ms`]),
  ];
}
