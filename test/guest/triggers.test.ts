import { dirname } from 'node:path';
import { enabledUnits, guestFiles } from '../../src/guest/files';
import type { RolePlan } from '../../src/plan/plan';
import { entryOf, read } from '../support/entry-folder';
import { planOf } from '../support/render';
import { run } from '../support/run';
import { scratchRoot } from '../support/scratch-root';
import { needs } from '../support/tools';

const SERVICE = '[Service]\nType=oneshot\nExecStart=/bin/true\n';
const TIMER = '[Timer]\nOnBootSec=1min\nOnUnitActiveSec=5min\n[Install]\nWantedBy=timers.target\n';
const ON_DISK = 'storage: [{name: data, serial: a, mount: /mnt/data, size: 1Gi}]\n';

async function roleOf(files: { readonly [path: string]: string }): Promise<{ role: RolePlan; texts: Map<string, string> }> {
  const plan = await planOf({ 'catalog-dir': dirname(entryOf(files)), 'from-catalog': 'my-entry' });
  const role = plan.workloads[0]?.roles[0] as RolePlan;
  expect(plan.warnings).toEqual([]);
  return { role, texts: new Map(guestFiles(role).map((file) => [file.path, file.content.toString()])) };
}

const own = (units: readonly string[]) => units.filter((name) => name.startsWith('virtwork-my-entry'));

test('a timer is enabled, and its service waits for it', async () => {
  const { role, texts } = await roleOf({ 'workload.timer': TIMER, 'workload.service': SERVICE });
  expect(own(enabledUnits(role))).toEqual(['virtwork-my-entry.timer']);
  expect(texts.get('/etc/virtwork/units')).toBe('virtwork-my-entry.service\nvirtwork-my-entry.timer\n');
  expect(texts.get('/etc/virtwork/triggered')).toBe('virtwork-my-entry.service\n');
  expect(texts.get('/etc/systemd/system/virtwork-my-entry.timer')).toBe(TIMER);
  expect(texts.get('/etc/systemd/system/virtwork-my-entry.service.d/10-virtwork.conf')).toContain('EnvironmentFile=');
  expect(texts.has('/etc/systemd/system/virtwork-my-entry.timer.d/10-virtwork.conf')).toBe(false);
});

test('a triggered service with [Install] is started by the boot too', async () => {
  const { role, texts } = await roleOf({
    'workload.socket': '[Socket]\nListenStream=8080\n[Install]\nWantedBy=sockets.target\n',
    'workload.service': `${SERVICE}[Install]\nWantedBy=multi-user.target\n`,
  });
  expect(own(enabledUnits(role))).toEqual(['virtwork-my-entry.service', 'virtwork-my-entry.socket']);
  expect(texts.has('/etc/virtwork/triggered')).toBe(false);
});

test('a trigger may name another service, of the entry or of its files', async () => {
  const { role, texts } = await roleOf({
    'workload-a.timer': TIMER.replace('[Install]', 'Unit=virtwork-my-entry-b.service\n[Install]'),
    'workload-b.service': SERVICE,
    'workload-c.path': '[Path]\nPathExists=/run/c\nUnit=c.service\n[Install]\nWantedBy=paths.target\n',
    'files/etc/systemd/system/c.service': SERVICE,
  });
  expect(own(enabledUnits(role))).toEqual(['virtwork-my-entry-a.timer', 'virtwork-my-entry-c.path']);
  expect(texts.get('/etc/virtwork/triggered')).toBe('c.service\nvirtwork-my-entry-b.service\n');
  expect(texts.get('/etc/virtwork/units')).toContain('c.service\n');
});

test('in an entry with roles each role has its own', async () => {
  const plan = await planOf({
    'catalog-dir': dirname(
      entryOf({
        'workload.yaml': 'roles: [{name: server}, {name: client}]\n',
        'server.service': `${SERVICE}[Install]\nWantedBy=multi-user.target\n`,
        'client.service': SERVICE,
        'client.timer': TIMER,
        'client-x.timer': TIMER,
        'client-x.service': SERVICE,
      }),
    ),
    'from-catalog': 'my-entry',
  });
  expect(plan.workloads[0]?.roles.map((role) => own(enabledUnits(role)))).toEqual([
    ['virtwork-my-entry-server.service'],
    ['virtwork-my-entry-client-x.timer', 'virtwork-my-entry-client.timer'],
  ]);
});

test('a path on a data disk comes after the disk, and other triggers do not', async () => {
  const { texts } = await roleOf({
    'workload.yaml': ON_DISK,
    'workload.path': '[Path]\nPathExists=/mnt/data/go\n[Install]\nWantedBy=paths.target\n',
    'workload.service': SERVICE,
    'workload-b.timer': TIMER,
    'workload-b.service': SERVICE,
  });
  const dropIn = (unit: string) => texts.get(`/etc/systemd/system/virtwork-my-entry${unit}.d/10-virtwork.conf`);
  expect(dropIn('.path')).toContain('\nRequires=virtwork-disk@data.service\nAfter=virtwork-disk@data.service\n');
  expect(dropIn('.path')).not.toContain('EnvironmentFile');
  expect(dropIn('-b.timer')).toBeUndefined();
});

needs('systemd-analyze')('systemd finds no errors and no cycles in them', async () => {
  const { role } = await roleOf({
    'workload.yaml': ON_DISK,
    'workload.path': '[Path]\nPathExists=/mnt/data/go\n[Install]\nWantedBy=paths.target\n',
    'workload.service': SERVICE,
    'workload-a.socket': '[Socket]\nListenStream=/mnt/data/a.sock\n[Install]\nWantedBy=sockets.target\n',
    'workload-a.service': SERVICE,
    'workload-b.timer': TIMER,
    'workload-b.service': SERVICE,
  });
  const root = scratchRoot(role);
  for (const unit of enabledUnits(role)) run('systemctl', [`--root=${root}`, 'enable', unit]);
  const { stdout, stderr } = run('systemd-analyze', [
    'verify',
    `--root=${root}`,
    '--man=no',
    'multi-user.target',
    ...own(enabledUnits(role)),
  ]);
  expect((stdout + stderr).split('\n').filter((line) => /virtwork|cycle/.test(line))).toEqual([]);
});

test('a trigger that no boot starts is a warning, and one without its service is an error', () => {
  const timer = TIMER.slice(0, TIMER.indexOf('[Install]'));
  const { warnings } = read(entryOf({ 'workload.timer': timer, 'workload.service': SERVICE }));
  expect(warnings).toEqual([
    'entry/workload.timer: has no [Install] section, so no boot starts it\n  hint: add [Install] with WantedBy=timers.target',
  ]);
  const { problems } = read(
    entryOf({ 'workload-x.timer': TIMER, 'workload.service': `${SERVICE}[Install]\nWantedBy=multi-user.target\n` }),
  );
  expect(problems).toContain('entry/workload-x.timer: is for virtwork-my-entry-x.service, which the entry does not have');
});

test('units of other types are not read, and the hint names their place', () => {
  const { warnings } = read(entryOf({ 'workload.service': `${SERVICE}[Install]\nWantedBy=multi-user.target\n`, 'mnt-x.mount': '' }));
  expect(warnings).toEqual([expect.stringContaining('\n  hint: move it to files/etc/systemd/system/mnt-x.mount')]);
});
