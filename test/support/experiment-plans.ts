import type { ExperimentPlan } from '../../src/experiment/experiment-plan';

const DIGEST = `sha256:${'0'.repeat(64)}`;

/** A plan with two groups and one trial each. */
export function plan(): ExperimentPlan {
  const group = (storage: string) => ({
    id: `${storage}-000000`,
    settings: { storage },
    workload: `${storage}-000000`,
    vms: 1,
    plan: DIGEST,
    seconds: 450,
    vcpus: 2,
    memoryBytes: 2 ** 31,
    diskBytes: 2 ** 34,
    trials: [{ id: '001', name: 'default', cell: `${storage}-000000/default`, repeat: 1, seconds: 145, params: { profile: 'mixed' } }],
  });
  return {
    schema: 'virtwork.plan/1',
    name: 'rank',
    question: 'Which storage class is best?',
    workload: 'fio-bench',
    hash: DIGEST,
    seed: 1,
    repeats: 1,
    namespace: 'bench',
    axes: [{ name: 'storage', values: ['a', 'b'], kind: 'settings' }],
    metrics: [{ key: 'iops', unit: '1/s', better: 'more', vms: 'sum' }],
    groups: [group('a'), group('b')],
    cells: ['a', 'b'].map((storage) => ({
      id: `${storage}-000000/default`,
      group: `${storage}-000000`,
      trial: 'default',
      values: { storage },
    })),
    baseline: { storage: 'a' },
    steady: { of: 'iops', rounds: 5, spread: 0.2, slope: 0.1 },
    score: [{ of: 'iops', where: { storage: '*' }, weight: 1 }],
    expect: [{ of: 'iops', where: {}, atLeast: 1000 }],
    totals: {
      groups: 2,
      cells: 2,
      trials: 2,
      vms: 2,
      records: 2,
      seconds: 900,
      peak: { vcpus: 2, memoryBytes: 2 ** 31, diskBytes: 2 ** 34 },
    },
  };
}
