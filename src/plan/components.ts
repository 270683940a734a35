import type { Entry } from '../catalog/entry';
import { formatProblem } from '../errors';
import type { Component } from '../kubernetes/components';
import type { Options } from '../options/options';
import type { ComponentPlan } from './component-plan';
import { monitoring, monitoringWarnings } from './monitoring';
import { networkPolicies } from './network-policies';
import type { Plan, WorkloadPlan } from './plan';
import { podSecurity, podSecurityWarnings } from './pod-security';
import { quota, quotaWarnings } from './quota';

/** The components that the user asks for, and what is odd about them. */
export function componentsOf(
  options: Options,
  workloads: readonly WorkloadPlan[],
  entries: readonly Entry[],
): Required<Pick<Plan, 'components' | 'warnings'>> {
  const planned = options.components.map((name) => PLANNED[name](options, workloads, entries));
  return { components: planned.map(({ plan }) => plan), warnings: planned.flatMap(({ warnings }) => warnings) };
}

type Planned = (
  options: Options,
  workloads: readonly WorkloadPlan[],
  entries: readonly Entry[],
) => { readonly plan: ComponentPlan; readonly warnings: readonly string[] };

const PLANNED: { readonly [name in Component]: Planned } = {
  quota: (options, workloads) => {
    const plan = quota(options, workloads);
    return { plan, warnings: quotaWarnings(options, workloads, plan).map(formatProblem) };
  },
  'network-policy': (options, workloads) => ({ plan: networkPolicies(options, workloads), warnings: [] }),
  'pod-security': (options) => {
    const plan = podSecurity();
    return { plan, warnings: podSecurityWarnings(options, plan).map(formatProblem) };
  },
  monitoring: (options, workloads, entries) => ({
    plan: monitoring(options, workloads, entries),
    warnings: monitoringWarnings(options, workloads).map(formatProblem),
  }),
  'monitoring-openshift': ({ runId }) => ({ plan: { kind: 'monitoring-openshift', runId }, warnings: [] }),
};
