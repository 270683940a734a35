import { wrongValue } from '../options/value-messages';
import { showScalar } from '../text/show';
import type { DocumentPath } from '../yaml/yaml-file';
import type { PlannedRamp } from './experiment-plan';
import { figureOf } from './figure';
import { readLimit } from './limit';
import { RAMP_UNTIL, rampSign } from './messages';
import { checkNeeds, type Judging } from './needs';
import { problemAt } from './source';

/** Where a ramp ends: `write-latency.p99 > 5ms`. */
export function readUntil(judging: Judging, path: DocumentPath): PlannedRamp['until'] | undefined {
  const { file, metrics, problems } = judging;
  const text = String(file.written(path));
  const [, of, sign, limit] = /^\s*([^\s<>=!]+)\s*([<>])\s*([^\s<>=].*?)\s*$/.exec(text) ?? [];
  if (of === undefined || limit === undefined) {
    problems.push(problemAt(file, path, { message: wrongValue(RAMP_UNTIL, showScalar(text)) }));
    return undefined;
  }
  const metric = figureOf(of, metrics, (wrong) => problems.push(problemAt(file, path, wrong)));
  if (metric === undefined) return undefined;
  checkNeeds(judging, metric, new Map(), path);
  const good = metric.better === 'less' ? '>' : '<';
  if (sign !== good) problems.push(problemAt(file, path, rampSign(of, metric.better, good)));
  const amount = readLimit(judging, metric.unit, limit, path);
  if (amount === undefined) return undefined;
  return sign === '>' ? { of, above: amount } : { of, below: amount };
}
