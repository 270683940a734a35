import type { Comparison } from '../experiment-results';
import { type Html, html, type Part } from '../html';
import { MANY_ROWS } from '../messages';
import { intervalText, type Measure, ratio as ratioText, scaleOf } from '../quantity';

/** A sentence on verdicts. @returns undefined if nothing was tested */
export function adjusted(comparisons: readonly Pick<Comparison, 'p'>[]): string | undefined {
  return comparisons.some(({ p }) => p !== undefined) ? MANY_ROWS : undefined;
}

const SIGNS: { readonly [verdict: string]: string } = { better: '▲ ', worse: '▼ ' };

/** What a comparison shows, with the ratio and its interval. */
export function verdict({ ratio, low, high, verdict }: Pick<Comparison, 'ratio' | 'low' | 'high' | 'verdict'>): Html {
  return html`<small>${ratioText(ratio, low, high)}<br><span class="${
    verdict === 'better' || verdict === 'worse' ? verdict : ''
  }">${SIGNS[verdict]}${verdict}</span></small>`;
}

/** The interval of a mean, in the unit of the mean, on a line of its own. */
export function interval(
  metric: Measure,
  { mean, low, high }: { readonly mean?: number; readonly low?: number; readonly high?: number },
): Part {
  if (mean === undefined || low === undefined || high === undefined) return undefined;
  const scale = scaleOf(metric, [mean]);
  return html`<br><small>${intervalText(low / scale.divisor, high / scale.divisor)}</small>`;
}
