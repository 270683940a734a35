import { portNames } from '../../src/catalog/port-names';

const UDP = { protocol: 'UDP' };

test.each<[string, Parameters<typeof portNames>[0], string[]]>([
  ['one port', [{ port: 80 }], ['port-80']],
  ['one UDP port', [{ port: 53, ...UDP }], ['port-53']],
  ['a written name', [{ port: 80, name: 'http' }], ['http']],
  ['one number for TCP and UDP', [{ port: 53 }, { port: 53, ...UDP }], ['port-53', 'port-53-udp']],
  [
    'the same in the other order',
    [
      { port: 53, ...UDP },
      { port: 53, protocol: 'TCP' },
    ],
    ['port-53-udp', 'port-53'],
  ],
  [
    'the same, the TCP port with a name',
    [
      { port: 53, name: 'dns' },
      { port: 53, ...UDP },
    ],
    ['dns', 'port-53'],
  ],
])('%s', (_, ports, names) => expect(portNames(ports)).toEqual(names));
