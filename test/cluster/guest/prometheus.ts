import { join } from 'node:path';
import { tempDir } from '../../support/places';
import { ended, start } from '../../support/run';

/** Its address in the network of the bed. */
export const PROMETHEUS = 'http://127.0.0.1:9090';

/** Seconds between two readings from outside, as in the configuration that the bed writes. */
export const INTERVAL = 5;

/** Seconds that all tests take at most, on a slow machine. */
const LONGEST = 3600;

interface Series {
  readonly metric: { readonly [label: string]: string };
  readonly value: readonly [number, string];
}

/** A real Prometheus that reads the simulated virt-handler, virt-controller and the guests. */
export class Prometheus {
  readonly #child = start(
    'prometheus',
    [
      `--config.file=${join(process.env.TEST_BED as string, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${tempDir()}`,
      // Also at the addresses of pods.
      `--web.listen-address=:${new URL(PROMETHEUS).port}`,
      '--log.level=error',
    ],
    {},
    LONGEST,
  );
  readonly #end = ended(this.#child, LONGEST);

  /** The series of an instant query. */
  async query(expression: string): Promise<Series[]> {
    return (await this.#get<{ result: Series[] }>(`query?query=${encodeURIComponent(expression)}`)).result;
  }

  /** The only value of an instant query. */
  async value(expression: string): Promise<number> {
    const series = await this.query(expression);
    if (series.length !== 1) throw new Error(`${expression}: ${series.length} series`);
    return Number(series[0]?.value[1]);
  }

  /** The help texts of a metric. */
  async help(metric: string): Promise<string[]> {
    const all = await this.#get<{ [metric: string]: { help: string }[] }>(`metadata?metric=${metric}`);
    return (all[metric] ?? []).map(({ help }) => help);
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${PROMETHEUS}/api/v1/${path}`, { signal: AbortSignal.timeout(20_000) });
    const answer = (await response.json()) as { status: string; data: T };
    if (answer.status !== 'success') throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer.data;
  }

  async stop(): Promise<void> {
    this.#child.kill();
    await this.#end;
  }
}
