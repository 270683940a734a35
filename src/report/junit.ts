import { answerOf } from './answer';
import type { ExperimentResults } from './experiment-results';
import { junitSuites } from './junit-suites';
import { labelOf } from './layout';
import { isNotVisited } from './ramp';

/**
 * The results as JUnit XML for CI systems: a test for each expectation, and one for each cell, which fails if records are missing or wrong. An
 * expectation that is not decided, and a cell that a ramp did not visit, is a skipped test.
 */
export function junitOf(results: ExperimentResults): string {
  const { name, cells, expect, plan, tuning } = results;
  return junitSuites(
    name,
    [
      [
        'expectations',
        expect.map(({ text, outcome, got, cell }) => ({
          name: `${text}${cellNamed(results, cell)}`,
          ...(outcome === 'not met' ? { failure: `got ${got}` } : {}),
          ...(outcome === 'not decided' ? { skipped: `not decided: got ${got}` } : {}),
        })),
      ],
      [
        'records',
        cells.map((cell) => ({
          name: labelOf(cell.values) || 'the only cell',
          ...(cell.complete ? {} : { [isNotVisited(cell) ? 'skipped' : 'failure']: cell.why.join('; ') }),
        })),
      ],
    ],
    { answer: answerOf(results), plan, tuning },
  );
}

function cellNamed({ cells }: ExperimentResults, id: string | undefined): string {
  const values = cells.find((cell) => cell.id === id)?.values;
  return values ? ` (${labelOf(values)})` : '';
}
