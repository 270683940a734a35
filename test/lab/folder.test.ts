import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabFolder, type LabVm } from '../../src/lab/folder';
import { tempDir } from '../support/render';

const VM: LabVm = {
  name: 'virtwork-a-0',
  workload: 'a',
  role: 'workload',
  accelerator: 'tcg',
  image: '/image',
  user: 'debian',
  sshPort: 1,
  healthPort: 2,
  address: '10.77.0.1',
  diskNames: [],
  command: ['qemu'],
};
/** No process has it: above the largest that Linux gives. */
const NOBODY = 2 ** 22 + 1;

function labWith(...vms: LabVm[]): LabFolder {
  const folder = new LabFolder(join(tempDir(), 'lab'));
  for (const vm of vms) folder.save(vm);
  return folder;
}

test('VMs are remembered, by name', () => {
  const folder = labWith({ ...VM, name: 'b' }, { ...VM, name: 'a' });
  expect(folder.list().map(({ name }) => name)).toEqual(['a', 'b']);
});

test.each<[string, Partial<LabVm>, boolean]>([
  ['nobody owns it and it runs no more', { pid: NOBODY }, true],
  ['its owner is there', { owner: process.pid, pid: NOBODY }, true],
  ['its owner has gone, and it too', { owner: NOBODY, pid: NOBODY }, false],
  ['its owner has gone before it was started', { owner: NOBODY }, false],
  ['its owner has gone, and it still runs', { name: 'jest', owner: NOBODY, pid: process.pid }, true],
  ['its owner has gone, and its process id belongs to another', { owner: NOBODY, pid: process.pid }, false],
])('a VM whose record says: %s', (_, fields, kept) => {
  const folder = labWith({ ...VM, ...fields });
  expect(folder.list().length).toBe(kept ? 1 : 0);
  expect(existsSync(folder.path)).toBe(kept);
});

test('the last VM takes the lab along, with the key in it', () => {
  const folder = labWith(VM);
  writeFileSync(join(folder.path, 'id_ed25519'), '');
  folder.remove(VM.name);
  expect(existsSync(folder.path)).toBe(false);
});
