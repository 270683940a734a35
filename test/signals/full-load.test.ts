import { join } from 'node:path';
import { readEntry } from '../../src/catalog/read';
import { fullLoadOf } from '../../src/signals/full-load';
import { signalsOf } from '../../src/signals/signal';
import { ROOT } from '../support/render';

test.each([
  ['network', 'client', { bandwidth: '80000000' }, { 'network-receive': 10e6, 'network-transmit': 10e6 }],
  ['network', 'server', { bandwidth: '80000000' }, undefined],
  ['network', 'client', { bandwidth: '0' }, undefined],
  ['database', undefined, { tps: '100' }, { flushes: 100 }],
  ['database', undefined, {}, undefined],
  ['disk', undefined, { 'rate-iops': '100' }, undefined],
])('the full load of %s, role %s, with %j: %j', (entry, role, params, full) => {
  const signals = signalsOf(readEntry(join(ROOT, 'catalog', entry), entry, true, { problems: [], warnings: [] }) ?? {}, role);
  expect(fullLoadOf(signals, role, params)).toEqual(full);
});

test.each([
  [{ param: 'rate' }, { rate: '5' }, { a: 5 }],
  [{ param: 'rate', divide: 2 }, { rate: '5' }, { a: 2.5 }],
  [{ param: 'rate' }, { rate: '0' }, undefined],
  [{ param: 'rate' }, {}, undefined],
  [{ param: 'rate', role: 'client' }, { rate: '5' }, undefined],
])('the full load of a signal with %j and params %j: %j', (full, params, expected) => {
  expect(fullLoadOf([{ name: 'a', full }, { name: 'b' }], 'server', params)).toEqual(expected);
});
