import { gzipSync } from 'node:zlib';
import type { Result, TrialsState } from '../../src/results/result';

export const PLAN = `sha256:${'ab'.repeat(32)}`;
export const BOOT = '6f1c2a34-5b6d-4e7f-8a9b-0c1d2e3f4a5b';

/** A record as a guest writes it. */
export function record(more: Partial<Result> = {}): Result {
  return {
    schema: 'virtwork.result/1',
    plan: PLAN,
    group: 'fio-bench',
    trial: '001',
    name: 'random-4k',
    repeat: 1,
    vm: 'virtwork-fio-bench-0',
    index: 0,
    workload: 'fio-bench',
    role: 'workload',
    run: '11111111-1111-4111-8111-111111111111',
    params: { profile: 'random', 'block-size': '4k' },
    outcome: 'done',
    why: '',
    started: 1764061200.123,
    seconds: 70.4,
    barrier: { expected: 2, arrived: 2, ahead: 0, waited: 12.1, late: 0.004, asked: 4, outcome: 'together' },
    metrics: { iops: 24010.2 },
    histograms: {
      'read-latency': { unit: 'ns', count: 17, sum: 2454528, min: 143376, max: 145392, bins: [[144384, 17]] },
    },
    series: { iops: { every: 1, values: [23980, 24055] } },
    unit: { 'cpu-seconds': 21.5, 'io-read-bytes': 4130824192, 'io-write-bytes': 1770610688, exit: 0, result: 'success' },
    guest: {
      os: 'debian 12',
      kernel: '6.1.0-40-amd64',
      vcpus: 4,
      'memory-bytes': 2147483648,
      boot: BOOT,
      fio: '3.33',
      disk: { bytes: 10737418240, queues: 4, scheduler: 'none', cache: 'write back' },
    },
    job: '[global]\nbs=4k\n',
    raw: { 'fio version': 'fio-3.33' },
    ...more,
  };
}

/** A state as a guest writes it: by default all trials of the records are done. */
export function state(more: Partial<TrialsState> = {}): TrialsState {
  const { records = ['001'], planned = records.length, failed = 0 } = more;
  const left = planned - records.length;
  return {
    schema: 'virtwork.state/1',
    plan: PLAN,
    group: 'fio-bench',
    vm: 'virtwork-fio-bench-0',
    index: 0,
    boot: BOOT,
    planned,
    done: records.length - failed,
    failed,
    left,
    running: left > 0 ? String(records.length + 1).padStart(3, '0') : null,
    phase: left > 0 ? 'running' : 'finished',
    records,
    why: '',
    ...more,
  };
}

/** A member of the answer to `GET /results`. */
export function member(value: unknown): Buffer {
  return gzipSync(`${JSON.stringify(value)}\n`);
}

export interface HttpReply {
  /** @default 200 */
  readonly status?: number;
  /** @default application/gzip */
  readonly type?: string;
  readonly body: Buffer | string;
}

/** A guest with these records. */
export function guestOf(name: string, records: readonly Partial<Result>[], more: Partial<TrialsState> = {}): (path: string) => HttpReply {
  const all = records.map((each, index) => record({ vm: name, trial: String(index + 1).padStart(3, '0'), ...each }));
  const failed = all.filter(({ outcome }) => outcome !== 'done').length;
  const own = state({ vm: name, records: all.map(({ trial }) => trial), failed, ...more });
  return (path) => {
    const from = Number(/^\/results\/(\d+)$/.exec(path)?.[1] ?? 1);
    if (!path.startsWith('/results')) return { status: 404, type: 'text/plain', body: 'Not Found\n' };
    return { body: Buffer.concat([own, ...all.filter(({ trial }) => Number(trial) >= from)].map(member)) };
  };
}
