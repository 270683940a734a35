import { entryOf, read, UNIT } from '../../support/entry-folder';

const TRIAL = '[Service]\nType=oneshot\nExecStart=/usr/bin/bench $PARAM_RUNTIME $PARAM_RAMP $PARAM_PROFILE $PARAM_NAME\n';
const PREPARE = '[Service]\nType=oneshot\nTimeoutStartSec=10min\nExecStart=/usr/bin/fill\n';
const RESULTS = 'results: [{ key: rate, unit: 1/s, better: more, vms: sum }]\n';
const PARAMS = `params:
  - { key: runtime, type: int, default: 60, minimum: 1 }
  - { key: ramp, type: int, default: 5, minimum: 0 }
  - { key: profile, default: random, enum: [random, mixed] }
  - { key: name, type: int, default: 1 }
`;
const ROLES = 'roles: [{ name: server }, { name: client }]\n';

function measured(manifest: string, files: { readonly [path: string]: string } = {}) {
  return read(entryOf({ 'workload.yaml': PARAMS + manifest, 'trial.service': TRIAL, ...files }));
}

describe('an entry that can be measured', () => {
  test('has the units of its trial apart, and defaults for the rest', () => {
    const trial = 'trial: { duration: [ramp, runtime], parts: { profile: { mixed: 2 } }, fixed: 30 }\n';
    const { entry, problems, warnings } = measured(RESULTS + trial, { 'prepare.service': PREPARE, 'workload.service': UNIT });
    expect({ problems, warnings }).toEqual({ problems: '', warnings: [] });
    const [role] = entry?.roles ?? [];
    expect(role?.units.map(({ name }) => name)).toEqual(['virtwork-my-entry.service']);
    expect(role?.trial?.unit.name).toBe('virtwork-my-entry-trial.service');
    expect(role?.trial?.prepare?.name).toBe('virtwork-my-entry-prepare.service');
    expect(role?.trial?.main).toBe('virtwork-my-entry.service');
    expect(entry?.results).toEqual([{ key: 'rate', unit: '1/s', better: 'more', vms: 'sum' }]);
    expect(entry?.trialTime).toEqual({ duration: ['ramp', 'runtime'], parts: { profile: { mixed: 2 } }, fixed: 30 });
  });

  test('needs no continuous load and no prepare.service', () => {
    const { entry, problems } = measured(RESULTS);
    expect(problems).toBe('');
    expect(entry?.roles[0]).toMatchObject({ units: [], trial: { unit: { name: 'virtwork-my-entry-trial.service' } } });
    expect(entry?.roles[0]?.trial).not.toHaveProperty('main');
    expect(entry?.roles[0]?.trial).not.toHaveProperty('prepare');
  });

  test('has its trial in one of its roles, which then needs no other unit', () => {
    const { entry, problems } = read(
      entryOf({
        'workload.yaml': PARAMS + ROLES + RESULTS,
        'server.service': UNIT,
        'client-trial.service': TRIAL,
        'client-prepare.service': PREPARE,
      }),
    );
    expect(problems).toBe('');
    expect(
      entry?.roles.map(({ name, units, trial }) => [name, units.map((unit) => unit.name), trial?.unit.name, trial?.prepare?.name]),
    ).toEqual([
      ['server', ['virtwork-my-entry-server.service'], undefined, undefined],
      ['client', [], 'virtwork-my-entry-client-trial.service', 'virtwork-my-entry-client-prepare.service'],
    ]);
  });

  test.each([
    ['of its only role', '', 'trial.service', 'files.trial', 0],
    ['of a role', ROLES, 'client-trial.service', 'files.client-trial', 1],
  ])('has files for guests that are measured: %s', (_, roles, unit, folder, index) => {
    const { entry, problems, warnings } = read(
      entryOf({
        'workload.yaml': `${PARAMS}  - { key: trial-seconds, type: int, default: 9 }\n${roles}${RESULTS}files: [{ path: /usr/local/bin/bench, owner: root:daemon }]\n`,
        [unit]: TRIAL.replace('/usr/bin/bench', '/usr/local/bin/bench'),
        [roles ? 'client.service' : 'workload.service']: UNIT.replace('/bin/true', '/bin/true $PARAM_RUNTIME'),
        ...(roles ? { 'server.service': UNIT } : {}),
        'files/etc/all': '',
        [`${folder}/usr/local/bin/bench`]: '#!/bin/bash\nsleep "$PARAM_TRIAL_SECONDS"\n',
      }),
    );
    expect({ problems, warnings }).toEqual({ problems: '', warnings: [] });
    expect(entry?.roles[index]?.files.map(({ path, owner, forTrial }) => [path, owner, forTrial])).toEqual([
      ['/etc/all', undefined, undefined],
      ['/usr/local/bin/bench', 'root:daemon', true],
    ]);
    expect(entry?.params.map(({ key, forTrial }) => [key, forTrial])).toEqual([
      ['runtime', undefined],
      ['ramp', true],
      ['profile', true],
      ['name', true],
      ['trial-seconds', true],
    ]);
  });

  test.each([
    [
      'of a role without a trial',
      ROLES + RESULTS,
      { 'server.service': UNIT, 'client-trial.service': TRIAL },
      'files.server-trial',
      ': is for guests that are measured, which needs a trial unit: server-trial.service\n  hint: add server-trial.service, or move the files to files/',
    ],
    [
      'without a trial',
      '',
      { 'workload.service': UNIT },
      'files.trial',
      ': is for guests that are measured, which needs a trial unit: trial',
    ],
    [
      'with a role of an entry without roles',
      RESULTS,
      { 'trial.service': TRIAL },
      'files.workload-trial',
      ': belongs to no declared role (the entry has none)\n  hint: did you mean "files.trial"?',
    ],
    ['with a misspelled name', RESULTS, { 'trial.service': TRIAL }, 'files.trials', 'hint: did you mean "files.trial"?'],
    [
      'without the role',
      ROLES + RESULTS,
      { 'server.service': UNIT, 'client-trial.service': TRIAL },
      'files.trial',
      'hint: did you mean "files.client-trial"?',
    ],
    ['with the path of another file', RESULTS, { 'trial.service': TRIAL, 'files/etc/a': '' }, 'files.trial', 'entry/files/etc/a'],
  ])('has no files %s', (_, manifest, files, folder, message) => {
    const { problems } = read(entryOf({ 'workload.yaml': PARAMS + manifest, ...files, [`${folder}/etc/a`]: '' }));
    expect(problems).toContain(`entry/${folder}`);
    expect(problems).toContain(message);
  });

  test.each([
    ['prepare.service without a trial', { 'prepare.service': UNIT }, '', 'prepare.service'],
    ['workload-prepare.service without a trial', { 'workload-prepare.service': UNIT }, '', 'virtwork-my-entry-prepare.service'],
    ['the unit of a role called trial', { 'trial.service': UNIT }, 'roles: [{ name: trial }]\n', 'virtwork-my-entry-trial.service'],
    [
      'the unit of a role called server-trial',
      { 'server.service': UNIT, 'server-trial.service': UNIT },
      'roles: [{ name: server }, { name: server-trial }]\n',
      'virtwork-my-entry-server-trial.service',
    ],
  ])('%s is a unit like any other', (_, files, manifest, name) => {
    const { entry, problems } = read(entryOf({ 'workload.yaml': manifest, ...(files as { [path: string]: string }) }));
    expect(problems).toBe('');
    expect(entry?.roles.map((role) => role.trial)).toEqual(entry?.roles.map(() => undefined));
    expect(entry?.roles.flatMap((role) => role.units.map((unit) => unit.name))).toContain(name);
  });
});

