import { type AlertRule, dueWith, firedBy } from '../../src/signals/alert';

const rule = (when: AlertRule['when']): AlertRule => ({ name: 'X', severity: 'warning', afterSeconds: 60, why: 'y', when });

test.each([
  [{}, true],
  [{ fill: { minimum: 90 } }, true],
  [{ fill: { minimum: 91 } }, false],
  [{ fill: { minimum: 85, maximum: 90 } }, true],
  [{ fill: { maximum: 89 } }, false],
  [{ mode: { values: ['a', 'b'] } }, true],
  [{ mode: { values: ['b'] } }, false],
  [{ fill: { values: ['90'], maximum: 89 } }, false],
  [{ fill: { minimum: 90 }, mode: { values: ['b'] } }, false],
  [{ missing: { minimum: 0 } }, true],
])('%j', (when, fires) => {
  const alert = { name: 'X', severity: 'warning', afterSeconds: 60, why: 'y' };
  expect(firedBy([rule(when as AlertRule['when'])], { fill: '90', mode: 'a' })).toEqual(fires ? [alert] : []);
});

const MOVES = 'KubeVirtVMIExcessiveMigrations';
const NO_LIMIT = { 'start-after': '0', duration: '0', 'max-per-hour': '0' };

const SOMETIMES = { ...NO_LIMIT, 'migration-interval-min': '120', 'migration-interval-max': '600' };

test.each<[string, number, { readonly [param: string]: string }, number, number[]]>([
  ['X', 300, NO_LIMIT, 1, [300]],
  ['X', 300, { ...NO_LIMIT, 'start-after': '86400' }, 1, [86_700]],
  ['X', 300, { ...NO_LIMIT, duration: '5' }, 1, []],
  ['X', 300, { ...NO_LIMIT, duration: '299' }, 1, []],
  ['X', 300, { ...NO_LIMIT, duration: '300', 'start-after': '1000' }, 1, [1300]],
  ['X', 300, { ...NO_LIMIT, 'max-per-hour': '1' }, 1, [300]],
  ['X', 300, { 'start-after': '10' }, 1, [310]],
  // Its own VMs fire it.
  ['X', 300, NO_LIMIT, 0, [300]],
  // No chaos.
  ['X', 300, { duration: '5', 'max-per-hour': '1' }, 1, [300]],
  [MOVES, 3600, { ...NO_LIMIT, 'start-after': '7200' }, 1, [10_800]],
  [MOVES, 3600, { ...NO_LIMIT, duration: '60' }, 1, []],
  [MOVES, 3600, { ...NO_LIMIT, 'max-per-hour': '1' }, 1, [43_200]],
  [MOVES, 3600, { ...NO_LIMIT, 'max-per-hour': '7' }, 1, [6172]],
  [MOVES, 3600, { ...NO_LIMIT, 'max-per-hour': '60' }, 1, [3600]],
  [MOVES, 3600, { ...NO_LIMIT, 'max-per-hour': '1', duration: '43199' }, 1, []],
  [MOVES, 3600, { 'start-after': '60', 'max-per-hour': '1', duration: '43200' }, 1, [43_260]],
  [MOVES, 3600, SOMETIMES, 1, [7200]],
  [MOVES, 3600, SOMETIMES, 2, [13_800]],
  [MOVES, 3600, SOMETIMES, 20, [86_400]],
  // Rarer than 12 times in a day for each VM.
  [MOVES, 3600, SOMETIMES, 22, []],
  [MOVES, 3600, { ...SOMETIMES, 'max-per-hour': '1' }, 2, [82_800]],
  [MOVES, 3600, { ...SOMETIMES, 'max-per-hour': '1' }, 3, []],
  [MOVES, 3600, { ...SOMETIMES, duration: '7199' }, 1, []],
  [MOVES, 3600, NO_LIMIT, 0, []],
])('%s after %d s with %j and %d other VMs is due after %j', (name, afterSeconds, params, targets, expected) => {
  const others = name === MOVES ? { others: true as const } : {};
  const alert = { name, severity: 'warning', afterSeconds, why: 'y', ...others } as const;
  expect(dueWith([alert], params, targets)).toEqual(expected.map((due) => ({ ...alert, afterSeconds: due })));
});
