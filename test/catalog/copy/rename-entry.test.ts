import { type Named, renaming } from '../../../src/catalog/copy/rename-entry';

const SHARED = [
  '/usr/local/bin/virtwork-disk',
  '/etc/systemd/system/virtwork-disk@.service',
  '/usr/local/bin/virtwork-health',
  '/etc/systemd/system/virtwork-health.socket',
];
const DISK = { name: 'data', serial: 'virtwork-disk', mount: '/mnt/data', filesystem: 'xfs' } as const;

function entry(name: string, more: Partial<Named> = {}): Named {
  return { name, packages: {}, storage: [], ...more };
}

describe('in every text', () => {
  test.each<[what: string, from: Named, text: string, fresh: string]>([
    [
      'a unit',
      entry('db'),
      'After=virtwork-db-server.service virtwork-db.service',
      'After=virtwork-new-one-server.service virtwork-new-one.service',
    ],
    ['a script', entry('db'), 'ExecStart=/usr/local/bin/virtwork-db run', 'ExecStart=/usr/local/bin/virtwork-new-one run'],
    ['a folder of systemd', entry('db'), 'StateDirectory=virtwork-db', 'StateDirectory=virtwork-new-one'],
    ['metrics', entry('a-b'), 'virtwork_a_b_runs_total{job="a-b"} 1', 'virtwork_new_one_runs_total{job="a-b"} 1'],
    ['a file of metrics', entry('db'), 'mv "$dir/.db.prom" "$dir/db.prom"', 'mv "$dir/.new-one.prom" "$dir/new-one.prom"'],
    ['a variable', entry('db'), 'echo $VIRTWORK_DB_PORT', 'echo $VIRTWORK_NEW_ONE_PORT'],
    ['a label', entry('db'), '"app.kubernetes.io/component":"db"', '"app.kubernetes.io/component":"new-one"'],
    ['a name that begins the same', entry('db'), 'virtwork-dbs virtwork_dbs_x virtwork-db2', 'virtwork-dbs virtwork_dbs_x virtwork-db2'],
    ['a param', entry('cpu'), '--cpu-load "$PARAM_CPU_LOAD"', '--cpu-load "$PARAM_CPU_LOAD"'],
    ['a target of systemd', entry('network'), 'After=network-online.target', 'After=network-online.target'],
    [
      'a program',
      entry('stress-ng', { packages: { any: ['stress-ng'] } }),
      '# stress-ng does it\nexec stress-ng',
      '# stress-ng does it\nexec stress-ng',
    ],
    ['variables of virtwork', entry('run'), '$VIRTWORK_RUN_ID $VIRTWORK_RUN_X', '$VIRTWORK_RUN_ID $VIRTWORK_NEW_ONE_X'],
    ['metrics of virtwork', entry('unit'), 'virtwork_unit_active', 'virtwork_unit_active'],
    [
      'units of virtwork',
      entry('health'),
      'virtwork-health.socket virtwork-health.service',
      'virtwork-health.socket virtwork-new-one.service',
    ],
    ['a unit of virtwork with an instance', entry('disk'), 'virtwork-disk@data.service', 'virtwork-disk@data.service'],
    [
      'scripts of virtwork',
      entry('disk'),
      '/usr/local/bin/virtwork-disk /usr/local/bin/virtwork-disk-load',
      '/usr/local/bin/virtwork-disk /usr/local/bin/virtwork-new-one-load',
    ],
    [
      'a serial',
      entry('disk', { storage: [DISK] }),
      'serial: virtwork-disk\nstop virtwork-disk',
      'serial: vw-new-one\nstop virtwork-new-one',
    ],
    [
      'a serial in a path',
      entry('db', { storage: [{ ...DISK, serial: 'x1' }] }),
      '/dev/disk/by-id/virtio-x1 x1',
      '/dev/disk/by-id/virtio-vw-new-one x1',
    ],
    [
      'serials of several disks',
      entry('db', {
        storage: [
          { ...DISK, serial: 'one' },
          { ...DISK, serial: 'two', name: 'a-long-name-of-a-disk' },
        ],
      }),
      '- { serial: "one" }\n- { serial: two }',
      '- { serial: "vw-new-one-data" }\n- { serial: vw-new-one-a-lo-2a6a }',
    ],
    [
      'a Service of another name',
      entry('net', { service: { name: 'virtwork-iperf', ports: [] } }),
      'name: virtwork-iperf\n# at virtwork-iperf:5201, not virtwork-iperf-2',
      'name: virtwork-new-one\n# at virtwork-new-one:5201, not virtwork-iperf-2',
    ],
    [
      'a Service of its own name',
      entry('net', { service: { name: 'virtwork-net-a', ports: [] } }),
      'name: virtwork-net-a',
      'name: virtwork-new-one-a',
    ],
    ['a comment', entry('my-db'), '  # my-db is slow\nname: my-db', '  # new-one is slow\nname: my-db'],
    ['a word that is a name as well', entry('db'), '# the db is slow', '# the db is slow'],
    [
      'a description',
      entry('my-db'),
      'description: my-db, a load\nDescription=virtwork: my-db',
      'description: new-one, a load\nDescription=virtwork: new-one',
    ],
    ['the line of the interpreter', entry('my-db'), '#!/opt/my-db sh', '#!/opt/my-db sh'],
  ])('%s', (_, from, text, fresh) => {
    expect(renaming(from, 'new-one', SHARED).text(text, 'file')).toBe(fresh);
  });
});

test.each([
  ['a heading', '# db\n\n## db and more', '# new-one\n\n## db and more'],
  [
    'a command',
    '`virtwork synth --workloads db`, `virtwork lab test db`, --params db.x=1',
    '`virtwork synth --workloads new-one`, `virtwork lab test new-one`, --params new-one.x=1',
  ],
])('in a README: %s', (_, text, fresh) => {
  expect(renaming(entry('db'), 'new-one', SHARED).text(text, 'README.md')).toBe(fresh);
});

test('a new name that holds the old one is written once', () => {
  const { text } = renaming(entry('db', { storage: [{ ...DISK, serial: 'virtwork-db' }] }), 'db-db', SHARED);
  expect(text('serial: virtwork-db\nvirtwork-db virtwork_db_x VIRTWORK_DB_X db.prom', 'file')).toBe(
    'serial: vw-db-db\nvirtwork-db-db virtwork_db_db_x VIRTWORK_DB_DB_X db-db.prom',
  );
});

test.each([
  ['virtwork-db-load', 'virtwork-new-one-load'],
  ['db.prom', 'new-one.prom'],
  ['db.service', 'db.service'],
  ['virtwork-dbs', 'virtwork-dbs'],
])('a file called %s is %s', (name, fresh) => {
  expect(renaming(entry('db'), 'new-one', SHARED).file(name)).toBe(fresh);
});
