import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LabFolder, type LabVm, runs } from '../../src/lab/folder';
import { startOf } from '../../src/lab/process';
import { tempDir } from '../support/render';
import { ended, outputOf, start } from '../support/run';

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
/** The ID of a process that cannot exist: above the maximum of Linux. */
const NO_PROCESS = 2 ** 22 + 1;
/** This process, as in the record of a VM. */
const SELF = {
  pid: process.pid,
  pidStarted: startOf(process.pid),
  command: readFileSync('/proc/self/cmdline', 'utf8').split('\0').slice(0, -1),
};
const OWNED = { owner: NO_PROCESS, ownerStarted: SELF.pidStarted };

const keyFile = join(tempDir(), 'own/lab.key');

function labWith(...vms: LabVm[]): LabFolder {
  const folder = new LabFolder(join(tempDir(), 'lab'), keyFile);
  for (const vm of vms) folder.add(vm);
  return folder;
}

test('lists VMs by name', () => {
  const folder = labWith({ ...VM, name: 'b' }, { ...VM, name: 'a' });
  expect(folder.list().map(({ name }) => name)).toEqual(['a', 'b']);
});

test.each<[string, Partial<LabVm>, boolean]>([
  ['it has no owner and does not run', { pid: NO_PROCESS, pidStarted: SELF.pidStarted }, true],
  ['its owner runs', { owner: SELF.pid, ownerStarted: SELF.pidStarted, pid: NO_PROCESS }, true],
  ['neither its owner nor its process runs', { ...OWNED, pid: NO_PROCESS, pidStarted: SELF.pidStarted }, false],
  ['its owner ended before it was started', OWNED, false],
  ['its owner ended, and another process has its ID', { owner: SELF.pid, ownerStarted: SELF.pidStarted?.replace(/\d+$/, '1') }, false],
  ['its owner ended, and it still runs', { ...OWNED, ...SELF }, true],
  ['its owner ended, and a later process has its ID', { ...OWNED, ...SELF, pidStarted: SELF.pidStarted?.replace(/\d+$/, '1') }, false],
  ['its owner ended, and its process runs another command', { ...OWNED, ...SELF, command: ['qemu'] }, false],
])('a VM whose record says: %s', (_, fields, kept) => {
  const folder = labWith({ ...VM, ...fields });
  expect(folder.list().length).toBe(kept ? 1 : 0);
  expect(existsSync(folder.path)).toBe(kept);
});

test('removing the last VM removes the lab with its key', () => {
  const folder = labWith(VM);
  writeFileSync(join(folder.path, 'id_ed25519'), '');
  folder.remove(VM.name);
  expect(existsSync(folder.path)).toBe(false);
});

test('removing VMs keeps files that are not of the lab', () => {
  const folder = labWith(VM);
  writeFileSync(join(folder.path, 'thesis.txt'), '');
  mkdirSync(folder.of('notes'));
  folder.remove(VM.name);
  expect([readdirSync(folder.path), readdirSync(join(folder.path, 'vms'))]).toEqual([['thesis.txt', 'vms'], ['notes']]);
  folder.remove('../..');
  folder.remove('notes');
  expect(readdirSync(folder.path)).toEqual(['thesis.txt']);
});

test.each(['id_ed25519', 'thesis.txt'])('prepare() rejects a folder with another file: %s', (name) => {
  const folder = labWith();
  mkdirSync(folder.path);
  writeFileSync(join(folder.path, name), '');
  expect(() => folder.prepare()).toThrow(/flag --lab-dir: must be a lab or an empty folder, got/);
  expect(readdirSync(folder.path)).toEqual([name]);
});

test('an SSH key that is older than all VMs is not used', () => {
  const folder = labWith();
  folder.prepare();
  writeFileSync(join(folder.path, 'id_ed25519'), 'of another user');
  folder.prepare();
  expect(readdirSync(folder.path)).toEqual(['vms']);
  folder.add(VM);
  writeFileSync(join(folder.path, 'id_ed25519'), 'own');
  folder.prepare();
  expect(readdirSync(folder.path)).toEqual(['id_ed25519', 'vms']);
});

