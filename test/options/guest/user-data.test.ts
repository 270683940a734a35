import { CLOUD_CONFIG_KEYS } from '../../../src/options/guest/cloud-config-keys';
import { secretsIn, userDataFile, userDataMap, userDataText } from '../../../src/options/guest/user-data';
import { outputOf } from '../../support/run';
import { needs } from '../../support/tools';

function file(text: string | Buffer): unknown {
  const read = userDataFile('x.yaml', Buffer.from(text));
  return 'config' in read ? read.config : read.problems.map(({ message }) => message).join('\n');
}

test.each<[string, object]>([
  ['runcmd: [ls]\n', { runcmd: ['ls'] }],
  ['ntp: {enabled: yes}\nssh_pwauth: off\n', { ntp: { enabled: true }, ssh_pwauth: false }],
  ['write_files: [{path: /a, permissions: 0640, content: a}]\n', { write_files: [{ path: '/a', permissions: '0640', content: 'a' }] }],
  ["write_files: [{path: /a, permissions: '0640'}]\n", { write_files: [{ path: '/a', permissions: '0640' }] }],
  ['users: [default, {name: bob, expiredate: 2030-01-01}]\n', { users: ['default', { name: 'bob', expiredate: '2030-01-01' }] }],
  ['', {}],
])('a file is read as cloud-init reads it: %j', (text, config) => expect(file(`#cloud-config\n${text}`)).toEqual(config));

test('a map of the configuration and text need no header', () => {
  expect(userDataMap({ runcmd: ['ls'] })).toEqual({ config: { runcmd: ['ls'] } });
  expect(userDataText('extra_user_data', '{ runcmd: [ls] }')).toEqual({ config: { runcmd: ['ls'] } });
});

test.each<[string | Buffer, string]>([
  ['runcmd: [ls]\n', 'x.yaml must be a cloud-config: its first line must be #cloud-config'],
  ['#!/bin/sh\nls\n', 'x.yaml must be a cloud-config, got a script'],
  ['Content-Type: multipart/mixed\n', 'got a MIME archive'],
  ['#include\nhttps://x\n', 'got a list of addresses'],
  [Buffer.from([0x1f, 0x8b, 8]), 'got a compressed file'],
  [Buffer.from([0xff]), 'x.yaml must be UTF-8 text'],
  ['## template: jinja\n#cloud-config\nruncmd: []\n', 'x.yaml must be a cloud-config without a template'],
  ['#cloud-config\nruncmd: [\n', 'x.yaml:3:1 must be YAML'],
  ['#cloud-config\n- ls\n', 'x.yaml must be a map of cloud-config keys, got a list'],
  ['#cloud-config\nrun_cmd: [ls]\n', '"run_cmd" is not a key of cloud-config'],
  ['#cloud-config\nruncmd: ls\n', 'runcmd must be a list, got a string'],
  ['#cloud-config\nruncmd: [{a: b}]\n', 'runcmd[0] must be a string or a list of words, got a map'],
  ['#cloud-config\npower_state: {mode: poweroff}\n', 'must not have power_state: a VM that stops'],
  ['#cloud-config\nmerge_how: x\n', 'must not have merge_how: virtwork appends lists'],
  ['#cloud-config\nhostname: x\n', 'must not have hostname: the host name of a guest is the name of its VM'],
  ['#cloud-config\ncloud_final_modules: []\n', 'must not have cloud_final_modules'],
  ['#cloud-config\nfs_setup: []\ndisk_setup: {}\n', 'must not have fs_setup'],
  ['#cloud-config\nca-certs: {}\n', 'must not have ca-certs'],
  ['#cloud-config\nusers: {bob: {}}\n', 'users must be a list, got a map'],
  ['#cloud-config\nusers: [{gecos: x}]\n', 'users[0] must be default, a name, or a map with a name'],
  ['#cloud-config\nwrite_files: [{path: a}]\n', 'write_files[0] must have an absolute path'],
  ['#cloud-config\nwrite_files: [{path: /a/../b}]\n', 'write_files[0] must have a path without . and ..'],
  ['#cloud-config\nwrite_files: [{path: /a, mode: x}]\n', 'write_files[0] must have only the keys path, content'],
  ['#cloud-config\nwrite_files: [{path: /a, permissions: 644}]\n', "write_files[0] must have permissions such as '0644'"],
  ['#cloud-config\npackages: [1]\n', 'packages[0] must be the name of a package'],
])('a file is rejected: %j', (text, message) => expect(file(text)).toContain(message));

test.each<[object, readonly string[]]>([
  [{ password: 'x' }, ['extra_user_data.password']],
  [{ chpasswd: { list: 'a:b' } }, ['extra_user_data.chpasswd']],
  [{ chpasswd: { users: [{ name: 'a', type: 'RANDOM' }], expire: false } }, ['extra_user_data.chpasswd']],
  [{ user: 'fedora', password: 'x', chpasswd: { expire: false } }, ['extra_user_data.password']],
  [{ users: ['default', { name: 'a', hashed_passwd: '$6$aaaaaaaa$bbbbbbbb' }] }, ['extra_user_data.users[1].hashed_passwd']],
  [{ rh_subscription: { 'activation-key': 'k', org: 1 } }, ['extra_user_data.rh_subscription.activation-key']],
  [{ write_files: [{ path: '/k', content: '-----BEGIN PRIVATE KEY-----\n' }] }, ['extra_user_data.write_files[0].content']],
  [{ runcmd: ['curl https://user:pw@host/'] }, ['extra_user_data.runcmd[0]']],
  [{ ssh_pwauth: true, users: [{ name: 'a', lock_passwd: true }], runcmd: ['passwd -l x'] }, []],
])('secrets are found in %j', (config, places) => expect(secretsIn(config)).toEqual(places));

const KEYS = `
import json, cloudinit, os
schema = json.load(open(os.path.join(os.path.dirname(cloudinit.__file__), 'config/schemas/schema-cloud-config-v1.json')))
print(json.dumps(sorted({key for name, part in schema['$defs'].items() if name.startswith('cc_') for key in part.get('properties', {})})))
`;

needs('cloud-init')('every key of the installed cloud-init is known', () => {
  const keys = JSON.parse(outputOf('/usr/bin/python3', ['-c', KEYS])) as string[];
  expect(keys.length).toBeGreaterThan(50);
  expect(keys.filter((key) => CLOUD_CONFIG_KEYS[key] === undefined)).toEqual([]);
});
