import { answerOf } from '../answer';
import type { ExperimentResults, Score } from '../experiment-results';
import { type Layout, labelOf, metricName } from '../layout';
import { quantity } from '../quantity';
import { isNotVisited, isRamp, rampSentences, visitSentences } from '../ramp';
import { differences } from './ratios';

/** Names that a sentence lists. */
const MOST_NAMED = 6;

/** The answer in a sentence, then in short sentences what it comes from and what limits it. */
export function answerAndRemarks(results: ExperimentResults, layout: Layout): readonly string[] {
  const found = [
    ...rampSentences(results, layout),
    ...visitSentences(results),
    ...comparedOf(results, layout),
    ...kneesOf(results, layout),
  ];
  return [
    ...(results.score || found.length === 0 ? [answerOf(results)] : []),
    ...(results.score ? unrankedOf(results.score) : []),
    ...found,
    ...expectationsOf(results),
    ...limitsOf(results),
  ];
}

function unrankedOf({ unranked }: Score): readonly string[] {
  const names = unranked.slice(0, MOST_NAMED).map(({ values }) => labelOf(values));
  return names.length > 0 ? [`Not ranked, because measurements are missing or wrong: ${names.join(', ')}.`] : [];
}

/** Each subject against the baseline, unless a score says more. Nothing if no comparison is decided. */
function comparedOf(results: ExperimentResults, layout: Layout): readonly string[] {
  const { score, comparisons } = results;
  if (score || !comparisons.some(({ verdict }) => verdict === 'better' || verdict === 'worse')) return [];
  return differences(results, layout);
}

function expectationsOf({ expect }: ExperimentResults): readonly string[] {
  if (expect.length === 0) return [];
  const of = (outcome: string) => expect.filter((each) => each.outcome === outcome);
  const failed = of('not met');
  if (failed.length > 0) return [`${failed.length} of ${expect.length} expectations ${failed.length === 1 ? 'is' : 'are'} not met.`];
  const open = of('not decided').length;
  return [open > 0 ? `${open} of ${expect.length} expectations ${open === 1 ? 'is' : 'are'} not decided.` : 'All expectations are met.'];
}

function limitsOf({ cells, missing }: ExperimentResults): readonly string[] {
  const visited = cells.filter((cell) => !isNotVisited(cell));
  const incomplete = visited.filter(({ complete }) => !complete).length;
  if (incomplete === 0 && missing.length === 0) return [];
  return [`${incomplete} of ${visited.length} cells ${incomplete === 1 ? 'is' : 'are'} incomplete.`];
}

/** Where more load costs more latency than it brings throughput. */
function kneesOf(results: ExperimentResults, layout: Layout): readonly string[] {
  const { score, comparisons, curves, cells, metrics } = results;
  if (score || comparisons.length > 0 || isRamp(results, layout)) return [];
  const shown = (key: string, figure: number) => quantity(metrics.find((metric) => metric.key === key) ?? { key, unit: '' }, figure);
  return curves.slice(0, MOST_NAMED).flatMap(({ axis, values, throughput, latency, knee }) => {
    const cell = cells.find(({ id }) => id === knee);
    const [most, wait] = [cell?.figures[throughput]?.mean, cell?.figures[latency]?.mean];
    if (!cell || most === undefined || wait === undefined) return [];
    const name = labelOf(values);
    const place = `the most throughput for its latency at ${axis} ${cell.values[axis]}`;
    return [
      `${name === '' ? 'It has' : `${name} has`} ${place}: ${shown(throughput, most)} and a ${metricName(latency)} of ${shown(latency, wait)}.`,
    ];
  });
}

/** Whether intervals exist at all: some figure has two values. */
export function hasRepeats({ cells }: ExperimentResults): boolean {
  return cells.some(({ figures }) => Object.values(figures).some(({ n }) => n > 1));
}
