import { isDecided } from './compare';
import type { RunComparison } from './compare-runs';
import type { ExperimentResults, Score, ScoreEntry } from './experiment-results';
import { layoutOf } from './layout';
import {
  ANSWER,
  comparedWith,
  mayBeFirst,
  mostPoints,
  noAnswer,
  noDifference,
  nothingCompared,
  onlyOneRanked,
  ranksFirst,
  someDifferences,
  toldApart,
  undecided,
  valuesNamed,
} from './messages';
import { rampSentences } from './ramp';

/** What the experiment found, in one or two sentences. */
export function answerOf(results: ExperimentResults): string {
  const { score, comparisons, cells, ramp } = results;
  if (score)
    return scoreAnswer(
      score,
      cells.some(({ figures }) => Object.values(figures).some(({ n }) => n > 1)),
    );
  const ends = ramp ? rampSentences(results, layoutOf(results)) : [];
  if (ends.length > 0) return ends.join(' ');
  const decided = comparisons.filter(({ verdict }) => isDecided(verdict));
  const complete = cells.filter((cell) => cell.complete).length;
  if (comparisons.length === 0) return toldApart(complete, cells.length);
  if (decided.length === 0) return ANSWER.nothingDecided;
  const better = decided.filter(({ verdict }) => verdict === 'better').length;
  const worse = decided.filter(({ verdict }) => verdict === 'worse').length;
  return better + worse === 0 ? noDifference(decided.length) : someDifferences(decided.length, better, worse);
}

function scoreAnswer({ entries, unranked }: Score, isRepeated: boolean): string {
  const [first, ...others] = entries;
  if (first === undefined) {
    const common = unranked[0]?.why.find((why) => unranked.every((each) => each.why.includes(why)));
    return common === undefined ? ANSWER.nothingRanked : noAnswer(common);
  }
  if (others.length === 0) return unranked.length > 0 ? onlyOneRanked(named(first)) : ranksFirst(named(first), first.points);
  if (!isRepeated) return mostPoints(named(first), first.points);
  const tied = others.filter(({ rank: [from] }) => from === 1);
  return tied.length === 0 ? ranksFirst(named(first), first.points) : mayBeFirst([first, ...tied].map(named));
}

/** What each run shows against the one that is the baseline. */
export function comparisonSentences({ runs, baseline, rows }: RunComparison): readonly string[] {
  const others = runs.filter(({ name }) => name !== baseline);
  return others.map(({ name }) => {
    const own = rows.filter(({ run }) => run === name);
    const count = (...verdicts: readonly string[]) => own.filter(({ verdict }) => verdicts.includes(verdict)).length;
    if (own.length === 0) return nothingCompared(name, baseline);
    if (own.every(({ verdict }) => !isDecided(verdict))) return undecided(name, baseline, own.length);
    return comparedWith(name, baseline, { better: count('better'), worse: count('worse'), all: own.length });
  });
}

/** Values alone where there is one axis: the reader knows which. */
function named({ values }: ScoreEntry): string {
  const [only, ...more] = Object.values(values);
  return only !== undefined && more.length === 0 ? only : valuesNamed(values);
}
