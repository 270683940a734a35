/** An alert of KubeVirt or Kubernetes that a workload fires with some of its params. */
export interface AlertRule extends ExpectedAlert {
  /** By param: all must hold. Empty: it is always fired. */
  readonly when: { readonly [param: string]: AlertCondition };
}

/** An alert that VMs are expected to fire. */
export interface ExpectedAlert {
  /** Its label `alertname`. */
  readonly name: string;
  readonly severity: AlertSeverity;
  /** Seconds from the start of the load until it is firing, at the earliest. */
  readonly afterSeconds: number;
  /** What fires it; may be empty. */
  readonly why: string;
  /** VMs of other workloads fire it. */
  readonly others?: true;
}

export type AlertSeverity = 'info' | 'warning' | 'critical';

/** What the value of a param must be: all that is stated must hold. */
export interface AlertCondition {
  readonly minimum?: number;
  readonly maximum?: number;
  /** In the form that the guest gets. */
  readonly values?: readonly string[];
}

/** The alerts that a workload fires with these params. */
export function firedBy(rules: readonly AlertRule[], params: { readonly [key: string]: string }): ExpectedAlert[] {
  return rules
    .filter(({ when }) => Object.entries(when).every(([key, condition]) => holds(condition, params[key] ?? '')))
    .map(({ when: _, ...alert }) => alert);
}

function holds({ minimum = -Infinity, maximum = Infinity, values }: AlertCondition, value: string): boolean {
  if (values) return values.includes(value) && inRange(value, minimum, maximum);
  return inRange(value, minimum, maximum);
}

function inRange(value: string, minimum: number, maximum: number): boolean {
  if (minimum === -Infinity && maximum === Infinity) return true;
  return Number(value) >= minimum && Number(value) <= maximum;
}

/** Actions of chaos that fire an alert. The catalog states a time, and the params may allow fewer actions in it. */
const ACTIONS: { readonly [alert: string]: number } = { KubeVirtVMIExcessiveMigrations: 12 };

/**
 * When the alerts of a workload are due: the params of chaos delay, slow down and end it. Other workloads act from the start.
 * @param params as the guest gets them
 * @returns without the alerts that need longer than chaos lasts
 */
export function dueWith(alerts: readonly ExpectedAlert[], params: { readonly [key: string]: string }): ExpectedAlert[] {
  const { 'start-after': start, duration, 'max-per-hour': most } = params;
  if (start === undefined) return [...alerts];
  const lasts = Number(duration ?? 0) || Number.POSITIVE_INFINITY;
  const hourly = Number(most ?? 0) || Number.POSITIVE_INFINITY;
  return alerts
    .map((alert) => ({ ...alert, afterSeconds: Math.max(alert.afterSeconds, Math.ceil((3600 * (ACTIONS[alert.name] ?? 0)) / hourly)) }))
    .filter(({ afterSeconds }) => afterSeconds <= lasts)
    .map((alert) => ({ ...alert, afterSeconds: alert.afterSeconds + Number(start) }));
}
