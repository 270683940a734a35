import type { SeenAlert } from './alerts';
import type { Prometheus } from './prometheus';
import type { Truth } from './truth';

/** Seconds before the end in which alerts are looked for at most, and points of the query. */
const LONGEST = 86_400;
const POINTS = 500;
const SHORTEST = 15;
/** Labels by which rules name a VM. */
const NAMES = ['name', 'vmi', 'vm'] as const;
const LAUNCHER = /^virt-launcher-(.+)-[a-z0-9]{5}$/;

/** The alerts about the VMs of the truth, since the first of them was started. @throws UserError */
export async function alertsOf(prometheus: Prometheus, truth: Truth): Promise<SeenAlert[]> {
  const vms = new Set(truth.vms.map(({ name }) => name));
  const start = Math.max(truth.to - LONGEST, Math.min(truth.from, ...truth.vms.flatMap(({ since }) => since ?? [])));
  const step = Math.max(SHORTEST, (truth.to - start) / POINTS);
  const labels = ['alertname', 'alertstate', 'severity', ...NAMES, 'pod'].join(', ');
  // Each point covers its whole step, so that no short alert is missed.
  const series = `last_over_time(ALERTS{namespace=${JSON.stringify(truth.namespace)}}[${Math.ceil(step)}s])`;
  const found = await prometheus.range(`max by (${labels}) (${series})`, { start, end: truth.to, step });
  return found.flatMap(({ labels: own, samples }): SeenAlert[] => {
    const vm = [...NAMES.map((label) => own[label]), LAUNCHER.exec(own.pod ?? '')?.[1]].find((name) => name !== undefined && vms.has(name));
    const [first, last] = [samples[0], samples.at(-1)];
    const { alertname: name, alertstate: state, severity } = own;
    if (vm === undefined || !first || !last || name === undefined || (state !== 'firing' && state !== 'pending')) return [];
    return [{ name, state, ...(severity === undefined ? {} : { severity }), vm, from: first[0], to: last[0] }];
  });
}
