import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPlan } from '../../src/load-plan';
import { imagePackages } from '../../src/plan/image-packages';
import { measurable } from '../support/measured';
import { planOf, tempDir } from '../support/render';

test.each([
  ['fedora', ['fio', 'fio-engine-libaio', 'qemu-guest-agent', 'stress-ng', 'xfsprogs']],
  ['debian', ['fio', 'qemu-guest-agent', 'stress-ng', 'xfsprogs']],
])('an image of %s needs the packages of all workloads, of their disks, and the guest agent', async (os, all) => {
  const listed = imagePackages(await planOf({ workloads: 'cpu,disk', 'guest-os': os }));
  expect(listed.workloads[0]).toEqual({ name: 'cpu', entry: 'cpu', guestOs: os, packages: ['qemu-guest-agent', 'stress-ng'] });
  expect(listed.all).toEqual({ [os]: all });
});

test('trials need jq, and each guest system has a list of its own', async () => {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), 'workloads: { bench: { guest_os: debian, trials: { a: {} } }, cpu: {} }\n');
  const { plan } = await loadPlan({ flags: { 'catalog-dir': measurable() }, env: {}, cwd });
  const { all } = imagePackages(plan);
  expect(Object.keys(all)).toEqual(['fedora', 'debian']);
  expect(all.debian).toContain('jq');
  expect(all.fedora).toEqual(['qemu-guest-agent', 'stress-ng']);
});
