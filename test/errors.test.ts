import { formatProblem, formatProblems, UserError } from '../src/errors';

test('output of another program cannot look like a line of virtwork', () => {
  expect(formatProblem({ where: 'a\nerror: b', message: 'c\nerror: d', hint: 'e\nerror: f' })).toBe(
    'a\\nerror: b: c\n    error: d\n  hint: e\\nerror: f',
  );
});

test('long messages are cut, and only the first of many problems are shown', () => {
  expect(formatProblem({ where: 'w'.repeat(1e6), message: 'm'.repeat(1e6) }).length).toBeLessThan(10_000);
  const problems = Array.from({ length: 1000 }, (_, index) => ({ where: `file:${index}`, message: 'is wrong' }));
  const lines = formatProblems(problems).split('\n');
  expect(lines).toHaveLength(201);
  expect(lines.at(-1)).toBe('and 800 more');
  expect(new UserError(problems).problems).toHaveLength(1000);
});
