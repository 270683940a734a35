import { wrongValue } from '../options/value-messages';
import { showScalar } from '../text/show';
import type { DocumentPath } from '../yaml/yaml-file';
import { amountIn, exampleOf, needsUnit } from './amount';
import { noUnit, wrongAmount } from './messages';
import type { Judging } from './needs';
import { problemAt } from './source';

/**
 * A limit of a metric.
 * @param text as in `10ms`
 * @param path of the limit in the file
 * @returns undefined if it is wrong
 */
export function readLimit({ file, problems }: Judging, unit: string, text: string, path: DocumentPath): number | undefined {
  const amount = amountIn(unit, text);
  const better = needsUnit(unit, text);
  if (amount === undefined)
    problems.push(problemAt(file, path, { message: wrongValue(wrongAmount(unit, exampleOf(unit)), showScalar(text)) }));
  else if (better !== undefined) problems.push(problemAt(file, path, noUnit(text, better)));
  return better === undefined ? amount : undefined;
}
