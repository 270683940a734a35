import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { enabledUnits, guestFiles } from '../../src/guest/files';
import { userData } from '../../src/guest/user-data';
import { loadPlan } from '../../src/load-plan';
import type { Plan, RolePlan } from '../../src/plan/plan';
import { FAMILIES, MEASURABLE, SHIPPED } from '../support/entries';
import { ROOT } from '../support/places';
import { planOf, tempDir } from '../support/render';
import { run } from '../support/run';
import { scratchRoot } from '../support/scratch-root';
import { shellcheckFindings } from '../support/shellcheck';
import { ED25519 } from '../support/ssh-keys';
import { needs } from '../support/tools';

const known = new Map<string, Promise<RolePlan[]>>();

/** Lints the files as they are in the guests, not as they are in the catalog. */
function roles(entry: string, os: string): Promise<RolePlan[]> {
  const name = `${entry} ${os}`;
  if (!known.has(name)) known.set(name, planned(entry, os));
  return known.get(name) as Promise<RolePlan[]>;
}

async function allRoles(): Promise<RolePlan[]> {
  return (await Promise.all(CASES.map(([entry, os]) => roles(entry, os)))).flat();
}

async function planned(entry: string, os: string): Promise<RolePlan[]> {
  const plan = await planOf({
    'from-catalog': entry,
    'guest-os': os,
    'ssh-key': `${ED25519} me@host`,
    'health-port': '9997',
  });
  const plans = [plan, await measured(entry, os), await overNetwork(entry, os)];
  return plans.flatMap(({ workloads }) => workloads.flatMap((workload) => workload.roles));
}

/** The plan of an entry that can be measured, with a trial. An entry that cannot has no workload. */
async function measured(entry: string, os: string): Promise<Pick<Plan, 'workloads'>> {
  if (!MEASURABLE.includes(entry)) return { workloads: [] };
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), `guest_os: ${os}\nworkloads: { ${entry}: { trials: { first: {} } } }\n`);
  return (await loadPlan({ flags: { 'from-catalog': entry }, env: {}, cwd })).plan;
}

/** The plan of an entry whose load can run over a secondary network, with addresses that clients ask for. Another entry has no workload. */
async function overNetwork(entry: string, os: string): Promise<Pick<Plan, 'workloads'>> {
  if (!['network', 'tps'].includes(entry)) return { workloads: [] };
  const cwd = tempDir();
  const networks = '[{ pod: masquerade }, { name: a, multus: b, addresses: dhcp }]';
  writeFileSync(
    join(cwd, 'virtwork.yaml'),
    `guest_os: ${os}\nworkloads: { ${entry}: { params: { traffic-network: a }, networks: ${networks} } }\n`,
  );
  return (await loadPlan({ flags: { 'from-catalog': entry }, env: {}, cwd })).plan;
}

function said(command: string, args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): string {
  const { stdout, stderr, status } = run(command, args, options);
  return status === 0 ? `${stdout}${stderr}`.trim() : `${stdout}${stderr}`.trim() || `exit ${status}`;
}

const SCHEMA = join(ROOT, 'test/support/cloud-init-schema.py');
const CASES = SHIPPED.flatMap((entry) => FAMILIES.map((os) => [entry, os] as const));

