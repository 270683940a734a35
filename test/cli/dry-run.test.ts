import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { AuditReader } from '../../src/audit/history';
import { PROGRAM, virtwork } from '../support/program';
import { tempDir } from '../support/render';

test('prints the same objects as synth, without a cluster and with any kubeconfig', () => {
  const cwd = tempDir();
  const { status, stdout, stderr } = virtwork('run --dry-run --workloads network --kubeconfig /nonexistent', { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readdirSync(cwd)).toEqual([]);
  virtwork('synth --workloads network', { cwd });
  const written = ['namespace', 'guest', 'network'].flatMap((name) => loadAll(readFileSync(join(cwd, 'dist', `${name}.yaml`), 'utf8')));
  expect(loadAll(stdout)).toEqual(written);
});

test('-o json prints one object like run -o json, with every VM as planned', () => {
  const cwd = tempDir();
  const { status, stdout, stderr } = virtwork('run --dry-run -o json --workloads cpu,network --vm-count 2', { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readdirSync(cwd)).toEqual([]);
  const planned = {
    status: 'planned',
    printable_status: '',
    phase: '',
    node: '',
    why: null,
    stale: null,
    restart_required: false,
    migrating_to: null,
  };
  expect(JSON.parse(stdout)).toEqual({
    command: 'run',
    namespace: 'virtwork',
    run_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    total_vm_count: 6,
    vms_ready: 0,
    vms: [
      { vm_name: 'virtwork-cpu-0', component: 'cpu', role: '', ...planned },
      { vm_name: 'virtwork-cpu-1', component: 'cpu', role: '', ...planned },
      { vm_name: 'virtwork-network-server-0', component: 'network', role: 'server', ...planned },
      { vm_name: 'virtwork-network-server-1', component: 'network', role: 'server', ...planned },
      { vm_name: 'virtwork-network-client-0', component: 'network', role: 'client', ...planned },
      { vm_name: 'virtwork-network-client-1', component: 'network', role: 'client', ...planned },
    ],
    refused: [],
    dry_run: true,
    objects: { Namespace: 1, Secret: 4, VirtualMachine: 6, Service: expect.any(Number) },
  });
});

test.each(['chaos-migration', 'all', 'redis-bench'])('-o json counts the objects of %s in the stream', (workloads) => {
  const args = `run --dry-run --workloads ${workloads} --vm-count 3 --access-modes ReadWriteMany`;
  const counted: { [kind: string]: number } = {};
  for (const { kind } of loadAll(virtwork(args).stdout) as { kind: string }[]) counted[kind] = (counted[kind] ?? 0) + 1;
  expect(JSON.parse(virtwork(`${args} -o json`).stdout)).toMatchObject({ objects: counted, vms: { length: counted.VirtualMachine } });
});

test('prints nothing to stdout if the plan has problems', () => {
  expect(virtwork('run --dry-run -o json --memory lots')).toMatchObject({ status: 2, stdout: '' });
});

test('records the execution in one file if --audit is given', () => {
  const cwd = tempDir();
  expect(virtwork('run --dry-run -o json --workloads cpu --audit', { cwd }).status).toBe(0);
  expect(readdirSync(cwd)).toEqual(['virtwork.db']);
});

test('closes the record when it is interrupted', async () => {
  const cwd = tempDir();
  const args = 'run --dry-run --audit --workloads all --access-modes ReadWriteMany --vm-count 500'.split(' ');
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, stdio: ['ignore', 'pipe', 'ignore'], timeout: 60_000 });
  await new Promise((resolve) => child.stdout.once('readable', resolve));
  child.kill('SIGINT');
  child.stdout.resume();
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect({ code, files: readdirSync(cwd) }).toEqual({ code: 130, files: ['virtwork.db'] });
  const reader = new AuditReader(join(cwd, 'virtwork.db'));
  expect(reader.list().executions).toMatchObject([{ command: 'dry-run', status: 'failed', error_summary: 'interrupted' }]);
  reader.close();
}, 60_000);
