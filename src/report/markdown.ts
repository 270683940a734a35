import { answerOf } from './answer';
import type { ExperimentResults } from './experiment-results';
import { flagRows, incompleteRows, limited, missingRows } from './gaps';
import { plain } from './html';
import { comparisonsOf, drawnMetrics, labelOf, layoutOf, metricName } from './layout';
import { reasonsNamed } from './messages';
import { quantity, ratio } from './quantity';

/** The results as Markdown (GitHub's tables), for issues, pull requests and wikis. */
export function markdownOf(results: ExperimentResults): string {
  const { name, question, score, expect, missing, broken, cells, plan, tuning } = results;
  return [
    [`# ${text(name)}`],
    question === undefined ? [] : [text(question)],
    [`**${text(answerOf(results))}**`],
    score ? scoreOf(score) : [],
    ...figures(results),
    section(
      'Expectations',
      ['Expected', 'Outcome', 'Measured'],
      expect.map((each) => [each.text, each.outcome, each.got]),
    ),
    section('Flags', ['Cell', 'Flag', 'Reason'], flagRows(cells)),
    section('Incomplete cells', ['Cell', 'Reason'], incompleteRows(cells)),
    section('Missing records', ['Group', 'VM', 'Trial', 'Reason'], missingRows(missing)),
    section(
      'Records that do not count',
      ['Place', 'Reason'],
      broken.map(({ place, why }) => [place, why]),
    ),
    [`Plan: ${text(plan)}${tuning === undefined ? '' : `. Tuning: ${text(tuning)}`}`],
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function scoreOf({ entries, unranked }: NonNullable<ExperimentResults['score']>): readonly string[] {
  const parts = entries[0]?.parts ?? [];
  const rows = entries.map(({ values, points, rank: [from, to], parts: own }) => [
    from === to ? String(from) : `${from} to ${to}`,
    labelOf(values),
    points.toFixed(1),
    ...own.map((part) => part.points.toFixed(1)),
  ]);
  const others = limited(unranked);
  const lines = others.rows.map(({ values, why }) => `- ${text(labelOf(values))}: ${text(reasonsNamed(why))}`);
  return [
    ...section('Score', ['Rank', '', 'Points', ...parts.map(({ of }) => metricName(of))], rows),
    ...(unranked.length > 0 ? ['', 'Not ranked:', '', ...lines, ...(others.more === undefined ? [] : [`- ${others.more}`])] : []),
  ];
}

/** A table for each condition: metrics as rows, subjects as columns. */
function figures(results: ExperimentResults): readonly (readonly string[])[] {
  const { subjects, panels, curveAxis } = layoutOf(results);
  const compared = comparisonsOf(results);
  return panels.flatMap((panel) =>
    panel.rows.map(({ value, cells }) => {
      const title = [panel.label, value === undefined ? '' : `${curveAxis} ${value}`].filter((part) => part !== '').join(', ');
      const metrics = drawnMetrics(
        results.metrics,
        cells.filter((cell) => cell !== undefined),
      );
      const rows = metrics.map((metric) => [
        metricName(metric.key),
        ...cells.map((cell) => {
          const mean = cell?.figures[metric.key]?.mean;
          const comparison = cell && compared(cell.id, metric.key);
          if (mean === undefined) return 'not measured';
          const against = comparison ? `, ${ratio(comparison.ratio, comparison.low, comparison.high)} ${comparison.verdict}` : '';
          return `${quantity(metric, mean)}${against}`;
        }),
      ]);
      return section(
        title || 'Figures',
        ['', ...subjects.map(({ label, isBaseline }) => (isBaseline ? `${label} (baseline)` : label))],
        rows,
      );
    }),
  );
}

/** A heading and a table; nothing if there are no rows. */
export function section(title: string, header: readonly string[], all: readonly (readonly string[])[]): readonly string[] {
  const { rows, more } = limited(all);
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map(text).join(' | ')} |`;
  return [
    `## ${text(title)}`,
    '',
    line(header),
    `|${' --- |'.repeat(header.length)}`,
    ...rows.map(line),
    ...(more === undefined ? [] : ['', text(more)]),
  ];
}

/** Text in which no character means something in Markdown or HTML. */
export function text(raw: string): string {
  return plain(raw)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>#|~!@&]/g, '\\$&');
}
