import { entryOf, read, UNIT } from '../../support/entry-folder';

const RESULTS = 'results: [{ key: rate, unit: 1/s, better: more, vms: sum }]\n';
const ONESHOT = '[Service]\nType=oneshot\nExecStart=/usr/bin/bench\n';
const FILES = { 'workload.yaml': RESULTS, 'trial.service': ONESHOT, 'workload.service': UNIT };

function problemsWith(files: { readonly [path: string]: string }): string {
  return read(entryOf({ ...FILES, ...files })).problems;
}

test.each([
  [
    'no type',
    '[Service]\nExecStart=/usr/bin/bench\n',
    'trial.service: must have Type=oneshot: virtwork-trials.service waits for its end\n  hint: add Type=oneshot to [Service]',
  ],
  ['another type', ONESHOT.replace('oneshot', 'simple'), 'trial.service:2: must have Type=oneshot'],
  [
    'a restart',
    `${ONESHOT}Restart=on-failure\n`,
    'trial.service:4: must not have Restart=on-failure: a failed trial is recorded, and the next one starts',
  ],
  [
    'that remains',
    `${ONESHOT}RemainAfterExit=yes\n`,
    'trial.service:4: must not have RemainAfterExit=yes: each trial starts the unit again',
  ],
  [
    'that a boot starts',
    `${ONESHOT}[Install]\nWantedBy=multi-user.target\n`,
    'trial.service:5: must not have an [Install] section: virtwork-trials.service starts it, not a boot\n  hint: remove the section',
  ],
])('a trial unit with %s is rejected, and a prepare unit too', (_, text, message) => {
  expect(problemsWith({ 'trial.service': text })).toContain(`entry/${message}`);
  const prepare = text.replace('[Service]', '[Service]\nTimeoutStartSec=5min');
  expect(problemsWith({ 'prepare.service': prepare })).toContain(message.replace(/.*?: /, ''));
});

test('a trial unit is checked together with its drop-ins', () => {
  const path = 'files/etc/systemd/system/virtwork-my-entry-trial.service.d/20-mine.conf';
  expect(problemsWith({ [path]: '[Service]\nRestart=on-failure\n' })).toContain(`entry/${path}:2: must not have Restart=on-failure`);
  expect(problemsWith({ 'trial.service': `${ONESHOT}Restart=on-failure\n`, [path]: '[Service]\nRestart=no\n' })).toBe('');
});

test.each([
  ['', false],
  ['TimeoutStartSec=infinity\n', false],
  ['TimeoutStartSec=0\n', false],
  ['TimeoutSec=0s\n', false],
  ['TimeoutStartSec=soon\n', false],
  ['TimeoutStartSec=-5\n', false],
  ['TimeoutStartSec=infinity\nTimeoutStartSec=soon\n', false],
  ['TimeoutStartSec=10min\nTimeoutStartSec=soon\n', true],
  ['TimeoutStartSec=10min\n', true],
  ['TimeoutSec=90\n', true],
])('a prepare unit with %j states how long it may take: %s', (line, accepted) => {
  const problems = problemsWith({ 'prepare.service': ONESHOT + line });
  if (accepted) expect(problems).toBe('');
  else expect(problems).toMatch(/prepare\.service(:\d)?: must state how long it may take\n {2}hint: add TimeoutStartSec= to \[Service\]/);
});

test('a trial unit needs no such limit, which the plan sets, and must not have one', () => {
  expect(problemsWith({})).toBe('');
  expect(problemsWith({ 'trial.service': `${ONESHOT}TimeoutStartSec=60\n` })).toContain(
    'trial.service:4: must not have TimeoutStartSec=: the time limit follows from trial in workload.yaml',
  );
});

test.each([
  [
    'workload-run.timer',
    '[Timer]\nOnBootSec=5\nUnit=virtwork-my-entry-trial.service\n[Install]\nWantedBy=timers.target\n',
    'workload-run.timer: must not start virtwork-my-entry-trial.service, which virtwork-trials.service starts',
  ],
  [
    'workload-web.service',
    `[Unit]\nRequires=virtwork-my-entry.service\n${UNIT}`,
    'workload-web.service:2: has Requires=virtwork-my-entry.service, a unit that does not run while the workload is measured',
  ],
  [
    'trial.service',
    `[Unit]\nRequires=virtwork-my-entry.service\n${ONESHOT}`,
    'trial.service:2: has Requires=virtwork-my-entry.service, a unit that does not run',
  ],
  [
    'prepare.service',
    `[Unit]\nRequisite=virtwork-my-entry.service\n${ONESHOT}TimeoutStartSec=60\n`,
    'prepare.service:2: has Requisite=virtwork-my-entry.service, a unit that does not run',
  ],
  [
    'workload-web.service',
    `[Unit]\nWants=virtwork-my-entry-trial.service\n${UNIT}`,
    'workload-web.service:2: must not start virtwork-my-entry-trial.service, which virtwork-trials.service starts\n  hint: remove the line',
  ],
  ['workload-web.service', `[Unit]\nBindsTo=virtwork-my-entry.service\n${UNIT}`, 'workload-web.service:2: has BindsTo='],
])('%s', (file, text, message) => expect(problemsWith({ [file]: text })).toContain(`entry/${message}`));

test.each([
  'Wants=virtwork-my-entry.service',
  'After=virtwork-my-entry.service',
  'After=virtwork-trials.service',
  'After=virtwork-my-entry-trial.service',
  'Conflicts=virtwork-my-entry-trial.service',
])('%s is accepted', (line) => {
  expect(read(entryOf({ ...FILES, 'workload-web.service': `[Unit]\n${line}\n${UNIT}` }))).toMatchObject({ problems: '', warnings: [] });
});
