import type { Problem } from '../errors';
import { UserError } from '../errors';
import { type Answer, get, type Remote } from '../http/get';
import { clockApart, OTHER_TOKEN_HINT, PLAIN_HINT, PROMETHEUS, SERVER_HINT, TLS_HINT, TOKEN_HINT, URL_HINT, waitingFor } from './messages';
import type { Sample, Series } from './samples';

/** A series of Prometheus. Values that are not finite numbers are left out, and `isNaN` says that there were some. */
export interface PromSeries {
  readonly labels: { readonly [label: string]: string };
  readonly samples: Series;
  readonly hasNaN: boolean;
}

/** Sends a request for a path of the HTTP API, such as `/api/v1/query?query=up`. */
export interface Transport {
  (path: string): Promise<Answer>;
  /** @default false */
  readonly hasToken?: boolean;
}

/** Milliseconds and bytes of an answer. */
const PATIENCE = 30_000;
const MOST = 64 << 20;
/** Milliseconds without an answer after which the user is informed. */
const SLOW = 10_000;
/** Seconds by which the clocks may differ: a reading would be compared with what the guest did at another time. */
const MOST_APART = 60;

export interface Access {
  readonly ca?: Buffer;
  readonly token?: string;
  readonly signal: AbortSignal;
  /** Milliseconds for an answer. @default 30 seconds */
  readonly patience?: number;
  /** Informs the user, once, that the server is slow. @default nothing */
  readonly say?: (message: string) => void;
  /** Milliseconds until then. @default 10 seconds */
  readonly slow?: number;
}

