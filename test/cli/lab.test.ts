import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { virtwork } from '../support/program';
import { tempDir } from '../support/render';
import { start } from '../support/run';

/** A lab from elsewhere, with one VM whose record has these fields. */
function foreignLab(fields: object): string {
  const dir = tempDir();
  const vm = join(dir, 'vms/virtwork-a-0');
  mkdirSync(vm, { recursive: true });
  const record = {
    name: 'virtwork-a-0',
    workload: 'a',
    role: 'workload',
    accelerator: 'tcg',
    image: '/etc/shadow',
    user: 'debian',
    sshPort: 22,
    healthPort: 80,
    address: '10.77.0.1',
    diskNames: [],
    command: ['touch', join(dir, 'ran')],
    seal: '0'.repeat(64),
    ...fields,
  };
  writeFileSync(join(vm, 'vm.json'), JSON.stringify(record));
  return dir;
}

test.each([
  ['down', {}],
  ['down virtwork-a-0', {}],
  ['restart', {}],
  ['status', {}],
  ['logs', {}],
  ['exec virtwork-a-0', {}],
  ['status', { owner: 4_000_000, ownerStarted: '00000000-0000-0000-0000-000000000000/1' }],
  ['down', { name: '../../..' }],
])('lab %s does not trust a record of another user', async (verb, fields) => {
  const child = start('sleep', ['60']);
  const dir = foreignLab({ pid: child.pid, ...fields });
  const rest = verb.startsWith('exec') ? ' -- true' : '';
  const { status, stderr } = virtwork(`lab ${verb} --lab-dir ${dir}${rest}`, { env: { HOME: tempDir() } });
  expect(stderr).toContain(`error: ${dir}/vms/virtwork-a-0/vm.json: not a record of this lab: `);
  expect(stderr).toContain(`nothing was stopped or deleted; stop its QEMU process if it runs, and delete ${dir}/vms/virtwork-a-0`);
  expect({ status, runs: existsSync(`/proc/${child.pid}/exe`), files: readdirSync(dir) }).toEqual({
    status: 2,
    runs: true,
    files: ['vms'],
  });
  child.kill('SIGKILL');
});

test('lab down removes nothing from a folder that is not a lab', () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'vms/notes'), { recursive: true });
  writeFileSync(join(dir, 'id_ed25519'), 'mine');
  expect(virtwork(`lab down --lab-dir ${dir}`)).toMatchObject({ status: 0, stdout: 'the lab is empty\n' });
  expect(readdirSync(dir, { recursive: true }).sort()).toEqual(['id_ed25519', 'vms', 'vms/notes']);
});
