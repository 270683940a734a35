import { answerOf } from './answer';
import type { ExperimentResults } from './experiment-results';
import { escaped } from './html';
import { labelOf } from './layout';
import { isNotVisited } from './ramp';

interface Case {
  readonly name: string;
  readonly failure?: string;
  readonly skipped?: string;
}

/**
 * The results as JUnit XML for CI systems: a test for each expectation, and one for each cell, which fails if records are missing or wrong. An
 * expectation that is not decided, and a cell that a ramp did not visit, is a skipped test.
 */
export function junitOf(results: ExperimentResults): string {
  const { name, cells, expect } = results;
  const suites: readonly (readonly [string, readonly Case[]])[] = [
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
  ];
  const all = suites.flatMap(([, cases]) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(name)}" ${counts(all)}>`,
    ...suites.filter(([, cases]) => cases.length > 0).map(([suite, cases]) => suiteOf(results, suite, cases)),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteOf(results: ExperimentResults, suite: string, cases: readonly Case[]): string {
  const className = escaped(`${results.name}.${suite}`);
  const tuning = results.tuning === undefined ? '' : property('tuning', results.tuning);
  return [
    `  <testsuite name="${className}" ${counts(cases)}>`,
    `    <properties>${property('answer', answerOf(results))}${property('plan', results.plan)}${tuning}</properties>`,
    ...cases.map((each) => {
      const start = `    <testcase classname="${className}" name="${escaped(each.name)}"`;
      if (each.failure !== undefined) return `${start}><failure message="${escaped(each.failure)}"/></testcase>`;
      if (each.skipped !== undefined) return `${start}><skipped message="${escaped(each.skipped)}"/></testcase>`;
      return `${start}/>`;
    }),
    '  </testsuite>',
  ].join('\n');
}

function property(name: string, value: string): string {
  return `<property name="${name}" value="${escaped(value)}"/>`;
}

function counts(cases: readonly Case[]): string {
  const of = (key: 'failure' | 'skipped') => cases.filter((each) => each[key] !== undefined).length;
  return `tests="${cases.length}" failures="${of('failure')}" errors="0" skipped="${of('skipped')}"`;
}

function cellNamed({ cells }: ExperimentResults, id: string | undefined): string {
  const values = cells.find((cell) => cell.id === id)?.values;
  return values ? ` (${labelOf(values)})` : '';
}
