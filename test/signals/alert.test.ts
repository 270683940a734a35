import { type AlertRule, firedBy } from '../../src/signals/alert';

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
