import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { enabledUnits, guestFiles } from '../../src/guest/files';
import { loadPlan } from '../../src/load-plan';
import type { RolePlan } from '../../src/plan/plan';
import { UNIT } from '../support/entry-folder';
import { MANIFEST, measurable } from '../support/measured';
import { tempDir } from '../support/render';

async function roleOf(settings: string, dir = measurable({ 'workload.service': UNIT })): Promise<RolePlan> {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), `workloads: { bench: ${settings} }\n`);
  const { plan } = await loadPlan({ flags: { 'catalog-dir': dir }, env: {}, cwd });
  return plan.workloads[0]?.roles[0] as RolePlan;
}

function textsOf(role: RolePlan): { readonly [path: string]: string } {
  return Object.fromEntries(guestFiles(role).map(({ path, content }) => [path, String(content)]));
}

const MEASURED =
  '{ vm_count: 2, params: { size: 512M }, trials: { small: {}, mixed: { profile: mixed, block-size: 64k, size: 512M } }, repeats: 2 }';

describe('the guest of a measured workload', () => {
  test('has the variables of its group, and of each trial the params that differ', async () => {
    const role = await roleOf(MEASURED);
    const texts = textsOf(role);
    expect(texts['/etc/virtwork/trials.env']).toBe(
      [
        'TRIALS_GROUP="bench"',
        'TRIALS_LEADER="virtwork-bench-0"',
        'TRIALS_EXPECTED="2"',
        `TRIALS_TOKEN="${role.trials?.token}"`,
        `TRIALS_PLAN="${role.trials?.plan}"`,
        'TRIALS_PORT="9998"',
        'TRIALS_BARRIER_TIMEOUT="900"',
        'TRIALS_SETTLE="5"',
        'TRIALS_UNIT="virtwork-bench-trial.service"',
        'TRIALS_PREPARE="virtwork-bench-prepare.service"',
        '',
      ].join('\n'),
    );
    expect(Object.entries(texts).filter(([path]) => path.startsWith('/etc/virtwork/trials/'))).toEqual([
      ['/etc/virtwork/trials/001-small-r1.env', 'TRIAL_NAME="small"\nTRIAL_REPEAT="1"\nTRIAL_LIMIT="490"\n'],
      [
        '/etc/virtwork/trials/002-mixed-r1.env',
        'TRIAL_NAME="mixed"\nTRIAL_REPEAT="1"\nTRIAL_LIMIT="620"\nPARAM_PROFILE="mixed"\nPARAM_BLOCK_SIZE="64k"\n',
      ],
      ['/etc/virtwork/trials/003-small-r2.env', 'TRIAL_NAME="small"\nTRIAL_REPEAT="2"\nTRIAL_LIMIT="490"\n'],
      [
        '/etc/virtwork/trials/004-mixed-r2.env',
        'TRIAL_NAME="mixed"\nTRIAL_REPEAT="2"\nTRIAL_LIMIT="620"\nPARAM_PROFILE="mixed"\nPARAM_BLOCK_SIZE="64k"\n',
      ],
    ]);
    expect(texts['/etc/virtwork/workload.env']).toContain('PARAM_SIZE="512M"\n');
  });

  test('has the files and params of its trial, and no guest has them without trials', async () => {
    const dir = measurable(
      { 'workload.service': UNIT, 'files.trial/usr/local/bin/virtwork-more': '#!/bin/bash\necho "$PARAM_WAIT"\n' },
      MANIFEST.replace('storage:', '  - { key: wait, type: int, default: 9 }\nstorage:'),
    );
    const [with_, without] = [textsOf(await roleOf('{ trials: { a: {} } }', dir)), textsOf(await roleOf('{}', dir))];
    expect(with_).toHaveProperty(['/usr/local/bin/virtwork-more']);
    expect(with_['/etc/virtwork/workload.env']).toContain('PARAM_WAIT="9"\n');
    expect(without).toHaveProperty(['/usr/local/bin/virtwork-bench']);
    expect(without).not.toHaveProperty(['/usr/local/bin/virtwork-more']);
    expect(without['/etc/virtwork/workload.env']).not.toContain('PARAM_WAIT');
    await expect(roleOf('{ params: { wait: 3 } }', dir)).rejects.toThrow(
      'virtwork.yaml:1:33: has no effect: only trials of bench use wait',
    );
  });

  test('says that there is no unit that prepares', async () => {
    const texts = textsOf(await roleOf('{}', measurable({ 'prepare.service': '' })));
    expect(texts['/etc/virtwork/trials.env']).toContain('\nTRIALS_PREPARE=""\n');
  });

  test('starts and watches virtwork-trials.service alone', async () => {
    const role = await roleOf(MEASURED);
    const units = enabledUnits(role);
    expect(units).toContain('virtwork-trials.service');
    expect(units.filter((unit) => unit.startsWith('virtwork-bench'))).toEqual([]);
    expect(textsOf(role)['/etc/virtwork/units']).toBe('virtwork-trials.service\n');
    expect(textsOf(role)).not.toHaveProperty(['/etc/systemd/system/virtwork-bench.service']);
  });

  test('starts the other units of the entry too', async () => {
    const role = await roleOf('{ trials: { a: {} } }', measurable({ 'workload.service': UNIT, 'workload-web.service': UNIT }));
    expect(enabledUnits(role)).toEqual(expect.arrayContaining(['virtwork-bench-web.service', 'virtwork-trials.service']));
    expect(textsOf(role)['/etc/virtwork/units']).toBe('virtwork-bench-web.service\nvirtwork-trials.service\n');
  });

  test('has drop-ins: disks, files with owners and the environment first; the variables of a trial override those of the workload', async () => {
    const role = await roleOf(
      '{ trials: { a: {} } }',
      measurable({ 'files/etc/x': 'x\n' }, `${MANIFEST}files: [{ path: /etc/x, owner: daemon }]\n`),
    );
    const texts = textsOf(role);
    const [trial = '', prepare = '', runner = ''] = ['virtwork-bench-trial', 'virtwork-bench-prepare', 'virtwork-trials'].map(
      (unit) => texts[`/etc/systemd/system/${unit}.service.d/10-virtwork.conf`],
    );
    for (const text of [trial, prepare, runner]) {
      expect(text).toContain('Requires=virtwork-disk@data.service\nAfter=virtwork-disk@data.service\n');
      expect(text).toContain('After=virtwork-owners.service\n');
      expect(text).toContain('SupplementaryGroups=virtwork-metrics\n');
      expect(text).not.toContain('RequiresMountsFor');
    }
    expect(trial.match(/^EnvironmentFile=.*$/gm)).toEqual([
      'EnvironmentFile=/etc/virtwork/workload.env',
      'EnvironmentFile=-/run/virtwork/trial/env',
    ]);
    expect(prepare).toBe(trial);
    expect(runner.match(/^EnvironmentFile=.*$/gm)).toEqual(['EnvironmentFile=/etc/virtwork/workload.env']);
  });

  test('has nothing of it when the entry runs its continuous load', async () => {
    const role = await roleOf('{}');
    expect(Object.keys(textsOf(role)).filter((path) => path.includes('trial'))).toEqual([]);
    expect(enabledUnits(role)).toContain('virtwork-bench.service');
  });
});

test('an entry must not have the files that virtwork writes', async () => {
  const dir = measurable({ 'files/etc/virtwork/trials.env': 'x\n', 'files/etc/virtwork/trials/001-a-r1.env': 'x\n' });
  await expect(roleOf('{}', dir)).rejects.toThrow(
    /files\/etc\/virtwork\/trials\.env: [\s\S]*files\/etc\/virtwork\/trials\/001-a-r1\.env: /,
  );
});
