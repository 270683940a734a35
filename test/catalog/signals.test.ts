import { join } from 'node:path';
import { findCatalog } from '../../src/catalog/find';
import { signalsOf } from '../../src/signals/signal';
import { entryOf, read, UNIT } from '../support/entry-folder';
import { ROOT } from '../support/render';

const OUTSIDE = 'outside: "sum by (namespace, name) (rate(up{$vms}[$window]))"';
const WHOLE = `name: rounds, desc: x, guest: {metric: rounds_total}, ${OUTSIDE}, unit: 1/s, floor: 1`;

/** Of the full load of a shape. */
const PARAMS = 'params:\n  - {key: rate, type: int, default: 0}\n  - {key: kind, type: string, default: a}\n';

function readSignals(...signals: string[]) {
  const lines = signals.map((signal) => `  - {${signal}}\n`).join('');
  return read(entryOf({ 'workload.yaml': `signals:\n${lines}${PARAMS}`, 'workload.service': UNIT }));
}

test('fills in what a signal does not say', () => {
  expect(readSignals(WHOLE, 'name: cpu, hides: all').entry?.signals).toEqual([
    {
      name: 'rounds',
      desc: 'x',
      guest: { metric: 'rounds_total', labels: {}, as: 'rate' },
      outside: 'sum by (namespace, name) (rate(up{$vms}[$window]))',
      unit: '1/s',
      floor: 1,
      windowSeconds: 300,
    },
    { name: 'cpu', desc: '', unit: '1', floor: 0, windowSeconds: 300, hides: 'all' },
  ]);
});

test.each([
  ['guest: {metric: some_bytes}', { guest: { as: 'value', labels: {} } }],
  ['guest: {metric: some_total, as: max, labels: {a: "1"}}', { guest: { as: 'max', labels: { a: '1' } } }],
  ['guest: {metric: x}, relation: {high: 2}', { relation: { low: 0, high: 2, slack: 0 } }],
  ['window: 90s', { windowSeconds: 90 }],
  ['window: 1h', { windowSeconds: 3600 }],
])('reads %s', (keys, expected) => {
  expect(readSignals(`name: x, ${OUTSIDE}, unit: B, floor: 0, ${keys}`).entry?.signals[0]).toMatchObject(expected);
});

