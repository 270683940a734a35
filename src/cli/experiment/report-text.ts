import { answerOf } from '../../report/answer';
import type { CellResult, ExperimentResults, ResultMetric } from '../../report/experiment-results';
import { amountWith, ratio, valuesNamed } from '../../report/messages';
import { isNotVisited } from '../../report/ramp';
import { table } from '../table';
import { andMoreLines, FLAGS, MISSING, NOT_RANKED, notVisited, questionLine, tuningLine } from './report-messages';

/** Lines of a list that are shown; all of them are in the JSON output. */
const MOST = 20;
/** Rows of a table that are shown. */
const MOST_ROWS = 60;

/** The results for a terminal: the answer first, then what it comes from, and what is missing. */
export function reportText(results: ExperimentResults): string {
  const { name, question, score, comparisons, expect, missing, cells: all, metrics, tuning } = results;
  const cells = all.filter((cell) => !isNotVisited(cell));
  const parts = [
    `${questionLine(name, question)}${answerOf(results)}\n${tuning === undefined ? '' : tuningLine(tuning)}`,
    score ? scoreTable(score) : '',
    comparisons.length > 0 ? comparisonTable(results) : '',
    score || comparisons.length > 0 ? '' : figureTable(cells, metrics),
    all.length > cells.length ? notVisited(all.length - cells.length) : '',
    expect.length > 0
      ? table(
          ['OUTCOME', 'EXPECTED', 'CELL', 'GOT'],
          expect.map((each) => [each.outcome, each.text, nameOf(cells, each.cell), each.got]),
        )
      : '',
    list(
      FLAGS,
      cells.flatMap(({ flags, values }) => flags.map(({ text }) => `${valuesNamed(values)}: ${text}`)),
    ),
    list(
      MISSING,
      missing.map(({ group, vm, trial, why }) => `${[group, vm, trial].filter(Boolean).join(' ')}: ${why}`),
    ),
  ];
  return parts.filter(Boolean).join('\n');
}

function scoreTable({ entries, unranked }: NonNullable<ExperimentResults['score']>): string {
  const keys = Object.keys(entries[0]?.values ?? {});
  const parts = entries[0]?.parts ?? [];
  const rows = entries.map(({ values, points, rank: [from, to], parts: own }) => [
    from === to ? String(from) : `${from}–${to}`,
    ...keys.map((key) => values[key] ?? ''),
    points.toFixed(1),
    ...own.map((part) => part.points.toFixed(1)),
  ]);
  const header = ['RANK', ...keys.map((key) => key.toUpperCase()), 'POINTS', ...parts.map(({ of }) => of.toUpperCase())];
  const ranking = entries.length > 0 ? table(header, rows) : '';
  return `${ranking}${list(
    NOT_RANKED,
    unranked.map(({ values, why }) => `${valuesNamed(values)}: ${why.join('; ')}`),
  )}`;
}

function comparisonTable({ comparisons, cells }: ExperimentResults): string {
  const rows = comparisons
    .slice(0, MOST_ROWS)
    .map(({ cell, metric, ratio: value, low, high, p, verdict }) => [
      nameOf(cells, cell),
      metric,
      ratio(value, low, high),
      p === undefined ? '-' : pValue(p),
      verdict,
    ]);
  return `${table(['CELL', 'FIGURE', 'RATIO TO BASELINE [95 %]', 'P', 'VERDICT'], rows)}${rest(comparisons.length - rows.length)}`;
}

/** Where nothing is compared, the figures themselves. */
function figureTable(cells: readonly CellResult[], metrics: readonly ResultMetric[]): string {
  const shown = metrics.filter(({ key }) => cells.some(({ main }) => main.includes(key)));
  const rows = cells
    .slice(0, MOST_ROWS)
    .map(({ values, figures, complete }) => [
      valuesNamed(values),
      ...shown.map(({ key, unit }) => (figures[key]?.mean === undefined ? '-' : amountWith(figures[key], unit))),
      complete ? 'yes' : 'no',
    ]);
  return `${table(['CELL', ...shown.map(({ key }) => key.toUpperCase()), 'COMPLETE'], rows)}${rest(cells.length - rows.length)}`;
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const shown = lines.slice(0, MOST).map((line) => `  ${line.replace(/\s+/g, ' ')}\n`);
  return `${title}\n${shown.join('')}${rest(lines.length - MOST)}`;
}

function rest(count: number): string {
  return count > 0 ? andMoreLines(count) : '';
}

function nameOf(cells: readonly CellResult[], id: string | undefined): string {
  const values = cells.find((cell) => cell.id === id)?.values;
  return values ? valuesNamed(values) : '-';
}

/** Never 0: no finite number of repeats shows that. */
export function pValue(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}
