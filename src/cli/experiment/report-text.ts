import { answerOf } from '../../report/answer';
import type { CellResult, Comparison, Expectation, ExperimentResults, Figure, ResultMetric } from '../../report/experiment-results';
import { flagRows, incompleteRows, missingRows } from '../../report/gaps';
import { MANY_ROWS, reasonsNamed, valuesNamed } from '../../report/messages';
import { quantityWith, ratio } from '../../report/quantity';
import { isNotVisited } from '../../report/ramp';
import { table } from '../table';
import { andMoreLines, FLAGS, INCOMPLETE, MISSING_HEADER, NOT_RANKED, notVisited, questionLine, tuningLine } from './report-messages';

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
    expect.length > 0 ? expectationTable(expect, cells) : '',
    list(
      FLAGS,
      flagRows(cells).map(([which, , text]) => `${which}: ${text}`),
    ),
    list(
      INCOMPLETE,
      incompleteRows(cells).map(([which, why]) => `${which}: ${why}`),
    ),
    missing.length > 0
      ? limitedTable(
          MISSING_HEADER,
          missingRows(missing).map((row) => () => row),
          MOST,
        )
      : '',
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
    unranked.map(({ values, why }) => `${valuesNamed(values)}: ${reasonsNamed(why)}`),
  )}`;
}

function comparisonTable({ comparisons, cells }: ExperimentResults): string {
  const rows = comparisons.map(({ cell, metric, ratio: value, low, high, p, verdict }) => () => [
    nameOf(cells, cell),
    metric,
    ratio(value, low, high),
    p === undefined ? '-' : pValue(p),
    verdict,
  ]);
  const compared = limitedTable(['CELL', 'FIGURE', 'RATIO TO BASELINE [95 %]', 'P', 'VERDICT'], rows);
  return comparisons.some(isCorrected) ? `${compared}${MANY_ROWS}\n` : compared;
}

/** Whether the interval alone would show a difference. */
function isCorrected({ low = 0, high = Number.POSITIVE_INFINITY, verdict }: Comparison): boolean {
  return verdict === 'no difference shown' && (low > 1 || high < 1);
}

/** Where there are too many, those that are not met come first. */
function expectationTable(expect: ExperimentResults['expect'], cells: readonly CellResult[]): string {
  const order = expect.length > MOST_ROWS ? expect.toSorted((a, b) => urgency(a) - urgency(b)) : expect;
  const rows = order.map((each) => () => [each.outcome, each.text, nameOf(cells, each.cell), each.got]);
  return limitedTable(['OUTCOME', 'EXPECTED', 'CELL', 'GOT'], rows);
}

function urgency({ outcome }: Expectation): number {
  return ['not met', 'not decided', 'met'].indexOf(outcome);
}

/** Where nothing is compared, the figures themselves. Cells without any are listed as incomplete. */
function figureTable(cells: readonly CellResult[], metrics: readonly ResultMetric[]): string {
  const shown = metrics.filter(({ key }) => cells.some(({ main }) => main.includes(key)));
  const measured = cells.filter(({ figures }) => shown.some(({ key }) => figures[key]));
  if (measured.length === 0) return '';
  const rows = measured.map(({ values, figures, complete }) => () => [
    valuesNamed(values),
    ...shown.map((metric) => figureText(metric, figures[metric.key])),
    complete ? 'yes' : 'no',
  ]);
  return limitedTable(['CELL', ...shown.map(({ key }) => key.toUpperCase()), 'COMPLETE'], rows);
}

/** @param rows written when they are shown */
function limitedTable(header: readonly string[], rows: readonly (() => readonly string[])[], most: number = MOST_ROWS): string {
  const shown = rows.slice(0, most).map((row) => row());
  return `${table(header, shown)}${rest(rows.length - shown.length)}`;
}

function figureText(metric: ResultMetric, figure: Figure | undefined): string {
  return figure?.mean === undefined ? '-' : quantityWith(metric, { ...figure, mean: figure.mean });
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