describe('units', () => {
  test.each<[string, { readonly [path: string]: string }, string, string]>([
    [
      'another name',
      { 'workload-trial.service': TRIAL },
      RESULTS,
      'entry/workload-trial.service: has a name that is reserved for trials\n  hint: rename it to trial.service',
    ],
    [
      'another name of the preparation',
      { 'trial.service': TRIAL, 'workload-prepare.service': PREPARE },
      RESULTS,
      'hint: rename it to prepare.service',
    ],
    [
      'a role missing in the name',
      { 'trial.service': TRIAL, 'server.service': UNIT, 'client.service': UNIT },
      ROLES + RESULTS,
      'entry/trial.service: belongs to no declared role (server, client)\n  hint: did you mean "client-trial.service"?',
    ],
    [
      'a role missing in the name of the preparation',
      { 'server-trial.service': TRIAL, 'prepare.service': PREPARE, 'client.service': UNIT },
      ROLES + RESULTS,
      'entry/prepare.service: belongs to no declared role (server, client)\n  hint: did you mean "server-prepare.service"?',
    ],
    [
      'two roles with a trial',
      { 'server-trial.service': TRIAL, 'client-trial.service': TRIAL },
      ROLES + RESULTS,
      'entry/client-trial.service: an entry must have one trial unit, got a second one next to server-trial.service',
    ],
    [
      'no results',
      { 'trial.service': TRIAL },
      '',
      'entry/trial.service: needs results in workload.yaml\n  hint: declare what a trial writes: results: [{',
    ],
    [
      'results of nothing',
      { 'workload.service': UNIT },
      RESULTS,
      'results needs a trial unit: trial.service\n  hint: add trial.service, or remove results',
    ],
    [
      'results of a misspelled unit',
      { 'trail.service': UNIT },
      RESULTS,
      'results needs a trial unit: trial.service\n  hint: rename trail.service to trial.service',
    ],
    [
      'results of a role that is not declared',
      { 'client-trial.service': TRIAL },
      RESULTS,
      'results needs a trial unit: trial.service\n  hint: rename client-trial.service to trial.service',
    ],
    [
      'results of a preparation',
      { 'prepare.service': PREPARE },
      RESULTS,
      'results needs a trial unit: trial.service\n  hint: add trial.service, or remove results',
    ],
    [
      'results of no role',
      { 'server.service': UNIT, 'client.service': UNIT },
      ROLES + RESULTS,
      'results needs a trial unit: server-trial.service or client-trial.service',
    ],
    ['the time of nothing', { 'workload.service': UNIT }, 'trial: { fixed: 5 }\n', 'trial needs a trial unit: trial.service'],
  ])('%s', (_, files, manifest, message) => {
    const { entry, problems } = read(entryOf({ 'workload.yaml': PARAMS + manifest, ...files }));
    expect(entry).toBeUndefined();
    expect(problems).toContain(message);
  });
});

