import { experiment, problemsOf } from '../support/planned-experiments';

const HEAD = 'name: e\nworkload: fio-bench\n';

test.each<[string, string, string]>([
  ['a string', 'tuning: mclock high_client_ops', 'mclock high_client_ops'],
  ['a number', 'tuning: 5', '5'],
  ['a map, as written', 'tuning: { osd-memory: 8Gi, scrub: off, shards: 08 }', 'osd-memory=8Gi, scrub=off, shards=08'],
])('%s is one line of the plan', async (_, text, tuning) => {
  expect((await experiment(HEAD + text)).plan.tuning).toBe(tuning);
});

test('is not in the hash: the same plan measures the cluster before and after', async () => {
  const [none, before, after] = await Promise.all(['', 'tuning: before', 'tuning: after'].map((text) => experiment(HEAD + text)));
  expect(none?.plan).not.toHaveProperty('tuning');
  expect(before?.plan).toEqual({ ...none?.plan, tuning: 'before' });
  expect(after?.plan).toEqual({ ...none?.plan, tuning: 'after' });
  expect([...(before?.groups ?? [])]).toEqual([...(after?.groups ?? [])]);
});

test.each<[string, string, string]>([
  ['an empty string', 'tuning: ""', 'e.yaml:3:1: tuning: must be one line of 1 to 200 characters'],
  ['blanks around it', 'tuning: " a"', 'tuning: must be one line'],
  ['several lines', 'tuning: "a\\nb"', 'tuning: must be one line'],
  ['a character that turns the text', 'tuning: "a\\u202eb"', 'tuning: must be one line'],
  ['a long string', `tuning: ${'x'.repeat(201)}`, 'tuning: must be one line'],
  ['an empty map', 'tuning: {}', 'tuning: must have at least one key'],
  ['a list', 'tuning: [a]', 'tuning must be a string or a map, got a list'],
  ['a map of maps', 'tuning: { a: { b: 1 } }', 'tuning.a must be a string or a number or true or false'],
])('%s is rejected', async (_, text, said) => {
  expect((await problemsOf(HEAD + text))[0]).toContain(said);
});
