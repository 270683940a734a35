import { entryOf, read, UNIT } from '../support/entry-folder';

const PARAMS = 'params:\n  - {key: load, type: int, default: 50, maximum: 100}\n  - {key: mode, default: a, enum: [a, b]}\n';
const readWith = (text: string, params = PARAMS) =>
  read(
    entryOf({
      'workload.yaml': params + text,
      'workload.service': `${UNIT}# {{load}} {{mode}} {{profile}}\n`.replace(' {{profile}}', params === PARAMS ? '' : ' {{profile}}'),
    }),
  );

test('presets add a param that selects one of them', () => {
  const { entry, problems } = readWith('presets: {signal: {load: 20}, alert: {load: "99", mode: b}}\n');
  expect(problems).toBe('');
  expect(entry?.params.at(-1)).toEqual({
    key: 'profile',
    type: 'string',
    default: 'none',
    description: 'preset for the params that are not set',
    enum: ['none', 'signal', 'alert'],
    presets: { signal: { load: '20' }, alert: { load: '99', mode: 'b' } },
  });
});

test('reads alerts', () => {
  const { entry, problems } = readWith(
    'alerts:\n  - {name: X, severity: info, after: 5m, when: {load: {minimum: 90}, mode: {values: [b]}}, why: y}\n',
  );
  expect(problems).toBe('');
  expect(entry?.alerts).toEqual([
    { name: 'X', severity: 'info', afterSeconds: 300, when: { load: { minimum: 90 }, mode: { values: ['b'] } }, why: 'y' },
  ]);
});

test.each([
  ['presets: {}', 'presets must'],
  ['presets: {none: {load: 1}}', 'the name of a preset must be at most 20 lowercase letters, digits and hyphens, and not none, got "none"'],
  ['presets: {Signal: {load: 1}}', 'the name of a preset must be'],
  ['presets: {signal: {laod: 1}}', 'presets.signal must have keys of params, got "laod"; known: load, mode\n  hint: did you mean "load"?'],
  ['presets: {signal: {load: 101}}', 'presets.signal.load must be at most 100, got 101'],
  ['presets: {signal: {mode: c}}', 'presets.signal.mode must be one of a, b, got "c"'],
  ['alerts: [{name: X}]', 'alerts[0] needs the key "severity"'],
  ['alerts: [{name: X, severity: high}]', 'alerts[0].severity must be one of info, warning, critical, got "high"'],
  ['alerts: [{name: X, severity: info, after: soon}]', 'alerts[0].after must be a duration'],
  ['alerts: [{name: X, severity: info, why: ""}]', 'alerts[0].why must be a text'],
  ['alerts: [{name: X, severity: info, when: {laod: {minimum: 1}}}]', 'alerts[0].when must have keys of params, got "laod"'],
  ['alerts: [{name: X, severity: info, when: {mode: {minimum: 1}}}]', 'alerts[0].when.mode must have values, not a minimum or maximum'],
  ['alerts: [{name: X, severity: info, when: {mode: {values: [c]}}}]', 'alerts[0].when.mode.values[0] must be one of a, b, got "c"'],
])('refuses %s', (text, message) => {
  expect(readWith(`${text}\n`).problems).toContain(message);
});

test('an entry with presets has no param profile of its own', () => {
  const { problems } = readWith('presets: {signal: {load: 20}}\n', `${PARAMS}  - {key: profile, default: a}\n`);
  expect(problems).toContain('must not be profile in an entry with presets: that param selects one of them');
});
