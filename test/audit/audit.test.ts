import { fork } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Libsql from 'libsql';
import { Audit, type Execution } from '../../src/audit/audit';
import { AuditReader } from '../../src/audit/history';
import { recorder } from '../../src/audit/recorder';
import { keepSecret } from '../../src/text/secrets';
import { virtwork } from '../support/program';
import { tempDir } from '../support/render';
import { outputOf } from '../support/run';

/** Time limit of a writer in milliseconds. */
const PATIENCE = 60_000;

const EXECUTION: Execution = {
  log: { command: 'run', namespace: 'ns' },
  workloads: [
    {
      row: { workload_type: 'cpu', enabled: 1, vm_count: 1, cpu_cores: 2, memory: '2Gi', has_data_disk: 0, requires_service: 0 },
      vms: [{ vm_name: 'virtwork-cpu-0', namespace: 'ns', component: 'cpu', role: '', has_data_disk: 0 }],
    },
  ],
};

function newFile(): string {
  return join(tempDir(), 'virtwork.db');
}

function begun(file: string, warn: (message: string) => void = () => {}): Audit {
  const audit = new Audit({ file, warn });
  audit.begin(EXECUTION);
  return audit;
}

function history(file: string) {
  const reader = new AuditReader(file);
  try {
    return reader.list().executions.flatMap(({ id }) => reader.find(String(id)).executions);
  } finally {
    reader.close();
  }
}

test.each(['success', 'failed'] as const)('a record that ended with %s is complete in its one file', (status) => {
  const [file, copy] = [newFile(), newFile()];
  begun(file).end({ status });
  expect(readdirSync(dirname(file))).toEqual(['virtwork.db']);
  copyFileSync(file, copy);
  expect(history(copy)).toMatchObject([{ command: 'run', status }]);
  expect(readdirSync(dirname(copy))).toEqual(['virtwork.db']);
});

test('a record that cannot be written leaves no other files', () => {
  const file = newFile();
  const audit = begun(file);
  audit.vm({ no_such_column: 1 });
  audit.end({ status: 'failed' });
  expect(readdirSync(dirname(file))).toEqual(['virtwork.db']);
});

test('a process that exits while another one has the file open keeps the files next to it; the last process removes them', () => {
  const file = newFile();
  const [first, second] = [begun(file), new AuditReader(file)];
  first.end({ status: 'success' });
  expect(second.list().executions).toMatchObject([{ status: 'success' }]);
  second.close();
  expect(history(file)).toMatchObject([{ status: 'success' }]);
});

test('changes of a VM are in its row, and in events', () => {
  const file = newFile();
  const audit = begun(file);
  const report = recorder(audit, 'ns');
  report({ type: 'applied', kind: 'Service', name: 'svc' });
  report({ type: 'applied', kind: 'VirtualMachine', name: 'virtwork-cpu-0' });
  report({ type: 'phase', vm: 'virtwork-cpu-0', phase: 'Scheduling' });
  report({ type: 'ready', vm: 'virtwork-cpu-0' });
  audit.workloadIs('cpu', 'created');
  audit.end({ status: 'success', columns: { total_vm_count: 1 } });
  expect(history(file)).toMatchObject([
    {
      command: 'run',
      status: 'success',
      total_vm_count: 1,
      completed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      workloads: [{ workload_type: 'cpu', status: 'created' }],
      vms: [{ vm_name: 'virtwork-cpu-0', status: 'ready', phase: 'Running', ready_at: expect.any(String) }],
      resources: [{ resource_type: 'Service', resource_name: 'svc', status: 'created' }],
      events: [{ event_type: 'service_created' }, { event_type: 'vm_created' }, { event_type: 'vm_ready' }],
    },
  ]);
});

test('rejected and late VMs are recorded with the reason', () => {
  const file = newFile();
  const audit = begun(file);
  const report = recorder(audit, 'ns');
  report({ type: 'refused', kind: 'VirtualMachine', name: 'virtwork-cpu-0', why: 'no right' });
  report({ type: 'not-ready', vm: 'virtwork-cpu-0', why: 'unschedulable' });
  audit.end({ status: 'failed', error: 'no right' });
  expect(history(file)).toMatchObject([
    {
      status: 'failed',
      error_summary: 'no right',
      vms: [{ status: 'failed' }],
      events: [
        { event_type: 'vm_failed', error_detail: 'no right' },
        { event_type: 'vm_timeout', error_detail: 'unschedulable' },
      ],
    },
  ]);
});

test('it contains no secret', () => {
  const file = newFile();
  const secret = '$6$salt$hash';
  keepSecret(secret);
  const audit = begun(file);
  audit.event('vm_failed', `denied: ${secret}`, { error: `x${secret}x` });
  audit.end({ status: 'failed', error: secret });
  expect(readFileSync(file).includes(secret)).toBe(false);
});

