import { fullLoadOf } from '../../src/signals/full-load';

test.each([
  ['network', 'client', { bandwidth: '80000000' }, { 'network-receive': 10e6, 'network-transmit': 10e6 }],
  ['network', 'server', { bandwidth: '80000000' }, undefined],
  ['network', 'client', { bandwidth: '0' }, undefined],
  ['database', undefined, { tps: '100' }, { flushes: 100 }],
  ['database', undefined, {}, undefined],
  ['disk', undefined, { 'rate-iops': '100' }, undefined],
  ['constructor', undefined, { tps: '100' }, undefined],
])('the full load of %s, role %s, with %j: %j', (entry, role, params, full) => {
  expect(fullLoadOf(entry, role, params)).toEqual(full);
});