test('only this user can read what the lab creates', () => {
  const folder = labWith();
  folder.prepare();
  folder.add(VM);
  const look = [folder.path, join(folder.path, 'vms'), folder.of(VM.name), join(folder.of(VM.name), 'vm.json'), keyFile];
  expect(look.map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(['700', '700', '700', '600', '600']);
});

/** The error for a lab with one VM after a change. */
function complaint(harm: (folder: LabFolder, record: string) => void): string {
  const folder = labWith(VM);
  harm(folder, join(folder.of(VM.name), 'vm.json'));
  const before = readdirSync(folder.path, { recursive: true });
  let said = '';
  try {
    folder.list();
  } catch (error) {
    said = (error as Error).message;
  }
  expect(readdirSync(folder.path, { recursive: true })).toEqual(before);
  return said;
}

/** Changes fields of a record without updating its seal. */
function changed(fields: object): (folder: LabFolder, record: string) => void {
  return (_, record) => writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, 'utf8')), ...fields }));
}

describe('a folder that another user may have changed is rejected and kept', () => {
  test.each<[string, (folder: LabFolder, record: string) => void, RegExp]>([
    ['a name that is a path', changed({ name: '../../x' }), /its name has the wrong type or value/],
    ['the name of another VM', changed({ name: 'virtwork-b-0' }), /its name is not virtwork-a-0/],
    ['a command', changed({ command: ['sh', '-c', 'true'] }), /the lab of this user did not write it/],
    ['a command of the wrong type', changed({ command: 'sh' }), /its command has the wrong type or value/],
    ['a process', changed({ pid: process.pid, pidStarted: SELF.pidStarted }), /the lab of this user did not write it/],
    ['the ID of all processes', changed({ pid: -1 }), /its pid has the wrong type or value/],
    ['the ID of its own group', changed({ pid: 0 }), /its pid has the wrong type or value/],
    ['an owner that ended', changed(OWNED), /the lab of this user did not write it/],
    ['an image', changed({ image: '/etc/shadow' }), /the lab of this user did not write it/],
    ['a relative image', changed({ image: '../x' }), /its image has the wrong type or value/],
    ['an account that is an option', changed({ user: '-oProxyCommand=x' }), /its user has the wrong type or value/],
    ['an address that is a name', changed({ address: 'a.b' }), /its address has the wrong type or value/],
    ['an invalid port', changed({ sshPort: 99999 }), /its sshPort has the wrong type or value/],
    ['a disk that is a path', changed({ diskNames: ['../x'] }), /its diskNames has the wrong type or value/],
    ['an additional field', changed({ more: 1 }), /it has an unknown field/],
    ['no seal', changed({ seal: undefined }), /the lab of this user did not write it/],
    ['a seal of the wrong type', changed({ seal: [] }), /the lab of this user did not write it/],
    ['no JSON', (_, record) => writeFileSync(record, 'no JSON'), /it is not a JSON object/],
    ['a list', (_, record) => writeFileSync(record, '[]'), /it is not a JSON object/],
    ['a very large record', (_, record) => writeFileSync(record, Buffer.alloc(2 << 20)), /it is not a JSON object/],
    [
      'a record that is a link',
      (_, record) => {
        renameSync(record, `${record}.moved`);
        symlinkSync(`${record}.moved`, record);
      },
      /not a record of this lab: it is a link/,
    ],
    ['a record that has another name', (_, record) => linkSync(record, `${record}.other`), /not a record of this lab: it is a link/],
    [
      'a VM that is a link',
      (folder) => {
        renameSync(folder.of(VM.name), join(folder.path, 'moved'));
        symlinkSync(join(folder.path, 'moved'), folder.of(VM.name));
      },
      /it is a link/,
    ],
    [
      'VMs that are a link',
      (folder) => {
        renameSync(join(folder.path, 'vms'), join(folder.path, 'moved'));
        symlinkSync('moved', join(folder.path, 'vms'));
      },
      /must contain folders and no links, got ".*vms"/,
    ],
    [
      'a folder with an invalid VM name',
      (folder) => renameSync(folder.of(VM.name), folder.of('-x')),
      /the name of its folder is not the name of a VM/,
    ],
    ['a folder for everyone', (folder) => chmodSync(folder.path, 0o777), /must be writable only for this user/],
    ['VMs for a group', (folder) => chmodSync(join(folder.path, 'vms'), 0o770), /must be writable only for this user/],
    ['a VM for everyone', (folder) => chmodSync(folder.of(VM.name), 0o702), /must be writable only for this user/],
  ])('%s', (_, harm, said) => {
    expect(complaint(harm)).toMatch(said);
  });

  test.each<[string, (folder: LabFolder) => string]>([
    ['the lab', (folder) => folder.path],
    ['a VM', (folder) => folder.of(VM.name)],
  ])("%s that is another user's", (_, what) => {
    if (process.getuid?.() !== 0) return;
    expect(complaint((folder) => chownSync(what(folder), 65534, 65534))).toMatch(
      /must be a folder of this user \(0\), got .* of user 65534/,
    );
  });

  test('a lab that was copied to another place', () => {
    const from = labWith(VM);
    const to = new LabFolder(join(tempDir(), 'lab'), keyFile);
    to.prepare();
    renameSync(from.of(VM.name), to.of(VM.name));
    expect(() => to.list()).toThrow(/the lab of this user did not write it/);
  });

  test('all problems at once, with the manual steps', () => {
    const folder = labWith(VM, { ...VM, name: 'b' });
    for (const name of [VM.name, 'b']) writeFileSync(join(folder.of(name), 'vm.json'), '{}');
    expect(() => folder.list()).toThrow(/b\/vm\.json.*nothing was stopped or deleted.*virtwork-a-0\/vm\.json.*delete .*virtwork-a-0/s);
  });
});