describe('only its owner may read it', () => {
  const modesIn = (folder: string) =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]));
  const OWN = { 'virtwork.db': '600', 'virtwork.db-shm': '600', 'virtwork.db-wal': '600' };

  test.each([0o000, 0o022, 0o077])('from the start, with a umask of %o', (mask) => {
    const file = newFile();
    const before = process.umask(mask);
    const audit = begun(file);
    process.umask(before);
    expect(modesIn(dirname(file))).toEqual(OWN);
    audit.end({ status: 'success' });
    expect(modesIn(dirname(file))).toEqual({ 'virtwork.db': '600' });
  });

  test.each([0o644, 0o664, 0o640, 0o666])('also if it existed before with mode %o, and the files next to it', (mode) => {
    const file = newFile();
    const other = begun(file);
    for (const name of readdirSync(dirname(file))) chmodSync(join(dirname(file), name), mode);
    const audit = begun(file);
    expect(modesIn(dirname(file))).toEqual(OWN);
    for (const each of [audit, other]) each.end({ status: 'success' });
  });
});

describe('a file with code is not a record', () => {
  const ENDLESS = 'SELECT count(*) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c)';

  test.each([
    ['CREATE TRIGGER', `CREATE TRIGGER t AFTER INSERT ON audit_log BEGIN ${ENDLESS}; END`],
    ['CREATE VIEW', `DROP TABLE events; CREATE VIEW events AS ${ENDLESS}`],
    ['CREATE VIRTUAL TABLE', 'CREATE VIRTUAL TABLE t USING fts5(x)'],
  ])('with %s', (what, statement) => {
    const file = newFile();
    begun(file).end({ status: 'success' });
    const db = new Libsql(file);
    db.exec(statement);
    db.close();
    const warnings: string[] = [];
    begun(file, (message) => warnings.push(message)).end({ status: 'success' });
    expect(warnings).toEqual([expect.stringContaining(`it contains "${what}`)]);
    expect(() => new AuditReader(file)).toThrow(`it contains "${what}`);
  });
});

describe('it is not written or read through a link', () => {
  test.each(['', '-wal', '-shm', '-journal'])('virtwork.db%s', (end) => {
    const [file, elsewhere] = [newFile(), join(tempDir(), 'elsewhere')];
    symlinkSync(elsewhere, file + end);
    const warnings: string[] = [];
    begun(file, (message) => warnings.push(message)).end({ status: 'success' });
    expect(warnings).toEqual([expect.stringMatching(/^this execution is not recorded: .*is a symbolic link/)]);
    expect(() => new AuditReader(file)).toThrow(/is a symbolic link/);
    expect(existsSync(elsewhere)).toBe(false);
  });
});

describe('a journal next to it', () => {
  const MAGIC = Buffer.from('d9d505f920a163d7', 'hex');
  const numbers = (...values: number[]) => Buffer.concat(values.map((value) => Buffer.from(value.toString(16).padStart(8, '0'), 'hex')));

  /** A record with the journal that SQLite leaves when a transaction is interrupted before it changes a page. */
  function interrupted(end: Buffer): string {
    const file = newFile();
    begun(file).end({ status: 'success' });
    const header = Buffer.concat([MAGIC, numbers(0, 1, statSync(file).size / 4096, 512, 4096)], 512);
    writeFileSync(`${file}-journal`, Buffer.concat([header, end]));
    return file;
  }

  test('of an interrupted run is rolled back', () => {
    const file = interrupted(Buffer.alloc(0));
    const warnings: string[] = [];
    begun(file, (message) => warnings.push(message)).end({ status: 'success' });
    expect(warnings).toEqual([]);
    expect(readdirSync(dirname(file))).toEqual(['virtwork.db']);
  });

  test('of several databases, for which SQLite removes a file, is rejected', () => {
    const victim = join(tempDir(), 'victim');
    writeFileSync(victim, 'precious');
    const name = Buffer.from(victim);
    const sum = name.reduce((total, byte) => total + byte, 0);
    const file = interrupted(Buffer.concat([numbers(2 ** 30 / 4096 + 1), name, numbers(name.length, sum), MAGIC]));
    expect(() => new AuditReader(file)).toThrow('virtwork.db-journal names another file, which SQLite would remove');
    const warnings: string[] = [];
    begun(file, (message) => warnings.push(message)).end({ status: 'success' });
    expect(warnings).toEqual([expect.stringMatching(/^this execution is not recorded: .*names another file/)]);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });
});

test.each([
  ['a missing folder', () => join(tempDir(), 'no/such/virtwork.db')],
  ['a folder', () => tempDir()],
  [
    'a file that is not a database',
    () => {
      const file = newFile();
      writeFileSync(file, 'not a database, but long enough to be taken for one\n'.repeat(100));
      return file;
    },
  ],
])('%s causes one warning, and the work continues', (_, make) => {
  const warnings: string[] = [];
  const audit = begun(make(), (message) => warnings.push(message));
  recorder(audit, 'ns')({ type: 'ready', vm: 'virtwork-cpu-0' });
  audit.end({ status: 'success' });
  expect(warnings).toEqual([expect.stringMatching(/^this execution is not recorded: /)]);
});

