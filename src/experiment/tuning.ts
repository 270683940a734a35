import type { Problem } from '../errors';
import { wrongValue } from '../options/value-messages';
import { CONTROL } from '../text/control';
import { hasUnseen, show } from '../text/show';
import type { YamlFile } from '../yaml/yaml-file';
import { NO_WORDS_OF_TUNING, TUNING } from './messages';
import { isMap, problemAt } from './source';

const LONGEST = 200;

/**
 * How the cluster is tuned, as one line. Of a map: `queue_depth=1024, scrub=off`.
 * @returns undefined if the file does not say so, or says it wrongly
 */
export function tuningOf(file: YamlFile, problems: Problem[]): string | undefined {
  const stated = isMap(file.data) ? file.data.tuning : undefined;
  if (typeof stated !== 'string' && !isMap(stated)) return undefined;
  if (isMap(stated) && Object.keys(stated).length === 0) {
    problems.push(problemAt(file, ['tuning'], NO_WORDS_OF_TUNING));
    return undefined;
  }
  const text = isMap(stated)
    ? Object.keys(stated)
        .map((key) => `${key}=${file.written(['tuning', key])}`)
        .join(', ')
    : stated;
  const wrong = wrongTuning(text);
  if (wrong !== undefined) problems.push(problemAt(file, ['tuning'], { message: wrong }));
  return wrong === undefined ? text : undefined;
}

/** @returns what is wrong with a tag; undefined for a good one */
export function wrongTuning(text: string): string | undefined {
  const isGood = text.trim() === text && text !== '' && text.length <= LONGEST && !CONTROL.test(text) && !hasUnseen(text);
  return isGood ? undefined : wrongValue(TUNING(LONGEST), show(text));
}
