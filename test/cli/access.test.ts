import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { entryOf, UNIT } from '../support/entry-folder';
import { virtwork } from '../support/program';

const MANIFEST = 'access: {rules: [{apiGroups: [""], resources: [pods], verbs: [create]}]}\n';
const CONFIG = 'catalog_dir: .\nfrom_catalog: [my-entry]\nallow_access: [my-entry]\n';

function repository(): string {
  const cwd = dirname(entryOf({ 'workload.yaml': MANIFEST, 'workload.service': UNIT }));
  writeFileSync(join(cwd, 'virtwork.yaml'), CONFIG);
  return cwd;
}

test.each(['synth', 'run --dry-run'])('%s reports the permissions of entries on stderr', (verb) => {
  const { status, stdout, stderr } = virtwork(`${verb} --workloads cpu,chaos-migration`);
  expect([status, stderr]).toEqual([
    0,
    'chaos-migration may list virtualmachineinstances, and create and get virtualmachineinstancemigrations in its namespace, and list nodes\n',
  ]);
  expect(stdout).not.toContain('may list');
});

test('a configuration without --config cannot allow permissions of entries', () => {
  const { status, stdout, stderr } = virtwork('synth', { cwd: repository() });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(
    'virtwork.yaml:3:1: allow_access: must not be set in a configuration file that --config does not name\n  hint: use --allow-access NAME,… or VIRTWORK_ALLOW_ACCESS; or use --config virtwork.yaml if you trust the file',
  );
  expect(stderr).toContain('lets its guests create pods, which starts pods');
});

test('a configuration that --config names can allow them', () => {
  const { status, stderr } = virtwork('synth --config virtwork.yaml', { cwd: repository() });
  expect([status, stderr]).toEqual([0, 'my-entry may create pods in its namespace\n']);
});

test('validate warns of permissions that the user must allow', () => {
  const cwd = repository();
  writeFileSync(join(cwd, 'virtwork.yaml'), '');
  const folder = entryOf({ 'workload.yaml': MANIFEST, 'workload.service': UNIT });
  const { status, stderr } = virtwork(['validate', folder], { cwd });
  expect(status).toBe(0);
  expect(stderr).toContain('warning: ');
  expect(stderr).toContain('lets its guests create pods, which starts pods, which can use every ServiceAccount');
});
