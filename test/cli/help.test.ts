import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verb, VerbGroup } from '../../src/cli/verb';
import { VERBS } from '../../src/cli/verbs';
import { virtwork } from '../support/program';
import { tempDir } from '../support/render';
import { csvOf, truthOf } from '../support/truths';

/** Every verb by its name with those of its groups. */
function all(verbs: readonly (Verb | VerbGroup)[], group = ''): (readonly [string, Verb])[] {
  return verbs.flatMap((verb) => {
    const title = `${group}${verb.name}`;
    return 'verbs' in verb ? all(verb.verbs, `${title} `) : [[title, verb] as const];
  });
}

const ALL = all(VERBS);

test.each(ALL)('the help of virtwork %s consists of short phrases, with one to three examples', (_, { describe, flags, examples = [] }) => {
  const phrases = [describe, ...Object.values(flags).map((flag) => flag.describe), ...examples.map(([, what]) => what)];
  expect(phrases.filter((phrase) => /[.?]$|^[A-Z][a-z]|\b(told|tells|handed|made)\b/.test(phrase))).toEqual([]);
  expect([1, 2, 3]).toContain(examples.length);
});

/** A folder with what the examples name: an experiment, an entry, and what guests did and a product saw. */
const cwd = tempDir();
writeFileSync(join(cwd, 'truth.json'), JSON.stringify(truthOf()));
writeFileSync(join(cwd, 'export.csv'), csvOf({ 'cpu-0 cpu': 1 }));
virtwork('experiment synth fio-bench/rank', { cwd });
virtwork('new my-benchmark --catalog-dir .', { cwd });

const EXAMPLES = ALL.flatMap(([title, { examples = [] }]) =>
  examples.flatMap(([line]) => [...line.matchAll(/virtwork ([^|&)>]+)/g)].map(([, words = '']) => [title, words.trim()] as const)),
);

test.each(EXAMPLES)('the example of virtwork %s has no error: %s', (_, words) => {
  // Nothing is run, since a flag is unknown; each other error is reported with it.
  const title = ALL.map(([name]) => name).find((name) => `${words} `.startsWith(`${name} `)) ?? '';
  expect(virtwork(words.replace(title, `${title} --nosuch=1`), { cwd })).toEqual({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(`^error: unknown flag --nosuch for virtwork ${title}\n  hint: .*\n$`),
  });
});
