import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Audit } from '../../../src/audit/audit';
import { virtwork } from '../../support/program';
import { tempDir } from '../../support/render';

/** A folder with a record of two executions. */
function recorded(): string {
  const cwd = tempDir();
  for (const command of ['run', 'cleanup']) {
    const audit = new Audit({ file: join(cwd, 'virtwork.db'), warn: () => {} });
    audit.begin({ log: { command, namespace: 'ns', total_vm_count: 1 }, workloads: [] });
    audit.vm({ vm_name: 'cpu-0', namespace: 'ns', component: 'cpu', status: 'created' });
    audit.resource({ resource_type: 'Secret', resource_name: 'cpu', namespace: 'ns', status: 'created' });
    audit.event('vm_failed', 'VM cpu-0 was rejected', { vm: 'cpu-0', error: 'no permission' });
    audit.end({ status: 'success' });
  }
  return cwd;
}

test('lists the executions, the newest first', () => {
  const { status, stdout } = virtwork('audit', { cwd: recorded() });
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(
      /^ID +COMMAND +STATUS +NAMESPACE +VMS +STARTED +SECONDS\n2 +cleanup +success +ns +1 +\S+ +0\n1 +run +success/,
    ),
  });
});

test('shows one execution with its VMs, resources and events', () => {
  const { status, stdout } = virtwork('audit 1', { cwd: recorded() });
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^FIELD +VALUE\n[\s\S]*command +run\n/) });
  expect(stdout).toMatch(/\nVM +STATUS +PHASE +READY AT\ncpu-0 +created +- +-\n/);
  expect(stdout).toMatch(/\nRESOURCE +NAME +STATUS\nSecret +cpu +created\n/);
  expect(stdout).toMatch(/\nAT +EVENT +MESSAGE\n\S+ +vm_failed +VM cpu-0 was rejected: no permission\n/);
});

test('prints JSON with -o json', () => {
  const { stdout } = virtwork('audit 2 -o json', { cwd: recorded() });
  expect(JSON.parse(stdout)).toMatchObject([
    { id: 2, command: 'cleanup', vms: [{ vm_name: 'cpu-0' }], events: [{ event_type: 'vm_failed' }] },
  ]);
});

test.each<[string, string, number, string]>([
  ['no record', 'audit --audit-db none.db', 2, 'virtwork audit: no record at '],
  ['no such execution', 'audit 99', 1, 'virtwork audit: no execution 99\n  hint: run: virtwork audit, which lists the executions\n'],
  [
    'a file that is not a record',
    'audit --audit-db text',
    2,
    'text: cannot be read as a record of virtwork: file is not a database\n  hint: use --audit-db FILE\n',
  ],
])('%s: an error, and nothing on stdout', (_, args, code, says) => {
  const cwd = recorded();
  writeFileSync(join(cwd, 'text'), 'text '.repeat(1000));
  const { status, stdout, stderr } = virtwork(args, { cwd });
  expect({ status, stdout, stderr }).toEqual({ status: code, stdout: '', stderr: expect.stringContaining(says) });
});
