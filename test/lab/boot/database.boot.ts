import { agrees, metric } from '../ground-truth';
import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('database', { params: { 'scale-factor': 1, duration: 10, clients: 2 }, flags: ['--disk-size', '2Gi'] });

/** What psql prints, as the superuser. */
function sql(statement: string, database = 'postgres'): string {
  return lab.exec('database-0', `cd /; su postgres -c 'psql -h /run/virtwork-database -tAq -d ${database} -c "${statement}"'`);
}

async function effect(): Promise<void> {
  expect(lab.exec('database-0', 'findmnt -no TARGET /var/lib/pgsql')).toBe('/var/lib/pgsql');
  const commits = () => Number(sql('select sum(xact_commit) from pg_stat_database'));
  const before = commits();
  await eventually(() => expect(commits() - before).toBeGreaterThan(20));
}

test('pgbench commits transactions on the data disk', effect);

test('each run leaves its figures', () =>
  eventually(async () => expect((await lab.metrics('database-0')).virtwork_database_transactions_per_second).toBeGreaterThan(0)));

agrees('bytes written', {
  inside: () => metric(lab, 'database-0', 'virtwork_unit_io_bytes_total', 'write', 'virtwork-database-server.service'),
  outside: () => lab.writtenBytes('database-0', 'pgdata'),
});

survives(lab, {
  units: { 'database-0': ['virtwork-database-server.service', 'virtwork-database.service'] },
  tool: { vm: 'database-0', unit: 'virtwork-database.service', program: 'pgbench' },
  effect: effect,
  data: {
    leave: () => sql('create table witness as select 42 as n'),
    find: () => expect(sql('select n from witness')).toBe('42'),
  },
});
