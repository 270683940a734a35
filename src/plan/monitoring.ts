import type { Entry } from '../catalog/entry';
import { type Problem, refuse } from '../errors';
import type { Options } from '../options/options';
import type { Watched } from '../signals/rules';
import { signalsOf } from '../signals/signal';
import type { MonitoringPlan } from './component-plan';
import { COMPONENT } from './messages';
import { nameOfRun, roleName } from './names';
import type { RolePlan, WorkloadPlan } from './plan';
import { hasPod } from './pod-network';

/**
 * The ports on which the guests of a base serve their metrics, and what these show. The pods do not declare them: with masquerade, KubeVirt forwards only declared
 * ports to the guest as soon as there is one.
 * @throws UserError when no guest can be read
 */
export function monitoring(
  { namespace, runId, place }: Options,
  workloads: readonly WorkloadPlan[],
  entries: readonly Entry[],
): MonitoringPlan {
  const roles = rolesOf(workloads);
  const served = roles.filter(isServed);
  if (served.length === 0) refuse([{ where: place('components'), ...COMPONENT.noHealth() }]);
  const numbers = [...new Set(served.map(({ healthPort }) => healthPort))];
  const ports = numbers.map((port) => {
    const own = served.filter(({ healthPort }) => healthPort === port);
    const narrowed = own.length === roles.length ? {} : { workloads: namesOf(own) };
    return { name: `health-${port}`, port, ...narrowed };
  });
  const watched = served.map((role) => watchedOf(role, entries));
  return { kind: 'monitoring', name: nameOfRun(namespace, runId), namespace, runId, ports, watched };
}

function watchedOf({ workload, role, runStrategy = 'Always' }: RolePlan, entries: readonly Entry[]): Watched {
  const entry = entries.find(({ name }) => name === workload) ?? {};
  return {
    workload,
    ...(role === undefined ? {} : { role }),
    vms: roleName(workload, role),
    isKeptRunning: runStrategy === 'Always',
    signals: signalsOf(entry, role),
  };
}

export function monitoringWarnings({ place }: Options, workloads: readonly WorkloadPlan[]): Problem[] {
  const others = rolesOf(workloads).filter((role) => !isServed(role));
  return others.length === 0 ? [] : [{ where: place('components'), ...COMPONENT.notScraped(namesOf(others)) }];
}

function rolesOf(workloads: readonly WorkloadPlan[]): RolePlan[] {
  return workloads.flatMap(({ roles }) => roles).filter(({ vms }) => vms.length > 0);
}

function isServed(role: RolePlan): boolean {
  return role.healthPort !== 0 && hasPod(role);
}

function namesOf(roles: readonly RolePlan[]): string[] {
  return [...new Set(roles.map(({ workload }) => workload))];
}
