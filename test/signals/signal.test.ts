import { query, type Signal, signalsOf, WINDOW } from '../../src/signals/signal';

const own = (name: string, rest: Partial<Signal> = {}): Signal => ({
  name,
  desc: 'x',
  outside: 'up{$vms}',
  unit: '1',
  floor: 1,
  windowSeconds: WINDOW,
  ...rest,
});
const names = (signals: readonly Signal[]) => signals.map(({ name }) => name);
const DEFAULTS = ['cpu', 'disk-read', 'disk-write', 'network-receive', 'network-transmit'];

test('an entry that declares none has those of systemd', () => {
  expect(names(signalsOf({}))).toEqual(DEFAULTS);
  for (const { guest, outside, relation, byDefault } of signalsOf({})) {
    expect({ guest, outside, relation, byDefault }).toMatchObject({
      guest: { metric: expect.stringMatching(/^virtwork_unit_/), as: 'rate' },
      outside: expect.stringContaining('{$vms}[$window]'),
      byDefault: true,
    });
    expect(relation?.high).toBeUndefined();
  }
});

test('a signal of the entry replaces the default of its name, only in its role', () => {
  const entry = { signals: [own('cpu', { role: 'client' }), own('flushes'), own('disk-read', { hides: 'all' })] };
  expect(names(signalsOf(entry, 'client'))).toEqual([...DEFAULTS, 'flushes']);
  expect(signalsOf(entry, 'client')[0]).toBe(entry.signals[0]);
  expect(signalsOf(entry, 'server')[0]?.byDefault).toBe(true);
  expect(signalsOf(entry, 'server')[1]).toBe(entry.signals[2]);
});

test.each([
  ['a{$vms}[$window]', { namespace: 'ns', vms: ['x', 'y'] }, 'a{namespace="ns",name=~"x|y"}[300s]'],
  ['a{$vms, drive="d"}', { namespace: 'ns' }, 'a{namespace="ns", drive="d"}'],
  ['a{$vms, drive="d"}', {}, 'a{ drive="d"}'],
  ['a{drive="d",$vms}', { vms: [] }, 'a{drive="d",}'],
  ['a{$vms}', { namespace: 'n"s', vms: ['x.y'] }, 'a{namespace="n\\"s",name=~"x\\\\.y"}'],
  ['a{$vms} - b{$vms}', { vms: ['$&'], windowSeconds: 60 }, 'a{name=~"\\\\$\\\\&"} - b{name=~"\\\\$\\\\&"}'],
  ['rate(a[$window])', { windowSeconds: 60 }, 'rate(a[60s])'],
])('fills in %s', (outside, selection, expected) => {
  expect(query(own('x', { outside }), selection)).toBe(expected);
});

test('has no query for what nothing outside shows', () => {
  const { outside: _, ...hidden } = own('kills');
  expect(() => query(hidden, {})).toThrow('nothing outside shows the signal kills');
});
