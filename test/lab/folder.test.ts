import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabFolder, type LabVm } from '../../src/lab/folder';
import { tempDir } from '../support/render';
import { outputOf } from '../support/run';

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
  for (const vm of vms) folder.add(vm);
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

describe('what is found in the lab is not believed', () => {
  const record = (folder: LabFolder) => join(folder.of(VM.name), 'vm.json');

  test.each<[string, unknown]>([
    ['the name of another folder', { ...VM, name: '../../..' }],
    ['no name', { ...VM, name: undefined }],
    ['every process of the user', { ...VM, pid: -1 }],
    ['a group of processes', { ...VM, pid: 0 }],
    ['no process id', { ...VM, pid: '12' }],
    ['an option for ssh', { ...VM, user: '-oProxyCommand=x' }],
    ['no port', { ...VM, healthPort: '80@elsewhere' }],
    ['no words', { ...VM, command: 'rm -rf' }],
    ['a list', [VM]],
    ['nothing', null],
  ])('a record with %s', (_, content) => {
    const folder = labWith(VM);
    writeFileSync(record(folder), JSON.stringify(content));
    expect(() => folder.list()).toThrow(`${record(folder)}: is no record of the lab: `);
    expect(existsSync(folder.of(VM.name))).toBe(true);
  });

  test.each<[string, (file: string) => void]>([
    ['no JSON', (file) => writeFileSync(file, '{')],
    ['bytes', (file) => writeFileSync(file, Buffer.from([0xff, 0x00, 0x1b]))],
    ['more than a record has', (file) => writeFileSync(file, ' '.repeat(2 << 20))],
    ['a named pipe', (file) => outputOf('mkfifo', [file])],
    ['a folder', (file) => mkdirSync(file)],
    ['a link', (file) => symlinkSync('/dev/zero', file)],
  ])('a record that is %s', (_, put) => {
    const folder = labWith(VM);
    rmSync(record(folder));
    put(record(folder));
    expect(() => folder.list()).toThrow(`${record(folder)}: is no record of the lab: `);
  });

  test('a VM whose folder is a link', () => {
    const [folder, other] = [labWith(VM), labWith(VM)];
    rmSync(folder.of(VM.name), { recursive: true });
    symlinkSync(other.of(VM.name), folder.of(VM.name));
    expect(() => folder.list()).toThrow('it is a link');
  });

  test('a lab in which everybody can write', () => {
    const folder = labWith(VM);
    chmodSync(folder.path, 0o777);
    expect(() => folder.list()).toThrow('flag --lab-dir: must be a folder that nobody else can write to');
    expect(() => folder.prepare()).toThrow('flag --lab-dir: must be a folder that nobody else can write to');
  });

  test('what stands in the place of a new VM goes, and what it leads to stays', () => {
    const [folder, outside] = [labWith({ ...VM, name: 'b' }), tempDir()];
    writeFileSync(join(outside, 'mine'), 'mine');
    symlinkSync(outside, folder.of(VM.name));
    folder.add(VM);
    expect(readFileSync(join(outside, 'mine'), 'utf8')).toBe('mine');
    expect(statSync(folder.of(VM.name)).mode & 0o777).toBe(0o700);
    expect(statSync(record(folder)).mode & 0o777).toBe(0o600);
    expect(folder.list().map(({ name }) => name)).toEqual(['b', VM.name]);
  });
});
