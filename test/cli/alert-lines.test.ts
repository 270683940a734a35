import { alertLines } from '../../src/cli/alert-lines';
import type { PlannedAlert } from '../../src/plan/alerts';

const alert = (name: string, afterSeconds: number, vms: readonly string[]): PlannedAlert => ({
  name,
  severity: 'warning',
  afterSeconds,
  why: 'a reason',
  workload: 'disk',
  namespace: 'ns',
  vms,
});

test('without alerts there is no table', () => {
  expect(alertLines([])).toBe('');
});

test('a row for each alert', () => {
  expect(alertLines([alert('One', 90, ['a']), alert('Another', 600, ['a', 'b']), alert('Late', 86_700, ['a'])])).toBe(
    [
      'Expected alerts of KubeVirt and Kubernetes:',
      '  ALERT     SEVERITY   AFTER   FIRED BY       WHY',
      '  One       warning    1m30s   disk (1 VM)    a reason',
      '  Another   warning    10m     disk (2 VMs)   a reason',
      '  Late      warning    24h5m   disk (1 VM)    a reason',
      '',
    ].join('\n'),
  );
});