test('a number as argument is the number of an execution, even if run IDs begin with it', () => {
  const file = newFile();
  for (let count = 0; count < 9; count += 1) begun(file).end({ status: 'success' });
  expect(history(file).map(({ id }) => id)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
});

test('a process that is killed at any moment leaves a readable record', async () => {
  const file = newFile();
  const writer = fork(join(__dirname, 'writer.cjs'), [file], { stdio: 'ignore', timeout: PATIENCE });
  await new Promise((resolve) => writer.once('message', resolve));
  writer.kill('SIGKILL');
  await new Promise((resolve) => writer.once('close', resolve));
  const [execution] = history(file);
  // The reader has removed the other files of the killed process.
  expect(readdirSync(dirname(file))).toEqual(['virtwork.db']);
  expect(execution).toMatchObject({ status: 'in_progress' });
  expect(execution?.events.length).toBeGreaterThanOrEqual(10);
});

test('two processes write at the same time, and both are recorded', async () => {
  const file = newFile();
  const writers = [0, 1].map(() => fork(join(__dirname, 'writer.cjs'), [file, '200'], { stdio: 'ignore', timeout: PATIENCE }));
  await Promise.all(writers.map((writer) => new Promise((resolve) => writer.once('close', resolve))));
  expect(history(file).map(({ status, events }) => [status, events.length])).toEqual([
    ['success', 200],
    ['success', 200],
  ]);
});

describe('a malicious file is rejected', () => {
  test.each<[string, string]>([
    ['an endless view', 'CREATE VIEW audit_log AS WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT x AS id FROM t'],
    ['a computed column', 'CREATE TABLE audit_log (id, command AS (hex(zeroblob(300000000))))'],
    ['a computed default', 'CREATE TABLE audit_log (id, command DEFAULT (hex(zeroblob(300000000))))'],
    ['a check with a computation', 'CREATE TABLE audit_log (id, command CHECK (length(hex(zeroblob(300000000))) > 1))'],
    ['an index with a computation', 'CREATE TABLE audit_log (id); CREATE INDEX i ON audit_log (hex(id))'],
  ])('%s', (_, statements) => {
    const file = join(tempDir(), 'virtwork.db');
    const db = new Libsql(file);
    db.exec(statements);
    db.close();
    expect(() => new AuditReader(file)).toThrow(/not a record of virtwork: it contains "CREATE/);
  });

  test('a named pipe', () => {
    const file = join(tempDir(), 'virtwork.db');
    outputOf('mkfifo', [file]);
    expect(() => new AuditReader(file)).toThrow('is not a regular file');
  });

  test('a file that is too large', () => {
    const file = join(tempDir(), 'virtwork.db');
    writeFileSync(file, '');
    truncateSync(file, 2 ** 30);
    expect(() => new AuditReader(file)).toThrow('is larger than 536870912 bytes');
  });
});

describe('a record with more than virtwork audit shows', () => {
  /** A record with this number of executions, and this number of events of the first execution. */
  function large(executions: number, events: number): string {
    const file = newFile();
    begun(file).end({ status: 'success' });
    const db = new Libsql(file);
    const many = (count: number) => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
    db.exec(`${many(executions)} INSERT INTO audit_log (run_id, command, status, namespace, started_at, error_summary)
      SELECT 'many-' || i, 'run', 'success', 'ns', '2026-01-01T00:00:00Z', printf('%.5000c', 'e') FROM n`);
    db.exec(`${many(events)} INSERT INTO events (audit_id, event_type, occurred_at) SELECT 1, 'vm_ready', '2026-01-01T00:00:00Z' FROM n`);
    db.close();
    return file;
  }

  test('the newest executions are listed, long strings are cut, and a warning says that there are more', () => {
    const file = large(1200, 0);
    const shown = virtwork(`audit -o json --audit-db ${file}`);
    expect(shown.stderr).toContain(
      'virtwork audit: shows the newest 1000 executions; the record contains more\n  hint: run: virtwork audit NUMBER',
    );
    const executions = JSON.parse(shown.stdout);
    expect(executions).toHaveLength(1000);
    expect(executions[0]).toMatchObject({ run_id: 'many-1200', error_summary: `${'e'.repeat(4000)}…` });
    expect(virtwork(`audit --audit-db ${file}`)).toMatchObject({ status: 0, stderr: shown.stderr });
  });

  test.each([
    ['many-', 20, 'many-1200', 'shows at most 20 executions, the newest'],
    ['1', 1, undefined, 'with 100000 rows of each table'],
  ])('the argument %p shows a part of the matches', (word, count, last, warning) => {
    const { stdout, stderr } = virtwork(`audit ${word} -o json --audit-db ${large(1200, 100_001)}`);
    const executions = JSON.parse(stdout);
    expect(stderr).toContain(warning);
    expect(executions).toHaveLength(count);
    if (last) expect(executions.at(-1).run_id).toBe(last);
    else expect(executions[0].events).toHaveLength(100_000);
  });

  test('a record with fewer is shown completely, without a warning', () => {
    expect(virtwork(`audit --audit-db ${large(999, 0)}`)).toMatchObject({ status: 0, stderr: '' });
  });
});
