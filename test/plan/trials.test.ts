import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors';
import { sizeProblems } from '../../src/guest/user-data';
import { loadPlan } from '../../src/load-plan';
import type { Plan, WorkloadPlan } from '../../src/plan/plan';
import { UNIT } from '../support/entry-folder';
import { MANIFEST, measurable, TRIAL } from '../support/measured';
import { tempDir } from '../support/render';

/** @param settings of the workload `bench`, in YAML @param flags in addition to those that render it */
async function plan(settings: string, { dir = measurable(), flags = {}, top = '' } = {}): Promise<Plan> {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'virtwork.yaml'), `${top}\nworkloads:\n  bench: ${settings}\n`);
  return (await loadPlan({ flags: { 'catalog-dir': dir, ...flags }, env: {}, cwd })).plan;
}

async function faults(...args: Parameters<typeof plan>): Promise<string> {
  try {
    await plan(...args);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return '';
}

const BOTH = { 'workload.service': UNIT };

describe('the trials of a workload', () => {
  test('of two instances are each their own, where they are alike too', async () => {
    const { workloads } = await plan(
      `{ trials: { a: { ramp: 10 } } }
  same: { entry: bench, trials: { a: { ramp: 10 } } }
  string: { entry: bench, trials: { a: { ramp: "10" } } }
  other: { entry: bench, params: { profile: mixed }, trials: { a: { ramp: 10 } } }`,
    );
    const values = workloads.map(({ name, roles }) => [
      name,
      ...(roles[0]?.trials?.list ?? []).map(({ params }) => [params.ramp, params.profile]),
    ]);
    expect(Object.fromEntries(values)).toEqual({
      bench: ['10', 'random'],
      same: ['10', 'random'],
      string: ['10', 'random'],
      other: ['10', 'mixed'],
    });
    const wrong = '{ trials: { a: { ramp: x } } }\n  same: { entry: bench, trials: { a: { ramp: x } } }';
    expect(await faults(wrong)).toMatch(/^virtwork\.yaml:3:.*[\s\S]*\nvirtwork\.yaml:4:/);
  });

  test('run in their order, and all of them again', async () => {
    const { workloads } = await plan(
      '{ vm_count: 3, params: { ramp: 10 }, trials: { small: {}, mixed: { profile: mixed, block-size: 64k } }, repeats: 2 }',
    );
    const { token = '', plan: id, list = [], ...rest } = workloads[0]?.roles[0]?.trials ?? {};
    expect(rest).toEqual({
      group: 'bench',
      leader: 'virtwork-bench-0',
      expected: 3,
      barrierTimeout: 900,
      settle: 5,
      unit: 'virtwork-bench-trial.service',
      prepare: 'virtwork-bench-prepare.service',
    });
    expect(
      list.map((trial) => [
        trial.id,
        trial.name,
        trial.repeat,
        trial.limit,
        trial.params.profile,
        trial.params['block-size'],
        trial.params.ramp,
      ]),
    ).toEqual([
      // 2 x ((10 + 60) x 1 + 30) + 300 seconds; the profile mixed has two parts.
      ['001', 'small', 1, 500, 'random', '4k', '10'],
      ['002', 'mixed', 1, 640, 'mixed', '64k', '10'],
      ['003', 'small', 2, 500, 'random', '4k', '10'],
      ['004', 'mixed', 2, 640, 'mixed', '64k', '10'],
    ]);
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('have one hash, which changes with what is measured, and a token, which also changes with where', async () => {
    const of = async (...args: Parameters<typeof plan>) => {
      const { plan: id, token } = (await plan(...args)).workloads[0]?.roles[0]?.trials ?? {};
      return { id, token };
    };
    const first = await of('{ trials: { a: {}, b: {} } }');
    expect(await of('{ trials: { a: {}, b: {} }, vm_count: 2, memory: 4Gi }')).toEqual(first);
    for (const settings of [
      '{ trials: { b: {}, a: {} } }',
      '{ trials: { a: {}, b: { ramp: 6 } } }',
      '{ trials: { a: {}, b: {} }, repeats: 2 }',
    ]) {
      const other = await of(settings);
      expect(other.id).not.toBe(first.id);
      expect(other.token).not.toBe(first.token);
    }
    for (const flags of [{ namespace: 'other' }, { run: 'other' }]) {
      const other = await of('{ trials: { a: {}, b: {} } }', { flags });
      expect(other.id).toBe(first.id);
      expect(other.token).not.toBe(first.token);
    }
  });

  test.each([
    ['{}', MANIFEST, 490],
    ['{ params: { runtime: 100 } }', MANIFEST, 570],
    ['{}', MANIFEST.replace(/trial: .*\n/, ''), 3600],
    ['{}', MANIFEST.replace(/trial: .*\n/, 'trial: { fixed: 100 }\n'), 500],
    ['{}', MANIFEST.replace(/trial: .*\n/, 'trial: { duration: [runtime] }\n'), 420],
  ])('%s has a time limit (%#)', async (settings, manifest, limit) => {
    const { workloads } = await plan(settings, { dir: measurable({}, manifest) });
    expect(workloads[0]?.roles[0]?.trials?.list.map((trial) => trial.limit)).toEqual([limit]);
  });

  test('are a single one if the entry has no continuous load', async () => {
    const { workloads } = await plan('{ params: { size: 512M }, repeats: 2 }');
    expect(workloads[0]?.roles[0]?.trials?.list.map(({ id, name, repeat, params }) => [id, name, repeat, params.size])).toEqual([
      ['001', 'default', 1, '512M'],
      ['002', 'default', 2, '512M'],
    ]);
  });

  test('take the place of the continuous load and of what starts it; all other units run', async () => {
    const timer = '[Timer]\nOnBootSec=5\n[Install]\nWantedBy=timers.target\n';
    const dir = measurable({ ...BOTH, 'workload.timer': timer, 'workload-web.service': UNIT });
    const of = async (settings: string) => {
      const role = (await plan(settings, { dir })).workloads[0]?.roles[0];
      return [role?.guest.units.map(({ name }) => name), role?.guest.trialUnits?.map(({ name }) => name), role?.trials?.list.length];
    };
    expect(await of('{}')).toEqual([
      ['virtwork-bench-web.service', 'virtwork-bench.service', 'virtwork-bench.timer'],
      undefined,
      undefined,
    ]);
    expect(await of('{ trials: { a: {} } }')).toEqual([
      ['virtwork-bench-web.service'],
      ['virtwork-bench-trial.service', 'virtwork-bench-prepare.service'],
      1,
    ]);
  });

  test('need jq, files of their own on the guest disk, and names in DNS', async () => {
    const dir = measurable({ ...BOTH });
    const plain = (await plan('{}', { dir })).workloads[0];
    const measured = (await plan('{ trials: { a: {} } }', { dir })).workloads[0];
    const facts = ({ guest, guestDisk, subdomain }: NonNullable<typeof plain>['roles'][number]) => [
      guest.packages,
      guestDisk.secret,
      subdomain,
    ];
    expect(plain?.roles.map(facts)).toEqual([[[], 'virtwork-guest', undefined]]);
    expect(measured?.roles.map(facts)).toEqual([[['jq'], 'virtwork-guest-trials', 'virtwork-bench-peers']]);
    expect(plain?.services).toEqual([]);
    expect(measured?.services).toEqual([
      {
        namespace: 'virtwork',
        workload: 'bench',
        entry: 'bench',
        runId: measured?.runId,
        name: 'virtwork-bench-peers',
        headless: true,
        ports: [{ name: 'health', port: 9998, protocol: 'TCP' }],
      },
    ]);
    expect((await plan('{ trials: { a: {} } }', { dir, flags: { run: 'x' } })).workloads[0]?.roles[0]?.guestDisk.secret).toMatch(
      /^virtwork-guest-trials-[0-9a-f]{8}$/,
    );
  });

  test('are those of one role; the peers Service is for the VMs of all roles then', async () => {
    const manifest = `roles: [{ name: server, vm-count: 1 }, { name: client }]
service: { ports: [{ port: 80 }], selector-role: server }
results: [{ key: rate, unit: 1/s, better: more, vms: sum }]
`;
    const units = {
      'trial.service': '',
      'prepare.service': '',
      'server.service': UNIT,
      'client.service': `${UNIT}# {{peer}}\n`,
      'client-trial.service': TRIAL,
    };
    const dir = measurable(units, manifest);
    const { workloads } = await plan('{ vm_count: 1, trials: { a: {} } }', { dir });
    expect(
      workloads[0]?.roles.map((role) => [role.role, role.trials?.leader, role.subdomain, role.guestDisk.secret, role.guest.packages]),
    ).toEqual([
      ['server', undefined, 'virtwork-bench-peers', 'virtwork-guest', []],
      ['client', 'virtwork-bench-client-0', 'virtwork-bench-peers', 'virtwork-guest-trials', ['jq']],
    ]);
    expect(workloads[0]?.services.map(({ name, role, ports }) => [name, role, ports.map(({ port }) => port)])).toEqual([
      ['virtwork-bench', 'server', [80]],
      ['virtwork-bench-peers', undefined, [9998]],
    ]);
    const before = await plan('{}', { dir });
    expect(before.workloads[0]?.services.map(({ name, role }) => [name, role])).toEqual([
      ['virtwork-bench', 'server'],
      ['virtwork-bench-peers', 'server'],
    ]);
  });

  test('run in a random order that follows from a seed, another one in each repeat', async () => {
    const names = async (seed: string) => {
      const { workloads } = await plan(`{ trials: { a: {}, b: {}, c: {}, d: {}, e: {} }, repeats: 3${seed} }`);
      const list = workloads[0]?.roles[0]?.trials?.list ?? [];
      expect(list.map(({ id, repeat }) => [id, repeat])).toEqual(
        list.map((_, at) => [`0${`${at + 1}`.padStart(2, '0')}`, Math.floor(at / 5) + 1]),
      );
      return [1, 2, 3].map((round) => list.flatMap(({ name, repeat }) => (repeat === round ? [name] : [])).join(''));
    };
    const random = await names(', seed: 7');
    expect(random).toEqual(await names(', seed: 7'));
    expect(new Set([...random, 'abcde', ...(await names(', seed: 8'))]).size).toBe(7);
    expect(random.map((round) => [...round].sort().join(''))).toEqual(['abcde', 'abcde', 'abcde']);
    expect(await names('')).toEqual(['abcde', 'abcde', 'abcde']);
  });

  test('a seed is an error for a workload without trials', async () => {
    expect(await faults('{ seed: 1 }', { dir: measurable(BOTH) })).toContain('seed');
  });
});

const LONG = 'x'.repeat(41);

describe('wrong settings', () => {
  test.each([
    [
      '{ trials: { Small: {} } }',
      'virtwork.yaml:3:22: workloads.bench.trials.Small: must have a name of lowercase letters, digits and hyphens, with at least one letter and at most 40 characters, got "Small"',
    ],
    ['{ trials: { -a: {} } }', 'workloads.bench.trials.-a: must have a name of lowercase letters'],
    ['{ trials: { 4096: {} } }', 'workloads.bench.trials.4096: must have a name of lowercase letters'],
    ['{ trials: { __proto__: {} } }', 'workloads.bench.trials.__proto__: must have a name of lowercase letters'],
    [`{ trials: { ${LONG}: {} } }`, 'must have a name of lowercase letters'],
    ['{ trials: {} }', 'workloads.bench.trials: must have at least one trial\n  hint: name one'],
    ['{ trials: [small] }', 'workloads.bench.trials must be a map, got a list'],
    ['{ trials: }', 'workloads.bench.trials must be a map, got null'],
    ['{ trials: { small: 4k } }', 'workloads.bench.trials.small must be a map or empty, got a string'],
    ['{ trials: { small: { ramp: } } }', 'workloads.bench.trials.small.ramp: has no value'],
    ['{ trails: { small: {} } }', 'params, trials\n  hint: did you mean "trials"?'],
    ['{ repeats: 0 }', 'workloads.bench.repeats: must be a whole number from 1 to 999, got 0'],
    ['{ repeats: 1000 }', 'workloads.bench.repeats: must be a whole number from 1 to 999, got 1000'],
    [
      '{ trials: { a: {}, b: {} }, repeats: 500 }',
      'workloads.bench.trials: must have at most 999 trials with their repeats, got 1000 (2 trials, 500 repeats)',
    ],
    ['{ trials: { small: { rampp: 1 } } }', 'virtwork.yaml:3:31: workload bench has no param "rampp"'],
    ['{ trials: { small: { ramp: x } } }', 'virtwork.yaml:3:31: param ramp of bench must be a whole number, got "x"'],
    ['{ trials: { small: { profile: x } } }', 'param profile of bench must be one of random, mixed, got "x"'],
    ['{ trials: { small: { read-percent: 50 } } }', 'param read-percent of bench has no effect when profile is random, got 50'],
    [
      '{ trials: { small: { ramp: 80 } } }',
      'param runtime of bench must not be below ramp, which is 80, got 60\n  hint: set runtime as well',
    ],
    [
      '{ params: { ramp: 50 }, trials: { small: { runtime: 40 } } }',
      'virtwork.yaml:3:53: param runtime of bench must not be below ramp, which is 50, got 40',
    ],
    ['{ trials: { small: { size: 3G } } }', 'virtwork.yaml:3:31: bench needs 3Gi on disk data (size is 3G), which has 2Gi'],
    ['{ params: { size: 3G }, trials: { a: { size: 1G }, b: {} } }', 'virtwork.yaml:3:22: bench needs 3Gi on disk data'],
    [
      '{ trials: { small: { runtime: 1000000 } } }',
      'virtwork.yaml:3:22: workloads.bench.trials.small: trial small of bench must last at most 604800 s, got 1000035 s (ramp is 5, runtime is 1000000)\n  hint: reduce ramp or runtime',
    ],
  ])('%s', async (settings, message) => expect(await faults(settings)).toContain(message));

  test('params within a trial have a hint', async () => {
    expect(await faults('{ trials: { a: { params: { ramp: 1 } } } }')).toMatch(
      /no param "params".*\n {2}hint: write the params of a trial without params/,
    );
  });

  test.each(['trials: { a: {} }', 'repeats: 2'])('%s at the top level belong to a workload', async (top) => {
    const [key = ''] = top.split(':');
    expect(await faults('{}', { top })).toContain(`hint: set ${key} of a workload, as in workloads: {fio-bench: {${key}: …}}`);
  });

  test('of several trials are reported together, each with its place', async () => {
    const settings = '\n    trials:\n      a: { ramp: x }\n      b: { block-size: 4 }\n      C: {}\n    repeats: 0';
    expect((await faults(settings)).match(/^virtwork.yaml:\S+/gm)).toEqual([
      'virtwork.yaml:5:12:',
      'virtwork.yaml:6:12:',
      'virtwork.yaml:7:7:',
      'virtwork.yaml:8:5:',
    ]);
  });

  test.each([
    [
      '{ trials: { a: {} } }',
      'virtwork.yaml:2:20: workloads.chaos-process.trials: workload chaos-process cannot be measured: its entry has no trial unit\n  hint: remove trials',
    ],
    [
      '{ repeats: 2 }',
      'workloads.chaos-process.repeats: workload chaos-process cannot be measured: its entry has no trial unit\n  hint: remove repeats',
    ],
  ])('of an entry that cannot be measured: %s', async (settings, message) => {
    const cwd = tempDir();
    writeFileSync(join(cwd, 'virtwork.yaml'), `workloads:\n  chaos-process: ${settings}\n`);
    for (const flags of [{}, { workloads: 'disk' }]) {
      const load = loadPlan({ flags, env: {}, cwd }).catch((error) => error.message);
      expect(await load).toContain(message);
    }
  });

  test('repeats of an entry that is measured only with trials', async () => {
    const dir = measurable(BOTH);
    expect(await faults('{ repeats: 2 }', { dir })).toContain(
      'workloads.bench.repeats: has no effect: workload bench is measured only if it has trials\n  hint: add trials, as in trials: {first: {}}',
    );
  });

  test('the health endpoint, through which the guests start together, cannot be off', async () => {
    const message =
      'virtwork.yaml:1:1: health_port: must not be 0: the trials of workload bench need the health endpoint\n  hint: use another --health-port, or omit it';
    expect(await faults('{ trials: { a: {} } }', { top: 'health_port: 0' })).toBe(message);
    expect(await faults('{}', { top: 'health_port: 0', dir: measurable(BOTH) })).toBe('');
  });

  test('a param whose value is filled in before the trials must be the same for all of them', async () => {
    const dir = measurable({ 'trial.service': `${TRIAL}# {{profile}}\n` });
    expect(await faults('{ trials: { a: {}, b: { profile: mixed } } }', { dir })).toMatch(
      /^virtwork\.yaml:3:34: param profile of bench must be the same for all trials, because \S+trial\.service:4 has \{\{profile\}\}\n {2}hint: set profile in params, or use the variable PARAM_PROFILE in the entry$/,
    );
    expect(await faults('{ params: { profile: mixed }, trials: { a: {}, b: { profile: mixed } } }', { dir })).toBe('');
  });
});

test('more trials than a Secret can hold are an error that says so', async () => {
  const note = 'x'.repeat(1000);
  const trials = Array.from({ length: 999 }, (_, index) => `t${index}: { size: ${note} }`).join(', ');
  const [workload] = (await plan(`{ trials: { ${trials} } }`)).workloads;
  expect(sizeProblems(workload as WorkloadPlan)).toEqual([
    {
      where: 'workload bench',
      message: expect.stringMatching(/must have at most 1048576 bytes.*; the largest files: the variables of 999 trials \d{7}, /),
      hint: expect.stringMatching(/; or use fewer trials or repeats$/),
    },
  ]);
});

describe('params of the workload', () => {
  test('must have an effect in one of the trials', async () => {
    const only = (trials: string) => faults(`{ params: { read-percent: 50 }, trials: ${trials} }`);
    expect(await only('{ a: {}, b: { profile: mixed } }')).toBe('');
    expect(await only('{ a: {}, b: { block-size: 8k } }')).toContain(
      'virtwork.yaml:3:22: param read-percent of bench has no effect when profile is random, got 50',
    );
    expect(await only('{ a: {}, b: { profile: mixed, read-percent: 40 } }')).toContain(
      'virtwork.yaml:3:22: param read-percent of bench has no effect',
    );
  });

  test('that each trial sets itself are a warning', async () => {
    const { warnings } = await plan('{ params: { ramp: 7, size: 1G }, trials: { a: { ramp: 1 }, b: { ramp: 2 } } }');
    expect(warnings).toEqual(['virtwork.yaml:3:22: has no effect: each trial of bench sets ramp']);
  });

  test('of a load shape are a warning: trials measure the full load', async () => {
    const why = 'has no effect: the trials of bench do not follow a shape: they measure the full load';
    const cpu = (settings: string) => plan(`{ entry: cpu, ${settings} }`, { dir: tempDir() });
    const { warnings } = await cpu(
      'params: { shape: duty, shape-period: 600, cpu-load-percent: 50 }, trials: { a: { shape-period: 700 }, b: { shape-period: 800, shape: ramp } }',
    );
    expect(warnings).toEqual([
      expect.stringMatching(/^virtwork\.yaml:3:\d+: has no effect: each trial of bench sets shape-period$/),
      ...[34, 105, 131, 150].map((column) => `virtwork.yaml:3:${column}: ${why}`),
    ]);
    expect((await cpu('params: { shape: duty }')).warnings).toEqual([]);
    expect((await cpu('params: { cpu-load-percent: 50 }, trials: { a: {} }')).warnings).toEqual([]);
  });

  test('of a flag are for all trials that do not set them', async () => {
    const { workloads } = await plan('{ params: { ramp: 7 }, trials: { a: {}, b: { ramp: 2 } } }', { flags: { params: 'bench.ramp=3' } });
    expect(workloads[0]?.roles[0]?.trials?.list.map(({ params }) => params.ramp)).toEqual(['3', '2']);
  });
});

test('the settings of a measurement that is not rendered are checked, and a warning', async () => {
  const { warnings } = await plan('{ trials: { a: {} }, repeats: 2 }', { flags: { workloads: 'cpu' } });
  expect(warnings).toEqual([
    expect.stringContaining('workloads.bench.trials: has no effect, like 1 other setting: workload bench is not rendered'),
  ]);
  expect(await faults('{ trials: { a: { ramp: x } } }', { flags: { workloads: 'cpu' } })).toContain(
    'param ramp of bench must be a whole number',
  );
});

test('a prepare unit is optional', async () => {
  const { workloads } = await plan('{}', { dir: measurable({ 'prepare.service': '' }) });
  expect(workloads[0]?.roles[0]?.trials).not.toHaveProperty('prepare');
});