test('a sealing key that others can read, or a link to a key, is rejected', () => {
  const folder = labWith(VM);
  chmodSync(keyFile, 0o644);
  expect(() => folder.list()).toThrow(/the lab of this user did not write it/);
  expect(() => folder.prepare()).toThrow(/must be a file of this user with 32 bytes that only this user can read/);
  chmodSync(keyFile, 0o600);
  const link = join(tempDir(), 'lab.key');
  symlinkSync(keyFile, link);
  expect(() => new LabFolder(folder.path, link).list()).toThrow(/the lab of this user did not write it/);
});

test('a process belongs to a VM only while it is the same process', async () => {
  const child = start('sleep', ['60']);
  const pid = child.pid as number;
  const vm = { ...VM, pid, pidStarted: startOf(pid), command: ['setpriv', '--pdeathsig', 'KILL', 'sleep', '60'] };
  expect([runs(vm), runs({ ...vm, command: ['sleep', '61'] }), runs({ ...vm, pidStarted: undefined })]).toEqual([true, false, false]);
  child.kill('SIGKILL');
  await ended(child);
  expect(runs(vm)).toBe(false);
});

describe('files in the lab are not trusted', () => {
  const record = (folder: LabFolder) => join(folder.of(VM.name), 'vm.json');

  test.each<[string, unknown]>([
    ['the name of another folder', { ...VM, name: '../../..' }],
    ['no name', { ...VM, name: undefined }],
    ['every process of the user', { ...VM, pid: -1 }],
    ['a group of processes', { ...VM, pid: 0 }],
    ['no process id', { ...VM, pid: '12' }],
    ['an option for ssh', { ...VM, user: '-oProxyCommand=x' }],
    ['no port', { ...VM, healthPort: '80@elsewhere' }],
    ['a command of the wrong type', { ...VM, command: 'rm -rf' }],
    ['a list', [VM]],
    ['nothing', null],
  ])('a record with %s', (_, content) => {
    const folder = labWith(VM);
    writeFileSync(record(folder), JSON.stringify(content));
    expect(() => folder.list()).toThrow(`${record(folder)}: not a record of this lab: `);
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
    expect(() => folder.list()).toThrow(`${record(folder)}: not a record of this lab: `);
  });

  test('a VM whose folder is a link', () => {
    const [folder, other] = [labWith(VM), labWith(VM)];
    rmSync(folder.of(VM.name), { recursive: true });
    symlinkSync(other.of(VM.name), folder.of(VM.name));
    expect(() => folder.list()).toThrow('it is a link');
  });

  test('a lab that all users can write to', () => {
    const folder = labWith(VM);
    chmodSync(folder.path, 0o777);
    expect(() => folder.list()).toThrow('flag --lab-dir: must be writable only for this user');
    expect(() => folder.prepare()).toThrow('flag --lab-dir: must be writable only for this user');
  });

  test('add() replaces a link in the place of a new VM and keeps its target', () => {
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
