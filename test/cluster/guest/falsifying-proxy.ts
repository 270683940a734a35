import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is falsified: the readings of a metric of a VM. */
export interface Falsified {
  readonly vm: string;
  readonly metric: string;
  /** All values are multiplied by it. Absent: the series is removed. */
  readonly factor?: number;
}

interface Matrix {
  readonly metric: { readonly [label: string]: string };
  readonly values: readonly (readonly [number, string])[];
}

/** A proxy in front of Prometheus that falsifies what it answers. */
export class FalsifyingProxy {
  private readonly http: Server;

  constructor(
    private readonly prometheus: string,
    private readonly falsified: Falsified,
  ) {
    this.http = createServer((request, response) => {
      this.answer(request.url ?? '/').then(
        (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(body),
        () => response.destroy(),
      );
    });
  }

  /** @returns the address of the proxy */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.http.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  close(): void {
    this.http.close();
  }

  private async answer(path: string): Promise<string> {
    const response = await fetch(`${this.prometheus}${path}`, { signal: AbortSignal.timeout(20_000) });
    const answer = (await response.json()) as { readonly data: { readonly resultType: string; readonly result: readonly Matrix[] } };
    const { vm, metric } = this.falsified;
    const query = new URL(path, this.prometheus).searchParams.get('query') ?? '';
    if (answer.data.resultType !== 'matrix' || !query.includes(metric)) return JSON.stringify(answer);
    const result = answer.data.result.flatMap((series) => (series.metric.name === vm ? this.change(series) : [series]));
    return JSON.stringify({ ...answer, data: { ...answer.data, result } });
  }

  private change(series: Matrix): Matrix[] {
    const { factor } = this.falsified;
    if (factor === undefined) return [];
    return [{ ...series, values: series.values.map(([time, value]) => [time, String(Number(value) * factor)]) }];
  }
}
