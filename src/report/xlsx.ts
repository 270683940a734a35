import { answerOf } from './answer';
import type { ExperimentResults } from './experiment-results';
import { plain } from './html';
import { labelOf } from './layout';
import { isNotVisited } from './ramp';
import { figureRows, type Row, valueRows } from './rows';

/** Rows of a sheet, by the format. */
const MOST_ROWS = 1_048_576;
const COLUMN_WIDTH = 18;

/** The results as a workbook with a sheet each for the answer, the means, the figures of repeats and VMs, and what is missing. */
export async function xlsxOf(results: ExperimentResults): Promise<Buffer> {
  const write = (require('write-excel-file/node') as typeof import('write-excel-file/node')).default;
  const sheets = [
    sheet('Answer', answerRows(results)),
    sheet('Means', [...figureRows(results)]),
    sheet('Figures', [...valueRows(results)]),
    sheet('Missing', missingRows(results)),
  ];
  return write(sheets).toBuffer();
}

function sheet(name: string, rows: readonly Row[]) {
  const data = rows
    .slice(0, MOST_ROWS)
    .map((row, index) =>
      row.map((value) =>
        value === undefined || value === ''
          ? null
          : typeof value === 'number'
            ? { value, type: Number }
            : { value: xmlText(value), type: String, ...(index === 0 ? { fontWeight: 'bold' as const } : {}) },
      ),
    );
  const width = Math.max(1, ...rows.slice(0, 1).map((row) => row.length));
  return { sheet: name, data, columns: Array.from({ length: width }, () => ({ width: COLUMN_WIDTH })), stickyRowsCount: 1 };
}

function answerRows(results: ExperimentResults): readonly Row[] {
  const { name, question, score, tuning } = results;
  return [
    ['Experiment', name],
    ['Question', question],
    ['Answer', answerOf(results)],
    ...(tuning === undefined ? [] : [['Tuning', tuning]]),
    [],
    ...(score
      ? [
          ['Rank from', 'Rank to', 'What', 'Points', ...(score.entries[0]?.parts ?? []).map(({ of }) => of)],
          ...score.entries.map(({ values, points, rank, parts }) => [
            ...rank,
            labelOf(values),
            points,
            ...parts.map((part) => part.points),
          ]),
          ...score.unranked.map(({ values, why }) => ['not ranked', undefined, labelOf(values), why.join('; ')]),
          [],
        ]
      : []),
    ...results.expect.map(({ text, outcome, got }) => ['Expected', text, outcome, got]),
  ];
}

function missingRows({ cells, missing, broken }: ExperimentResults): readonly Row[] {
  return [
    ['Kind', 'Where', 'VM', 'Trial', 'Reason'],
    ...cells
      .filter((cell) => !cell.complete && !isNotVisited(cell))
      .map(({ values, why }) => ['incomplete cell', labelOf(values), undefined, undefined, why.join('; ')]),
    ...missing.map(({ group, vm, trial, why }) => ['missing record', group, vm, trial, why]),
    ...broken.map(({ place, why }) => ['does not count', place, undefined, undefined, why]),
    ...cells.flatMap(({ values, flags }) => flags.map(({ kind, text }) => [`flag ${kind}`, labelOf(values), undefined, undefined, text])),
  ];
}

/** XML has no control characters, and a cell of a workbook at most 32,767 characters. */
function xmlText(text: string): string {
  return plain(text).slice(0, 32_767);
}
