import { dueAlerts } from '../../src/cli/due-alerts';
import { planOf } from '../support/render';

const MIGRATIONS = 'KubeVirtVMIExcessiveMigrations';

test.each<[string, string, [string, number][]]>([
  ['chaos-migration', '', []],
  ['cpu,chaos-migration', '', [[MIGRATIONS, 7200]]],
  ['cpu,memory,chaos-migration', '', [[MIGRATIONS, 13_800]]],
  ['cpu,memory,chaos-migration', 'chaos-migration.migration-exclude-components=cpu', [[MIGRATIONS, 7200]]],
  ['cpu,memory,chaos-migration', 'chaos-migration.migration-exclude-components=cpu;memory', []],
  ['cpu,chaos-disk', 'chaos-disk.profile=alert,chaos-disk.start-after=60', [['GuestFilesystemAlmostOutOfSpace', 360]]],
  ['cpu,chaos-disk', 'chaos-disk.profile=alert,chaos-disk.duration=60', []],
])('%s with %s', async (workloads, params, expected) => {
  const plan = await planOf({ workloads, params });
  expect(dueAlerts(plan).map(({ name, afterSeconds }) => [name, afterSeconds])).toEqual(expected);
});
