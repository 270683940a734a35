import { type Answer, type Bounds, get } from '../http/get';
import { answerTooLarge, answerTooSlow, NOT_HEALTH, NOT_HTTP } from './messages';

/** The answer of a guest's health endpoint. */
export interface Health {
  /** HTTP status. 0: no answer. */
  readonly status: number;
  /** The body as the guest wrote it, or what is wrong with the answer. */
  readonly text: string;
  /** The answer is not one of the health endpoint. @default it is */
  readonly wrong?: true;
}

export const NO_ANSWER: Health = { status: 0, text: '' };

/** Limits of an answer by default. The guest ends an answer after 15 s, and may be slow to begin. */
const BOUNDS: Bounds = { patience: 30_000, most: 1 << 20 };

/**
 * Sends a request to the health endpoint of a guest, through its port on this machine. Never throws. The guest may be hostile:
 * neither the size nor the duration of its answer can block or fill this process.
 */
export async function askHealth(port: number, path: '/healthz' | '/metrics' = '/healthz', bounds: Bounds = BOUNDS): Promise<Health> {
  const answer = await get({ port }, path, bounds);
  switch (answer.cut) {
    case undefined:
      return judged(answer, path);
    case 'large':
      return wrong(answerTooLarge(bounds.most));
    case 'slow':
      return wrong(answerTooSlow(bounds.patience / 1000));
    case 'not-http':
      return wrong(NOT_HTTP);
    default:
      return NO_ANSWER;
  }
}

function wrong(text: string, status = 0): Health {
  return { status, text, wrong: true };
}

/** Another program in the guest may use the port and answer 200. */
function judged({ status, headers, body }: Answer, path: string): Health {
  const text = body.toString('utf8');
  const isText = String(headers['content-type']).startsWith('text/plain') && headers['content-encoding'] === undefined;
  const lines = text.split('\n').filter(Boolean);
  const isOk = path !== '/healthz' || (lines.length > 0 && lines.every((line) => line.startsWith('ok ')));
  return status !== 200 || (isText && isOk) ? { status, text } : wrong(NOT_HEALTH, status);
}
