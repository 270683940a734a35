import { networks } from '../../src/options/network-kinds';

const NAD = { name: 'a', multus: 'b' };

test.each<[string, unknown, unknown]>([
  ['the pod network', [{ pod: 'masquerade' }], [{ pod: 'masquerade' }]],
  ['a plugin', '[{pod: l2bridge, mac: 52-54-00-AA-bb-01}]', [{ pod: 'l2bridge', mac: '52:54:00:aa:bb:01' }]],
  ['a secondary network', '[{name: a, multus: ns1/nad-a, binding: sriov}]', [{ name: 'a', multus: 'ns1/nad-a', binding: 'sriov' }]],
  ['dhcp', [{ ...NAD, addresses: 'dhcp' }], [{ ...NAD, addresses: ['dhcp'] }]],
  ['one address', [{ ...NAD, addresses: '192.0.2.1-192.0.2.1/24' }], [{ ...NAD, addresses: ['192.0.2.1/24'] }]],
  [
    'addresses, routes and servers in their canonical form',
    [
      {
        ...NAD,
        model: 'e1000e',
        addresses: ['192.0.2.10-192.0.2.19/24', 'FD00:0::1/64'],
        gateway: ['192.0.2.1', 'fd00::0:ff'],
        routes: [{ to: '2001:DB8:0::/48', via: 'fd00::fe' }],
        nameservers: '192.0.2.53',
      },
    ],
    [
      {
        ...NAD,
        model: 'e1000e',
        addresses: ['192.0.2.10-192.0.2.19/24', 'fd00::1/64'],
        gateway: ['192.0.2.1', 'fd00::ff'],
        routes: [{ to: '2001:db8::/48', via: 'fd00::fe' }],
        nameservers: ['192.0.2.53'],
      },
    ],
  ],
  [
    'both ends of a point-to-point network',
    [{ ...NAD, addresses: '192.0.2.0-192.0.2.1/31' }],
    [{ ...NAD, addresses: ['192.0.2.0-192.0.2.1/31'] }],
  ],
])('%s', (_, raw, value) => expect(networks.parse(raw)).toEqual({ value }));

/** The rejections of a value, each with its path. */
function rejected(raw: unknown): string[] {
  const parsed = networks.parse(raw);
  if ('value' in parsed) return [];
  return [parsed, ...(parsed.others ?? [])].map(({ at = [], must, hint }) => `${at.join('.')}: ${must}${hint ? ` (${hint})` : ''}`);
}

test.each<[unknown, readonly RegExp[]]>([
  ['masquerade', [/^: be a list/]],
  [[], [/^: have at least one network/]],
  [['masquerade'], [/^0: be \{pod: BINDING\}, or \{name: NAME, multus/]],
  [[{ binding: 'bridge' }], [/^0: be \{pod: BINDING\}, or/]],
  [[{ name: 'a' }], [/^0: have the key multus/]],
  [[{ multus: 'a' }], [/^0: have the key name/]],
  [[{ pod: 'masquarade' }], [/^0\.pod: be masquerade, bridge, or the name .* \(did you mean "masquerade"\?\)/]],
  [[{ pod: 'L2 Bridge' }], [/^0\.pod: be masquerade, bridge, or the name/]],
  [[{ pod: {} }], [/^0\.pod: be masquerade/]],
  [[{ pod: 'masquerade', name: 'a' }], [/^0\.name: have only the keys pod, ipv6, mac, model/]],
  [[{ pod: 'masquerade', ipv6: 'maybe' }], [/^0\.ipv6: be true or false/]],
  [[{ ...NAD, binding: 'sr-iov' }], [/^0\.binding: .*\(did you mean "sriov"\?\)/]],
  [[{ name: 'a b', multus: 'ns/b/c' }], [/^0\.name: be a name of letters/, /^0\.multus: be the name of a NetworkAttachmentDefinition/]],
  [[{ ...NAD, multus: '/b' }], [/^0\.multus: /]],
  [[{ ...NAD, mac: '01:00:5e:00:00:01' }], [/^0\.mac: be the MAC address of one card/]],
  [[{ ...NAD, mac: 5 }], [/^0\.mac: /]],
  [[{ ...NAD, model: 'virtoi' }], [/^0\.model: be one of virtio, e1000/]],
  [[{ ...NAD, addresses: '192.0.2.10' }], [/^0\.addresses: be dhcp, slaac, or addresses of VMs with the prefix/]],
  [[{ pod: {} }], [/^0\.pod: be masquerade.*\(write pod: masquerade\)/]],
  [[{ ...NAD, multus: { networkName: 'ns/red' } }], [/^0\.multus: .*\(write multus: ns\/red\)/]],
  [[{ ...NAD, multus: { networkName: '\u001b[2J' } }], [/^0\.multus: [^(]*$/]],
  [[{ ...NAD, addresses: [] }], [/^0\.addresses: have at least one address/]],
  [[{ ...NAD, addresses: 'DHCP' }], [/^0\.addresses: be dhcp.*\(did you mean "dhcp"\?\)/]],
  [[{ ...NAD, addresses: ['dhpc', 'dhcp6'] }], [/^0\.addresses\.0: /, /^0\.addresses\.1: .*\(did you mean "slaac"\?\)/]],
  [[{ ...NAD, addresses: 'slac' }], [/^0\.addresses: .*\(did you mean "slaac"\?\)/]],
  [[{ ...NAD, addresses: ['192.0.2.0/24', '192.0.2.255/24'] }], [/^0\.addresses\.0: /, /^0\.addresses\.1: /]],
  [[{ ...NAD, addresses: ['192.0.2.9-192.0.2.1/24', '192.0.2.9-192.0.3.1/24', 'DHCP', 3] }], [/\.0: /, /\.1: /, /\.2: /, /\.3: /]],
  [[{ ...NAD, gateway: '192.0.2.1/24' }], [/^0\.gateway: be an IP address/]],
  [[{ ...NAD, routes: [{ to: '0.0.0.0/0', via: '192.0.2.1' }] }], [/^0\.routes\.0\.to: be a network with its prefix.*use gateway/]],
  [[{ ...NAD, routes: [{ to: '198.51.100.1/24', via: 'router' }] }], [/^0\.routes\.0\.to: /, /^0\.routes\.0\.via: be an IP address/]],
  [[{ ...NAD, routes: [{ to: '198.51.100.0/24' }] }], [/^0\.routes\.0: have the key via/]],
  [[{ ...NAD, nameservers: ['dns'] }], [/^0\.nameservers\.0: be an IP address/]],
  [[{ pod: 'masquerade' }, { ...NAD, adresses: 'dhcp' }], [/^1\.adresses: have only the keys .*did you mean "addresses"/]],
])('%# %j is rejected', (raw, messages) => {
  const found = rejected(raw);
  expect(found).toHaveLength(messages.length);
  for (const [index, message] of messages.entries()) expect(found[index]).toMatch(message);
});