describe('results', () => {
  const item = (more: string) => `results: [{ key: rate, unit: 1/s, better: more, vms: sum }, { ${more} }]\n`;

  test.each([
    ['key: rate, unit: s, better: less, vms: max', 'entry/workload.yaml:6:63: results[1].key must be unique, got "rate" twice'],
    ['key: Rate, unit: s, better: less, vms: max', 'results[1].key must match ^[a-z][a-z0-9-]{0,62}$, got "Rate"'],
    ['unit: s, better: less, vms: max', 'results[1] needs the key "key"'],
    ['key: x, better: less, vms: max', 'results[1] needs the key "unit"'],
    ['key: x, unit: s, vms: max', 'results[1] needs the key "better"'],
    ['key: x, unit: s, better: less', 'results[1] needs the key "vms"'],
    ['key: x, unit: "", better: less, vms: max', 'results[1].unit must be a unit such as 1/s, without control characters, got ""'],
    [
      'key: x, unit: "a\\tb", better: less, vms: max',
      'results[1].unit must be a unit such as 1/s, without control characters, got "a\\tb"',
    ],
    ['key: x, unit: s, better: most, vms: max', 'results[1].better must be one of more, less, got "most"'],
    ['key: x, unit: s, better: less, vms: min', 'results[1].vms must be one of sum, mean, max, merge, got "min"'],
    ['key: x, unit: s, better: less, vms: max, desc: y', 'unknown key "desc" in results[1]'],
  ])('%s', (more, message) => expect(measured(item(more)).problems).toContain(message));

  test.each([
    ['results: []\n', 'results must have at least one item, got none'],
    ['results: rate\n', 'results must be a list'],
  ])('%j', (manifest, message) => {
    const { problems } = measured(manifest);
    expect(problems).toContain(message);
    expect(problems).not.toContain('needs results');
  });
});

