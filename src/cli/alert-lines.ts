import type { PlannedAlert } from '../plan/alerts';
import { ALERTS_EXPECTED } from './messages';
import { table } from './table';

/** A table of the alerts that a plan is expected to fire; empty without alerts. */
export function alertLines(alerts: readonly PlannedAlert[]): string {
  if (alerts.length === 0) return '';
  const rows = alerts.map(({ name, severity, afterSeconds, workload, vms, why }) => [
    name,
    severity,
    inWords(afterSeconds),
    `${workload} (${vms.length} VM${vms.length === 1 ? '' : 's'})`,
    why,
  ]);
  const lines = table(['ALERT', 'SEVERITY', 'AFTER', 'FIRED BY', 'WHY'], rows);
  return `${ALERTS_EXPECTED}\n${lines.replace(/^/gm, '  ').trimEnd()}\n`;
}

/** As `24h5m`. */
function inWords(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return (
    parts
      .filter(([count]) => count > 0)
      .map(([count, unit]) => `${count}${unit}`)
      .join('') || '0s'
  );
}