describe('units', () => {
  const verified = new Set<string>();

  needs('systemd-analyze').each(CASES)('systemd finds nothing wrong with those of %s on %s', async (entry, os) => {
    for (const role of await roles(entry, os)) {
      // Other files matter only because they exist. Most guests of an entry are the same for systemd on all families.
      const all = guestFiles(role).map(({ path, mode, content }) => [path, mode, /^\/etc\/systemd\//.test(path) ? String(content) : '']);
      const same = JSON.stringify(all);
      if (verified.has(same)) continue;
      const root = scratchRoot(role);
      const files = guestFiles(role).filter((file) => /^\/etc\/systemd\/system\/[^/]+\.(service|socket|timer|target)$/.test(file.path));
      const units = files.map((file) => file.path.replace(/^.*\//, '').replace('@.', '@x.'));
      expect(units.length).toBeGreaterThan(0);
      expect(said('systemd-analyze', ['verify', `--root=${root}`, '--man=no', ...units])).toBe('');
      verified.add(same);
    }
  });

  test.each(CASES)('all units that %s on %s enables can be enabled', async (entry, os) => {
    for (const role of await roles(entry, os)) {
      const texts = new Map(guestFiles(role).map((file) => [file.path, file.content.toString('utf8')]));
      for (const unit of enabledUnits(role)) {
        const template = unit.replace(/@[^.]+\./, '@.');
        expect(texts.get(`/etc/systemd/system/${template}`)).toMatch(/^\[Install\]$/m);
      }
    }
  });

  test.each(CASES)('those of %s on %s are static: no %% and no $ in a command, no placeholder', async (entry, os) => {
    for (const role of await roles(entry, os)) {
      for (const unit of [...role.guest.units, ...(role.guest.trialUnits ?? [])]) {
        expect(unit.text.match(/^Exec\w+=.*[%$].*$/m)).toBeNull();
        expect(unit.placeholders).toEqual([]);
      }
    }
  });

  test.each(CASES)('those of %s on %s that start after the network is up also want it', async (entry, os) => {
    for (const role of await roles(entry, os)) {
      const units = [...role.guest.units, ...(role.guest.trialUnits ?? [])];
      for (const unit of units.filter(({ text }) => /^After=.*network-online\.target/m.test(text))) {
        expect(unit.text).toMatch(/^Wants=.*network-online\.target/m);
      }
    }
  });
});

describe('disks', () => {
  test.each(CASES)('those of %s on %s are found by serial, and prepared at every boot with the tools for it', async (entry, os) => {
    for (const role of await roles(entry, os)) {
      const text = userData(role);
      expect(text).not.toMatch(/\/dev\/[vs]d[a-z]/);
      const runs = text.slice(text.indexOf('\nruncmd:'));
      expect(runs).not.toMatch(/mkfs|fstab/);
      // The guest disk alone.
      expect(runs.match(/\bmount .*/g)).toEqual([expect.stringMatching(/^mount -t iso9660 -o ro,\S+ \$disk \$mount /)]);
      for (const disk of role.disks) {
        expect(enabledUnits(role)).toContain(`virtwork-disk@${disk.name}.service`);
        if (disk.filesystem === 'xfs') expect(role.guest.packages).toContain('xfsprogs');
      }
    }
  });
});

describe('scripts', () => {
  needs('shellcheck')('shellcheck finds nothing wrong with those of all guests', async () => {
    expect(shellcheckFindings(await allRoles())).toBe('');
  });

  test.each(CASES)('every file in a bin folder of %s on %s names its interpreter', async (entry, os) => {
    for (const role of await roles(entry, os)) {
      for (const file of guestFiles(role).filter((each) => each.mode === '0755')) {
        expect(file.content.toString('utf8')).toMatch(/^#!\/(bin\/bash|usr\/bin\/python3)\n/);
      }
    }
  });
});

describe('fio jobs', () => {
  needs('fio')('fio reads those of disk', async () => {
    const [role] = await roles('disk', 'debian');
    const jobs = guestFiles(role as RolePlan).filter((file) => file.path.endsWith('.fio'));
    expect(jobs.length).toBe(2);
    const params = Object.fromEntries(
      Object.entries((role as RolePlan).guest.params).map(([key, value]) => [`PARAM_${key.toUpperCase().replaceAll('-', '_')}`, value]),
    );
    const dir = tempDir();
    for (const job of jobs) {
      const path = join(dir, job.path.replace(/^.*\//, ''));
      writeFileSync(path, job.content);
      expect(said('fio', ['--parse-only', path], { env: { ...process.env, ...params } })).toBe('');
    }
  });
});

describe('user data', () => {
  needs('cloud-init')('cloud-init accepts that of all guests', async () => {
    const dir = tempDir();
    const names = (
      await Promise.all(CASES.map(async ([entry, os]) => (await roles(entry, os)).map(({ role = '' }) => `${entry} ${role} ${os}`)))
    ).flat();
    const texts = (await allRoles()).map((role) => userData(role));
    const paths = texts.map((text, index) => {
      const path = join(dir, `${index} ${names[index]}`);
      writeFileSync(path, text);
      return path;
    });
    const program = run('sh', ['-c', 'command -v cloud-init']).stdout.trim();
    const found = JSON.parse(said('/usr/bin/python3', [SCHEMA, program, ...paths])) as string[];
    expect(found.length).toBe(paths.length);
    expect(found.flatMap((text, index) => (text.startsWith('Valid cloud-config') ? [] : [`${paths[index]}: ${text}`]))).toEqual([]);
  });

  test.each(CASES)('that of %s on %s is readable: no base64, no escaped line', async (entry, os) => {
    for (const role of await roles(entry, os)) {
      const text = userData(role);
      expect(text).not.toContain('encoding: b64');
      expect(text).not.toMatch(/content: "/);
      expect(text.length).toBeLessThan(64 * 1024);
    }
  });
});
