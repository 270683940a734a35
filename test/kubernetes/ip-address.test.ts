import { networkOf, parseIp, parseIpRange, showIp } from '../../src/kubernetes/ip-address';

test.each([
  ['192.0.2.10', '192.0.2.10'],
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['::', '::'],
  ['::1', '::1'],
  ['fd10:0:2::2', 'fd10:0:2::2'],
  ['FD00:0:0:0:0:0:0:0A', 'fd00::a'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['::ffff:192.0.2.1', '::ffff:c000:201'],
])('%s is %s', (text, shown) => {
  const parsed = parseIp(text);
  expect(parsed && showIp(parsed)).toBe(shown);
});

test.each(['', '192.0.2', '192.0.2.256', '192.0.02.1', 'fd00:::1', 'fe80::1%eth0', 'host', '192.0.2.1/24'])('%j is no address', (text) => {
  expect(parseIp(text)).toBeUndefined();
});

test.each<[string, bigint, number]>([
  ['192.0.2.10/24', 1n, 24],
  ['192.0.2.10-192.0.2.19/24', 10n, 24],
  ['fd00::1-fd00::ff/64', 255n, 64],
  ['10.0.0.1/0', 1n, 0],
])('%s has %s addresses', (text, size, prefix) => {
  const range = parseIpRange(text);
  expect(range && [range.last - range.first + 1n, range.prefix]).toEqual([size, prefix]);
});

test.each([
  '192.0.2.10',
  '192.0.2.10/33',
  'fd00::1/129',
  '192.0.2.1-fd00::1/24',
  '192.0.2.1-2-3/24',
  '192.0.2.10/24/8',
  '/24',
  '192.0.2.1/',
])('%j is no range', (text) => expect(parseIpRange(text)).toBeUndefined());

test('the network of an address', () => {
  const network = networkOf(parseIp('192.0.2.77') as never, 26);
  expect([network.first, network.last].map((value) => showIp({ family: 4, value }))).toEqual(['192.0.2.64', '192.0.2.127']);
});
