import { isTruth, truthFaults } from '../../src/verify/truth-faults';
import { counter, truthOf } from '../support/truths';

/** A good truth as JSON, changed. */
// biome-ignore lint/suspicious/noExplicitAny: the changes make it wrong
function changed(change: (truth: any) => unknown): unknown {
  const truth = JSON.parse(JSON.stringify(truthOf()));
  change(truth);
  return truth;
}

test('a good truth has no faults', () => {
  expect(truthFaults(truthOf())).toEqual([]);
});

// biome-ignore lint/suspicious/noExplicitAny: the changes make it wrong
test.each<[string, (truth: any) => unknown, string[]]>([
  [
    'another version',
    (truth) => Object.assign(truth, { schema: 'virtwork.truth/2', vms: 1 }),
    ['schema must be virtwork.truth/1, got "virtwork.truth/2"'],
  ],
  ['no version', (truth) => delete truth.schema, ['schema must be virtwork.truth/1, got none']],
  [
    'several faults',
    (truth) => {
      delete truth.from;
      truth.interval = 0;
      truth.vms[0].times = 'x';
      truth.vms[1].series.cpu = [[1, 2]];
    },
    [
      'needs the key "from"',
      'interval must be at least 1, got 0',
      'vms[0].times must be a list, got a string',
      'vms[1].series.cpu[0][0] must be a list, got 1',
      'vms[1].series.cpu[0][1] must be a list, got 2',
    ],
  ],
  ['no workloads', (truth) => Object.assign(truth, { workloads: [] }), ['workloads must have at least one item, got none']],
  ['no VMs', (truth) => Object.assign(truth, { vms: [] }), ['vms must have at least one item, got none']],
  [
    'a workload that is not there',
    (truth) => truth.workloads.shift(),
    ['vms[0] has the workload "cpu", which workloads does not have', 'vms[1] has the workload "cpu", which workloads does not have'],
  ],
  [
    'a role that is not there',
    (truth) => Object.assign(truth.vms[2], { role: 'server' }),
    ['vms[2] has the workload "idle" with the role "server", which workloads does not have'],
  ],
  ['a VM twice', (truth) => truth.vms.push(truth.vms[1]), ['vms[3] is the same as vms[1]: each must be there once']],
  [
    'a workload twice',
    (truth) => truth.workloads.push(truth.workloads[0]),
    ['workloads[2] is the same as workloads[0]: each must be there once'],
  ],
  ['times that fall', (truth) => truth.vms[0].times.reverse(), ['vms[0].times[1] must be after the time before it, 1000600, got 1000585']],
  [
    'a time twice in a series',
    (truth) => truth.vms[0].series.cpu[0].splice(1, 0, truth.vms[0].series.cpu[0][0]),
    ['vms[0].series.cpu[0][1] must be after the time before it, 1000000, got 1000000'],
  ],
  [
    'levels that fall',
    (truth) =>
      Object.assign(truth.vms[0], {
        levels: [
          [2, 1],
          [1, 1],
        ],
      }),
    ['vms[0].levels[1] must be after the time before it, 2, got 1'],
  ],
  ['an end before the start', (truth) => Object.assign(truth, { to: truth.from }), ['to must be after from, 1000000, got 1000000']],
  ['too long', (truth) => Object.assign(truth, { to: truth.from + 32 * 86_400 }), ['to must be at most 31 days after from, got 32 days']],
  [
    'an infinite number',
    (truth) => Object.assign(truth.vms[0].series.cpu[0][3], { 1: Number.POSITIVE_INFINITY }),
    ['vms[0].series.cpu[0][3][1] must be a number, got Infinity'],
  ],
])('%s', (_, change, expected) => {
  expect(truthFaults(changed(change))).toEqual(expected);
});

test('an unknown signal, with those that are known', () => {
  const truth = changed(({ vms }) => Object.assign(vms[0].series, { cpuu: [] }));
  expect(truthFaults(truth)).toEqual([
    expect.stringMatching(/^vms\[0\]\.series\.cpuu must be a signal of the workload of the VM; known: (.*, )?cpu(,|$)/),
  ]);
});

test('several series of a gauge', () => {
  const truth = changed(({ vms, workloads }) => {
    workloads[0].signals.find(({ name }: { name: string }) => name === 'cpu').guest.as = 'value';
    vms[0].series.cpu.push(counter(1_000_000, 600, 1));
  });
  expect(truthFaults(truth)).toEqual(['vms[0].series.cpu must have one series, as its signal is no rate, got 2']);
});

test.each([
  [{ schema: 'virtwork.truth/1' }, true],
  [{ schema: 'virtwork.truth/2' }, true],
  [{ schema: 'virtwork.verify/1' }, false],
  [{}, false],
  [[], false],
  [null, false],
  ['virtwork.truth/1', false],
])('%j is meant as a truth: %s', (data, expected) => {
  expect(isTruth(data)).toBe(expected);
});
