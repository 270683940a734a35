import type { AlertingRule, RecordingRule } from '../../src/signals/rules';
import { answer, prometheus } from './prometheus';
import type { Groups } from './prometheus-rules';

/** The times at which rules are evaluated, in seconds of Unix time. */
export interface Times {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

export interface Range {
  readonly metric: { readonly [label: string]: string };
  readonly values: readonly (readonly [number, string])[];
}

/** What a query answers over a time. */
export async function ranges(url: string, query: string, { from, to, step }: Times): Promise<readonly Range[]> {
  const times = { start: String(from), end: String(to), step: String(step) };
  return ((await answer(url, 'query_range', { query, ...times })) as { readonly result: readonly Range[] }).result;
}

/**
 * Samples, and what rules would have recorded of them. Prometheus evaluates rules only from now on, so their expressions are queries of
 * the past here, in the order in which they need each other.
 */
export async function withRules(samples: string, { groups }: Groups, times: Times): Promise<string> {
  let text = samples;
  let left = groups.flatMap(({ rules }) => rules);
  while (left.length > 0) {
    const isLeft = (expr: string) => left.some((rule) => 'record' in rule && expr.includes(rule.record));
    const ready = left.filter(({ expr }) => !isLeft(expr));
    if (ready.length === 0) throw new Error('the rules need each other in a circle');
    const server = await prometheus(`${text}\n# EOF\n`, {}, LOOK_BACK);
    try {
      for (const rule of ready) {
        for (const range of await ranges(server.url, rule.expr, times)) {
          text += 'record' in rule ? recorded(rule, range) : alerted(rule, range, times.step);
        }
      }
    } finally {
      await server.stop();
    }
    left = left.filter((rule) => !ready.includes(rule));
  }
  return text;
}

/** Recorded samples have no marks where a series ends, so Prometheus may look back for two samples only. */
export const LOOK_BACK = ['--query.lookback-delta=60s'];

function recorded({ record, labels = {} }: RecordingRule, { metric, values }: Range): string {
  return lines(record, { ...metric, ...labels }, values);
}

/** An alert is pending until its expression has had the series for long enough. */
function alerted({ alert, for: due, labels }: AlertingRule, { metric: { __name__, ...metric }, values }: Range, step: number): string {
  const wait = Number(/^(\d+)m$/.exec(due)?.[1]) * 60;
  let since = 0;
  return values
    .map(([time], index) => {
      if (time - (values[index - 1]?.[0] ?? 0) > step) since = time;
      const alertstate = time - since >= wait ? 'firing' : 'pending';
      return lines('ALERTS', { alertname: alert, alertstate, ...metric, ...labels }, [[time, '1']]);
    })
    .join('');
}

function lines(name: string, { __name__, ...labels }: Range['metric'], values: Range['values']): string {
  const own = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  return values.map(([time, value]) => `\n${name}{${own}} ${value} ${time}`).join('');
}
