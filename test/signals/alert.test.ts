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

test.each<[string, number, { readonly [param: string]: string }, number[]]>([
  ['X', 300, NO_LIMIT, [300]],
  ['X', 300, { ...NO_LIMIT, 'start-after': '86400' }, [86_700]],
  ['X', 300, { ...NO_LIMIT, duration: '5' }, []],
  ['X', 300, { ...NO_LIMIT, duration: '299' }, []],
  ['X', 300, { ...NO_LIMIT, duration: '300', 'start-after': '1000' }, [1300]],
  ['X', 300, { ...NO_LIMIT, 'max-per-hour': '1' }, [300]],
  ['X', 300, { 'start-after': '10' }, [310]],
  // No chaos.
  ['X', 300, { duration: '5', 'max-per-hour': '1' }, [300]],
  [MOVES, 3600, { ...NO_LIMIT, 'start-after': '7200' }, [10_800]],
  [MOVES, 3600, { ...NO_LIMIT, duration: '60' }, []],
  [MOVES, 3600, { ...NO_LIMIT, 'max-per-hour': '1' }, [43_200]],
  [MOVES, 3600, { ...NO_LIMIT, 'max-per-hour': '7' }, [6172]],
  [MOVES, 3600, { ...NO_LIMIT, 'max-per-hour': '60' }, [3600]],
  [MOVES, 3600, { ...NO_LIMIT, 'max-per-hour': '1', duration: '43199' }, []],
  [MOVES, 3600, { 'start-after': '60', 'max-per-hour': '1', duration: '43200' }, [43_260]],
])('%s after %d s with %j is due after %j', (name, afterSeconds, params, expected) => {
  const alert = { name, severity: 'warning', afterSeconds, why: 'y' } as const;
  expect(dueWith([alert], params)).toEqual(expected.map((due) => ({ ...alert, afterSeconds: due })));
});
