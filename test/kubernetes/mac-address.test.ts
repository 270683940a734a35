import { canonicalMac, derivedMac, laterMac } from '../../src/kubernetes/mac-address';

test.each<[string, string | undefined]>([
  ['52:54:00:AB:cd:ef', '52:54:00:ab:cd:ef'],
  ['52-54-00-12-34-56', '52:54:00:12:34:56'],
  ['01:00:5e:00:00:01', undefined],
  ['ff:ff:ff:ff:ff:ff', undefined],
  ['00:00:00:00:00:00', undefined],
  ['52:54:00:12:34', undefined],
  ['52:54:00:12:34:5g', undefined],
  ['525400123456', undefined],
  ['', undefined],
])('%s is %s', (text, mac) => expect(canonicalMac(text)).toBe(mac));

test.each<[string, number, string | undefined]>([
  ['52:54:00:00:00:01', 0, '52:54:00:00:00:01'],
  ['52:54:00:00:00:ff', 1, '52:54:00:00:01:00'],
  ['52:54:00:ff:ff:fe', 1, '52:54:00:ff:ff:ff'],
  ['52:54:00:ff:ff:ff', 1, undefined],
])('%s and %s more is %s', (mac, steps, later) => expect(laterMac(mac, steps)).toBe(later));

test('a derived address is locally administered, of one card, and always the same', () => {
  const macs = Array.from({ length: 1000 }, (_, index) => derivedMac(`vm-${index}/storage`));
  expect(new Set(macs).size).toBe(1000);
  expect(derivedMac('vm-0/storage')).toBe(macs[0]);
  for (const mac of macs) {
    expect(canonicalMac(mac)).toBe(mac);
    expect(Number.parseInt(mac.slice(0, 2), 16) & 2).toBe(2);
  }
});