test.each([
  ['name: x', 'signals[0] needs one of the keys "outside" and "hides"'],
  ['name: CPU, hides: x', 'signals[0].name must match ^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$, got "CPU"'],
  ['name: x, hide: y', 'unknown key "hide" in signals[0]'],
  ['name: x, hides: ""', 'signals[0].hides must be a text without control characters, got ""'],
  ['name: x, role: client, hides: y', 'signals[0].role must be a declared role (the entry has none), got "client"'],
  [`name: x, ${OUTSIDE}, floor: 1`, 'signals[0] needs the key "unit", because it has "outside"'],
  [`name: x, ${OUTSIDE}, unit: B`, 'signals[0] needs the key "floor", because it has "outside"'],
  ['name: x, hides: y, floor: 1', 'signals[0].floor has no effect without outside'],
  [`name: x, ${OUTSIDE}, unit: B, floor: 1, relation: {low: 1}`, 'signals[0].relation has no effect without guest'],
  [`${WHOLE}, relation: {low: 1, high: 0.5}`, 'signals[0].relation.high must not be below relation.low, 1, got 0.5'],
  [`${WHOLE}, relation: {low: -1}`, 'signals[0].relation.low must be at least 0, got -1'],
  [`${WHOLE}, relation: {}`, 'signals[0].relation must'],
  [`${WHOLE}, window: 25h`, 'signals[0].window must be a duration of 1s to 24h, such as 90s, 5m or 1h, got "25h"'],
  [`${WHOLE}, window: 0s`, 'signals[0].window must be a duration'],
  ['name: x, unit: B, floor: 1, outside: up', 'signals[0].outside must select the VMs with $vms, as in up{$vms}, got "up"'],
  ['name: x, unit: B, floor: 1, outside: "up{a=\\"$vms\\"}"', 'must select the VMs with $vms'],
  ['name: x, unit: B, floor: 1, outside: "rate(up{$vms}[$__interval])"', 'must have only the variables $vms and $window'],
  ['name: x, unit: B, floor: 1, outside: "sum(up{$vms}"', 'must be one line of PromQL, with a closing bracket or quote'],
  ['name: x, unit: B, floor: 1, outside: "up{$vms,a=\\"b}"', 'must be one line of PromQL, with a closing bracket or quote'],
  ['name: x, hides: y, full: {param: rate}', 'signals[0].full has no effect without guest'],
  [`${WHOLE}, full: {}`, 'signals[0].full needs the key "param"'],
  [`${WHOLE}, full: {param: rate, times: 2}`, 'unknown key "times" in signals[0].full'],
  [`${WHOLE}, full: {param: rate, divide: 0}`, 'signals[0].full.divide must be above 0, got 0'],
  [`${WHOLE}, full: {param: rate, role: client}`, 'signals[0].full.role must be a declared role (the entry has none), got "client"'],
  [`${WHOLE}, full: {param: rates}`, 'signals[0].full.param must be one of the params, got "rates"; known: rate, kind'],
  [`${WHOLE}, full: {param: kind}`, 'signals[0].full.param must be a param of type int or number; kind is of type string'],
  ['name: x, hides: y, guest: {metric: a-b}', 'signals[0].guest.metric must match'],
  ['name: x, hides: y, guest: {metric: a, as: mean}', 'signals[0].guest.as must be one of rate, value, max, got "mean"'],
])('refuses {%s}', (signal, message) => {
  expect(readSignals(signal).problems).toContain(message);
});

test('reports all problems at once, and keeps the places of the others', () => {
  const { problems } = readSignals('name: 1x, hides: y', 'name: a, hides: y', 'name: a, hides: ""', 'name: b');
  expect(problems.split('\n').map((line) => line.replace(/^entry\/workload.yaml:/, ''))).toEqual([
    '2:6: signals[0].name must match ^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$, got "1x"',
    '4:6: signals[2].name must be unique in a role, got "a" twice',
    '4:15: signals[2].hides must be a text without control characters, got ""',
    '5:5: signals[3] needs one of the keys "outside" and "hides"',
  ]);
});

describe('shipped entries', () => {
  const { builtIns, examples } = findCatalog('/nowhere');
  const signalsOfAll = [...builtIns, ...examples].flatMap((name) => {
    const { entry } = read(join(ROOT, 'catalog', name), name);
    return (
      entry?.roles.flatMap((role) =>
        signalsOf(entry, role.name).map((signal) => [`${name} ${role.name} ${signal.name}`, signal] as const),
      ) ?? []
    );
  });

  test('have signals of their own, or do nothing', () => {
    const without = [...builtIns, ...examples].filter((name) => {
      const { entry } = read(join(ROOT, 'catalog', name), name);
      return entry && entry.signals.length === 0 && !entry.idle;
    });
    expect(without).toEqual([]);
  });

  test.each(signalsOfAll)('%s is described, and notices a reading that is 20 %% wrong', (_, signal) => {
    const { desc, outside, relation, floor, hides, byDefault } = signal;
    expect(desc).not.toBe('');
    if (outside === undefined) expect(hides).toBeDefined();
    // Deprecated or missing in current versions of KubeVirt.
    expect(outside ?? '').not.toMatch(/kubevirt_vmi_memory_used_bytes|kubevirt_vmi_network_traffic_bytes_total/);
    if (relation?.high === undefined) return expect(byDefault ?? hides ?? outside).toBeDefined();
    // With a load well above the floor.
    const guest = 4 * floor;
    expect(guest * 1.2).toBeGreaterThan(guest * relation.high + relation.slack);
    return expect(guest * 0.8).toBeLessThan(guest * relation.low - relation.slack);
  });
});
