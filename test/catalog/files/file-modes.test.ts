import { entryOf, read, UNIT } from '../../support/entry-folder';

const FILES = { 'workload.service': UNIT, 'files/root/.pgpass': 'a', 'files/usr/bin/run.hbs': '#!/bin/sh\n' };
const problemsOf = (manifest: string) => read(entryOf({ ...FILES, 'workload.yaml': manifest })).problems;

test.each<[string, (string | undefined)[][]]>([
  [
    '{path: /root/.pgpass, mode: "0600", owner: "postgres:postgres"}',
    [
      ['/root/.pgpass', '0600', 'postgres:postgres'],
      ['/usr/bin/run', '0755', undefined],
    ],
  ],
  [
    '{path: /root/.pgpass, mode: 0600}',
    [
      ['/root/.pgpass', '0600', undefined],
      ['/usr/bin/run', '0755', undefined],
    ],
  ],
  [
    '{path: //root/.pgpass, mode: 640}',
    [
      ['/root/.pgpass', '0640', undefined],
      ['/usr/bin/run', '0755', undefined],
    ],
  ],
  [
    '{path: /usr/bin/run, owner: 26:26}',
    [
      ['/root/.pgpass', '0644', undefined],
      ['/usr/bin/run', '0755', '26:26'],
    ],
  ],
])('%s', (item, expected) => {
  const { entry, problems } = read(entryOf({ ...FILES, 'workload.yaml': `files: [${item}]\n` }));
  expect(problems).toBe('');
  expect(entry?.roles[0]?.files.map(({ path, mode, owner }) => [path, mode, owner])).toEqual(expected);
});

const AT = 'entry/workload.yaml:1';

test.each([
  ['{path: /root/.pgpass}', `${AT}:9: files[0] needs one of the keys "mode" and "owner"`],
  [
    '{path: /root/.pgpass, mode: "4755"}',
    `${AT}:31: files[0].mode must be three octal digits, or four that begin with 0, got "4755"\n  hint: for example: 0600`,
  ],
  [
    '{path: /root/.pgpass, mode: 0o600}',
    `${AT}:31: files[0].mode must be three octal digits, or four that begin with 0, got "0o600"\n  hint: for example: 0600`,
  ],
  [
    '{path: /root/.pgpass, mode: "0680"}',
    `${AT}:31: files[0].mode must be three octal digits, or four that begin with 0, got "0680"\n  hint: for example: 0600`,
  ],
  [
    '{path: /root/.pgpass, owner: "a b"}',
    `${AT}:31: files[0].owner must be a user, or a user and a group, got "a b"\n  hint: for example: postgres:postgres`,
  ],
  [
    '{path: /root/.pgpass, owner: "root:"}',
    `${AT}:31: files[0].owner must be a user, or a user and a group, got "root:"\n  hint: for example: postgres:postgres`,
  ],
  [
    '{path: /root/pgpass, mode: 600}',
    `${AT}:10: files[0].path must be the path of a file in the guest that files/ has, got "/root/pgpass"\n  hint: did you mean "/root/.pgpass"?`,
  ],
  [
    '{path: files/usr/bin/run.hbs, mode: 700}',
    `${AT}:10: files[0].path must be the path of a file in the guest that files/ has, got "files/usr/bin/run.hbs"\n  hint: did you mean "/usr/bin/run"?`,
  ],
  [
    '{path: /usr/bin, mode: 700}',
    `${AT}:10: files[0].path must be a file, not a folder, got "/usr/bin"\n  hint: to create the folder, put a line into files/etc/tmpfiles.d/NAME.conf: d /usr/bin 0700 USER GROUP`,
  ],
  [
    '{path: /root/.pgpass, mode: 600}, {path: /root/.pgpass, owner: a}',
    `${AT}:44: files[1].path must be unique, got "/root/.pgpass" twice`,
  ],
  ['{path: /root/.pgpass, mode: 600, role: server}', `${AT}:42: files[0].role must be a declared role (the entry has none), got "server"`],
])('not %s', (item, problem) => expect(problemsOf(`files: [${item}]\n`)).toBe(problem));

test('the files of one role, and those of another', () => {
  const { entry, problems } = read(
    entryOf({
      'workload.yaml': 'roles: [{name: a}, {name: b}]\nfiles: [{path: /etc/x, mode: 600, role: a}, {path: /etc/x, mode: 640, role: b}]\n',
      'a.service': UNIT,
      'b.service': UNIT,
      'files/etc/x': 'x',
    }),
  );
  expect(problems).toBe('');
  expect(entry?.roles.map((role) => role.files[0]?.mode)).toEqual(['0600', '0640']);
});