describe('trial', () => {
  test.each([
    ['{}', 'trial needs one of the keys "duration" and "fixed"'],
    ['{ parts: { profile: { random: 2 } }, fixed: 5 }', 'trial.parts has no effect without trial.duration'],
    ['{ duration: [] }', 'trial.duration must have at least one item'],
    ['{ duration: runtime }', 'trial.duration must be a list'],
    [
      '{ duration: [runtim] }',
      'entry/workload.yaml:7:21: trial.duration must be keys of params of type int with a minimum of at least 0, got "runtim"\n  hint: did you mean "runtime"?',
    ],
    ['{ duration: [profile] }', 'trial.duration must be keys of params of type int'],
    ['{ duration: [name] }', 'trial.duration must be keys of params of type int with a minimum of at least 0, got "name"'],
    ['{ duration: [runtime, runtime] }', 'trial.duration[1] must be unique, got "runtime" twice'],
    [
      '{ duration: [runtime], parts: { profil: { random: 2 } } }',
      'trial.parts must have keys of params (runtime, ramp, profile, name), got "profil"\n  hint: did you mean "profile"?',
    ],
    [
      '{ duration: [runtime], parts: { profile: { radnom: 2 } } }',
      'trial.parts.profile: param profile must be one of random, mixed, got "radnom"',
    ],
    ['{ duration: [runtime], parts: { profile: { random: 0 } } }', 'trial.parts.profile.random must be at least 1, got 0'],
    ['{ duration: [runtime], parts: { profile: { random: 1.5 } } }', 'trial.parts.profile.random must be an integer, got 1.5'],
    ['{ duration: [runtime], parts: { profile: { random: 101 } } }', 'trial.parts.profile.random must be at most 100, got 101'],
    ['{ fixed: -1 }', 'trial.fixed must be at least 0, got -1'],
    ['{ fixed: 90000 }', 'trial.fixed must be at most 86400, got 90000'],
    ['{ fixed: 5, limit: 6 }', 'unknown key "limit" in trial; known: duration, parts, fixed'],
  ])('%s', (trial, message) => expect(measured(`${RESULTS}trial: ${trial}\n`).problems).toContain(message));

  test('the problems of all of it are reported together', () => {
    const { problems } = measured(
      'results: [{ key: a, unit: "", better: more, vms: sum }]\ntrial: { duration: [x], parts: { y: { z: 1 } } }\n',
    );
    expect(problems.match(/results\[0\]\.unit|got "x"|got "y"/g)).toEqual(['results[0].unit', 'got "x"', 'got "y"']);
  });
});

describe('the params that a result needs', () => {
  const withNeeds = (needs: string) => measured(`results: [{ key: rate, unit: 1/s, better: more, vms: sum, needs: ${needs} }]\n`);

  test('have values in the form that the guest gets', () => {
    const { entry, problems } = withNeeds('{ profile: [mixed], ramp: [0, 0x5] }');
    expect(problems).toBe('');
    expect(entry?.results[0]?.needs).toEqual({ profile: ['mixed'], ramp: ['0', '5'] });
  });

  test.each([
    ['{ profil: [mixed] }', 'results[0].needs.profil must be another of the params, got "profil"; known: runtime, ramp, profile, name'],
    ['{ profile: [mxed] }', 'results[0].needs.profile: param profile must be one of random, mixed, got "mxed"'],
    ['{ ramp: [-1] }', 'results[0].needs.ramp: param ramp must be at least 0, got "-1"'],
    ['{ profile: [] }', 'results[0].needs.profile'],
    ['{}', 'results[0].needs'],
    ['mixed', 'results[0].needs'],
  ])('must exist, with possible values: %s', (needs, expected) => {
    expect(withNeeds(needs).problems).toContain(expected);
  });

  test('and those without which it does', () => {
    const result = (unless: string) => measured(`results: [{ key: rate, unit: 1/s, better: more, vms: sum, unless: ${unless} }]\n`);
    expect(result('{ ramp: [0x5] }').entry?.results[0]?.unless).toEqual({ ramp: ['5'] });
    expect(result('{ ramp: [-1] }').problems).toContain('results[0].unless.ramp: param ramp must be at least 0, got "-1"');
    expect(result('{ profil: [mixed] }').problems).toContain('results[0].unless.profil must be another of the params');
  });
});
