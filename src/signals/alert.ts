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

/** What chaos must do for an alert: a VM moves so often within so many seconds. The catalog states a time, and the params may allow less. */
const MOVES: { readonly [alert: string]: { readonly times: number; readonly within: number } } = {
  KubeVirtVMIExcessiveMigrations: { times: 12, within: 86_400 },
};

/**
 * When the alerts of a workload are due: the params of chaos delay, slow down and end it. Other workloads act from the start.
 * @param params as the guest gets them
 * @param targets number of VMs of other workloads that chaos chooses from
 * @returns without the alerts that need longer than chaos lasts, or more than it does
 */
export function dueWith(alerts: readonly ExpectedAlert[], params: Params, targets: number): ExpectedAlert[] {
  const { 'start-after': start, duration } = params;
  if (start === undefined) return [...alerts];
  const lasts = Number(duration ?? 0) || Number.POSITIVE_INFINITY;
  return alerts
    .map((alert) => ({ ...alert, afterSeconds: Math.max(alert.afterSeconds, secondsOfMoves(alert, params, targets)) }))
    .filter(({ afterSeconds }) => Number.isFinite(afterSeconds) && afterSeconds <= lasts)
    .map((alert) => ({ ...alert, afterSeconds: alert.afterSeconds + Number(start) }));
}

interface Params {
  readonly [key: string]: string;
}

/** Seconds until one of the VMs has surely moved often enough; infinite if their moves are too rare. */
function secondsOfMoves({ name, others }: ExpectedAlert, params: Params, targets: number): number {
  if (others && targets === 0) return Number.POSITIVE_INFINITY;
  const moves = MOVES[name];
  if (!moves) return 0;
  // Chance chooses the VM. After so many moves, one VM has the number.
  const needed = targets * (moves.times - 1) + 1;
  const hourly = Number(params['max-per-hour'] ?? 0);
  const least = hourly > 0 ? 3600 / hourly : 0;
  const [short, long] = ['min', 'max'].map((end) => Math.max(least, Number(params[`migration-interval-${end}`] ?? 0))) as [number, number];
  const usual = (needed * (short + long)) / 2;
  return usual > moves.within ? Number.POSITIVE_INFINITY : Math.min(moves.within, Math.ceil(needed * long));
}