/** Over HTTP or HTTPS. @param base the address up to `/api/v1` */
export function overHttp(base: URL, { ca, token, signal, patience = PATIENCE, say, slow = SLOW }: Access): Transport {
  const remote: Remote = {
    origin: base.origin,
    ...(ca === undefined ? {} : { ca }),
    headers: { accept: 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
  };
  const prefix = base.pathname.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
  let hasSaid = false;
  const inform = () => {
    if (!hasSaid) say?.(waitingFor(base.href, patience / 1000));
    hasSaid = true;
  };
  const ask = async (path: string) => {
    const timer = setTimeout(inform, slow);
    try {
      return await get(remote, `${prefix}${path}`, { patience, most: MOST, signal });
    } finally {
      clearTimeout(timer);
    }
  };
  return Object.assign(ask, { hasToken: token !== undefined });
}

/** A server with the HTTP API of Prometheus. */
export class Prometheus {
  /** Seconds by which its clock is ahead of this machine's. */
  private offset = 0;

  constructor(
    private readonly place: string,
    private readonly transport: Transport,
    private readonly now: () => number = () => Date.now() / 1000,
  ) {}

  /**
   * Compares the clocks. Later queries are sent in the time of the server.
   * @returns seconds by which the server's clock is ahead
   * @throws UserError when the clocks are too far apart, or the server does not answer as Prometheus does
   */
  async synchronize(): Promise<number> {
    const before = this.now();
    const data = await this.ask('query', { query: 'time()' });
    const after = this.now();
    const [, text] = Array.isArray(data.result) ? (data.result as unknown[]) : [];
    const time = Number(text);
    if (data.resultType !== 'scalar' || !Number.isFinite(time)) throw this.fault({ message: PROMETHEUS.shape, hint: URL_HINT });
    this.offset = time - (before + after) / 2;
    if (Math.abs(this.offset) > MOST_APART) throw this.fault(clockApart(this.offset));
    return this.offset;
  }

  /**
   * The series of a query, in this machine's time.
   * @param times seconds since 1970
   * @throws UserError
   */
  async range(
    query: string,
    { start, end, step }: { readonly start: number; readonly end: number; readonly step: number },
  ): Promise<PromSeries[]> {
    const at = (time: number) => (time + this.offset).toFixed(3);
    return this.matrix(await this.ask('query_range', { query, start: at(start), end: at(end), step: step.toFixed(3) }));
  }

  /**
   * The samples as they are stored, in this machine's time.
   * @param query a selector with a range, such as `up[5m]`
   * @param end of the range, in seconds since 1970
   * @throws UserError
   */
  async raw(query: string, end: number): Promise<PromSeries[]> {
    return this.matrix(await this.ask('query', { query, time: (end + this.offset).toFixed(3) }));
  }

  private matrix(data: Data): PromSeries[] {
    if (data.resultType !== 'matrix' || !Array.isArray(data.result)) throw this.fault({ message: PROMETHEUS.shape, hint: URL_HINT });
    return data.result.map((each: unknown) => this.seriesOf(each));
  }

  private seriesOf(each: unknown): PromSeries {
    const { metric, values } = (each ?? {}) as { readonly metric?: unknown; readonly values?: unknown };
    if (typeof metric !== 'object' || metric === null || !Array.isArray(values))
      throw this.fault({ message: PROMETHEUS.shape, hint: URL_HINT });
    const read = values.map((value: unknown): Sample => {
      const [time, text] = Array.isArray(value) ? (value as unknown[]) : [];
      if (typeof time !== 'number' || Math.abs(time) > LATEST || typeof text !== 'string' || !NUMBER.test(text))
        throw this.fault({ message: PROMETHEUS.shape, hint: URL_HINT });
      return [time - this.offset, Number(text)];
    });
    const samples = read.filter(([, value]) => Math.abs(value) <= LARGEST).sort((a, b) => a[0] - b[0]);
    return { labels: metric as PromSeries['labels'], samples, hasNaN: samples.length < read.length };
  }

  private async ask(endpoint: string, parameters: { readonly [name: string]: string }): Promise<Data> {
    const answer = await this.transport(`/api/v1/${endpoint}?${new URLSearchParams(parameters)}`);
    const problem = transportProblem(answer, this.transport.hasToken === true);
    const body = problem?.isFinal ? undefined : (parsed(answer) as Partial<Body> | undefined);
    if (body?.status === 'error') throw this.fault({ message: PROMETHEUS.failed(String(body.error ?? '').slice(0, 500)) });
    if (problem) throw this.fault(problem);
    if (body === undefined) throw this.fault(notJson(answer));
    if (body.status !== 'success' || typeof body.data !== 'object' || body.data === null)
      throw this.fault({ message: PROMETHEUS.shape, hint: URL_HINT });
    return body.data;
  }

  private fault(problem: Omit<Problem, 'where'>): UserError {
    return new UserError([{ where: this.place, message: problem.message, ...(problem.hint === undefined ? {} : { hint: problem.hint }) }]);
  }
}

interface Data {
  readonly resultType?: unknown;
  readonly result?: unknown;
}

interface Body {
  readonly status: unknown;
  readonly error?: unknown;
  readonly data: Data | null;
}

/** Of a value: sums of them must be numbers. */
const LARGEST = 1e30;
/** Seconds since 1970. */
const LATEST = 1e11;
/** Also `NaN`, `+Inf` and `-Inf`. */
const NUMBER = /^[+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|\.\d+|Inf|NaN)$/;

/** What is wrong before the body is read. @returns isFinal: the body says nothing more */
function transportProblem(answer: Answer, hasToken: boolean): (Omit<Problem, 'where'> & { readonly isFinal: boolean }) | undefined {
  const { status, headers, cut, code } = answer;
  const seconds = PATIENCE / 1000;
  const final = (message: string, hint?: string) => ({ message, isFinal: true, ...(hint === undefined ? {} : { hint }) });
  if (cut === 'silent' || (status === 0 && code !== undefined)) {
    if (code === undefined) return final(PROMETHEUS.silent(seconds));
    const hint = code === 'EPROTO' ? PLAIN_HINT : /CERT|SELF_SIGNED|UNABLE_TO|TLS|SSL/.test(code) ? TLS_HINT : undefined;
    return final(PROMETHEUS.refused(code), hint);
  }
  if (cut === 'not-http') return final(PROMETHEUS.notHttp);
  if (cut === 'slow') return final(PROMETHEUS.slow(seconds));
  if (cut === 'large') return final(PROMETHEUS.large(MOST >> 20));
  if (cut === 'closed') return final(PROMETHEUS.closed);
  if (status === 401 || status === 403)
    return final(PROMETHEUS.unauthorized(status, reasonIn(answer)), hasToken ? OTHER_TOKEN_HINT : TOKEN_HINT);
  if (status >= 300 && status < 400) return final(PROMETHEUS.redirect(String(headers.location ?? '')), URL_HINT);
  if (status === 200) return undefined;
  return { message: PROMETHEUS.status(status, reasonIn(answer)), isFinal: false, hint: status >= 500 ? SERVER_HINT : URL_HINT };
}

/** The first line of a text, which says why a server does not answer the query. */
function reasonIn(answer: Answer): string | undefined {
  if (isPage(answer)) return undefined;
  const json = parsed(answer) as { readonly error?: unknown; readonly message?: unknown } | undefined;
  const text = json ? String(json.error ?? json.message ?? '') : answer.body.subarray(0, 2000).toString('utf8');
  return text.trim().split(/\r?\n/, 1)[0] || undefined;
}

function isPage({ body }: Answer): boolean {
  return /^\s*<(!doctype|html)/i.test(body.subarray(0, 200).toString('latin1'));
}

function notJson(answer: Answer): Omit<Problem, 'where'> {
  return { message: isPage(answer) ? PROMETHEUS.html : PROMETHEUS.notJson(String(answer.headers['content-type'] ?? '')), hint: URL_HINT };
}

function parsed({ body }: Answer): unknown {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
