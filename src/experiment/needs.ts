import type { Entry } from '../catalog/entry';
import { formatProblem, type Problem } from '../errors';
import type { DocumentPath, YamlFile } from '../yaml/yaml-file';
import { type Combination, fits, type Matrix, type Where } from './cells';
import type { PlannedMetric } from './experiment-plan';
import { measuredByNone, notMeasuredBySome } from './messages';
import { settledParam } from './same-values';
import { mapAt, type Piece, piecesOf, problemAt } from './source';

/** What the rules of an experiment are read with. */
export interface Judging {
  readonly file: YamlFile;
  readonly matrix: Matrix;
  readonly metrics: readonly PlannedMetric[];
  /** The one that is measured. Absent: the matrix has problems, so the params of its trials are not known. */
  readonly entry?: Entry;
  readonly problems: Problem[];
  readonly warnings: string[];
}

/**
 * Reports a metric that trials do not leave with their params: an error if none does, a warning if some do not.
 * @param where what the figure is judged in
 * @param path of the figure in the file
 */
export function checkNeeds(judging: Judging, { key }: PlannedMetric, where: Where, path: DocumentPath): void {
  const { file, matrix, entry, problems, warnings } = judging;
  const { needs = {}, unless = {} } = entry?.results.find((result) => result.key === key) ?? {};
  const conditions = { needs: Object.entries(needs), unless: Object.entries(unless) };
  const all = [...conditions.needs, ...conditions.unless];
  if (entry === undefined || all.length === 0) return;
  const settled = paramReader(file, entry);
  const hasEach = (combination: Combination, params: typeof all) =>
    params.every(([param, values]) => itemsOf(settled(combination, param)).some((item) => values.includes(item)));
  const leaves = (combination: Combination) =>
    hasEach(combination, conditions.needs) && !(conditions.unless.length > 0 && hasEach(combination, conditions.unless));
  const judged = matrix.combinations.filter((combination) => fits(matrix.axes, combination, where));
  const without = judged.filter((combination) => !leaves(combination));
  if (without.length === 0) return;
  if (without.length === judged.length) problems.push(problemAt(file, path, measuredByNone(key, conditions)));
  else {
    const params = all.map(([param]) => param);
    const [values, good] = [valuesNamed(matrix, without, params), valuesNamed(matrix, judged.filter(leaves), params)];
    warnings.push(formatProblem(problemAt(file, path, notMeasuredBySome(key, conditions, values, good[0] ?? ''))));
  }
}

/** A value may be a list, such as `set,get`: a trial leaves what belongs to one of its items. */
function itemsOf(value: string): string[] {
  return value.split(',');
}

/** @returns a function that tells the value of a param in a combination, in the form that the guest gets */
function paramReader(file: YamlFile, entry: Entry): (combination: Combination, key: string) => string {
  const common = piecesOf(mapAt(file.data, 'params'), ['params']);
  const known = new Map<string, Map<Piece | undefined, string>>();
  return (combination, key) => {
    const piece = combination.find(({ params }) => params.has(key))?.params.get(key) ?? common.get(key);
    const values = known.get(key) ?? new Map<Piece | undefined, string>();
    const value = values.get(piece) ?? String(settledParam(file, entry, key, piece));
    known.set(key, values.set(piece, value));
    return value;
  };
}

/** The values of the axes that set one of the params, each once: `job: log-8k`. */
function valuesNamed({ axes }: Matrix, combinations: readonly Combination[], params: readonly string[]): string[] {
  const setting = axes.flatMap(({ values }, index) =>
    values.some((value) => params.some((param) => value.params.has(param))) ? [index] : [],
  );
  return [...new Set(combinations.flatMap((combination) => setting.map((index) => `${axes[index]?.name}: ${combination[index]?.name}`)))];
}
