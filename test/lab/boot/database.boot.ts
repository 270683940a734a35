import { agrees, metric } from '../ground-truth';
import { booted, eventually } from '../guest';
import { survives } from '../survives';

const lab = booted('database', { params: { 'scale-factor': 1, duration: 10, clients: 2 }, flags: ['--disk-size', '2Gi'] });

/** The output of psql, as the superuser. */
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

test('each run publishes its results', () =>
  eventually(async () => expect((await lab.metrics('database-0')).virtwork_database_transactions_per_second).toBeGreaterThan(0)));

test('a server of another major version reports the old data instead of filling the disk', async () => {
  const units = 'virtwork-database-server virtwork-database';
  const data = '/var/lib/pgsql/data';
  lab.exec(
    'database-0',
    `systemctl stop ${units}
    mv ${data}/15 ${data}/14 && echo 14 >${data}/14/PG_VERSION
    fallocate -l $(($(stat -f -c '%a * %S' ${data}) - (100 << 20))) /var/lib/pgsql/fill
    systemctl start --no-block ${units}`,
  );
  await eventually(() =>
    expect(lab.exec('database-0', 'journalctl -b -o cat -u virtwork-database-server')).toMatch(
      /an empty server needs \d+ MiB, but \/var\/lib\/pgsql has \d+ MiB free\n.*\/data\/14: data of PostgreSQL 14, which PostgreSQL 15 cannot use/,
    ),
  );
  expect(lab.vms()[0]?.health.text).toContain('FAIL virtwork-database-server.service');
  expect(lab.exec('database-0', `ls ${data}`)).toBe('14');
  lab.exec('database-0', `echo 15 >${data}/14/PG_VERSION && mv ${data}/14 ${data}/15 && rm /var/lib/pgsql/fill`);
  // The units retry automatically.
  await eventually(effect, 300);
});

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
