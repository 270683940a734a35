import { App, Chart } from 'cdk8s';
import { DashboardConfigMap } from '../constructs/dashboard-config-map';
import { LimitRange } from '../constructs/limit-range';
import { MetricsService } from '../constructs/metrics-service';
import { NetworkPolicy } from '../constructs/network-policy';
import { PrometheusRule } from '../constructs/prometheus-rule';
import { ResourceQuota } from '../constructs/resource-quota';
import { ServiceMonitor } from '../constructs/service-monitor';
import { type Problem, refuse } from '../errors';
import { COMPONENTS_FOLDER } from '../kubernetes/components';
import { MANAGER } from '../kubernetes/labels';
import { canonicalQuantity } from '../kubernetes/quantity';
import type {
  Amounts,
  ComponentPlan,
  MonitoringPlan,
  NetworkPolicyPlan,
  OpenShiftMonitoringPlan,
  PodSecurityPlan,
  QuotaPlan,
} from '../plan/component-plan';
import { DEFAULTS } from '../plan/launcher';
import type { Plan } from '../plan/plan';
import { alertingRules, recordingRules } from '../signals/rules';
import type { Manifest } from '../validation/manifest';
import { validateObject } from '../validation/validate';
import { toYaml } from '../yaml/to-yaml';
import { consoleDashboard, grafanaDashboard } from './dashboards';
import { HEADER } from './header';
import { KUSTOMIZATION_FILE, NAMESPACE_FILE } from './kustomization';
import { amountOf, comment, limitRangeComment, quotaComment } from './quota-comment';
import type { RenderedFile } from './rendered-file';

/** The files of a component, and how its `kustomization.yaml` names them. */
interface Content {
  readonly files: readonly { readonly file: string; readonly text: string }[];
  readonly use: object;
}

/**
 * Renders and validates the components of a plan.
 * @returns the files of each, with the `kustomization.yaml` of a Component last
 * @throws UserError when a rendered object does not fit the schema of its kind
 */
export function componentFiles({ namespace, components = [] }: Plan): RenderedFile[] {
  const app = new App();
  return components.flatMap((plan) => {
    const { files, use } = contentOf(plan, namespace, new Chart(app, plan.kind));
    const component = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component', ...use };
    return [...files.map(({ file, text }) => rendered(plan, file, text)), rendered(plan, KUSTOMIZATION_FILE, toYaml(component))];
  });
}

function contentOf(plan: ComponentPlan, namespace: string, chart: Chart): Content {
  switch (plan.kind) {
    case 'quota':
      return quota(plan, chart);
    case 'network-policy':
      return networkPolicies(plan, chart);
    case 'pod-security':
      return podSecurity(plan, namespace);
    case 'monitoring':
      return monitoring(plan, chart);
    case 'monitoring-openshift':
      return openShiftMonitoring(plan, chart);
  }
}

function rendered({ kind }: ComponentPlan, file: string, text: string): RenderedFile {
  return { name: `${COMPONENTS_FOLDER}/${kind}/${file}`, text: () => [HEADER + text] };
}

function quota(plan: QuotaPlan, chart: Chart): Content {
  const { name, namespace, runId, hard, unsized } = plan;
  const common = { name, namespace, runId };
  const amounts = Object.fromEntries(hard.map((line) => [line.resource, amountOf(line)]));
  new ResourceQuota(chart, 'quota', { ...common, hard: amounts });
  const comments = [quotaComment(plan)];
  if (unsized.length === 0) {
    new LimitRange(chart, 'defaults', { ...common, requests: quantities(DEFAULTS.requests), limits: quantities(DEFAULTS.limits) });
    comments.push(limitRangeComment());
  }
  return objects('quota.yaml', chart, comments);
}

function networkPolicies({ namespace, runId, policies }: NetworkPolicyPlan, chart: Chart): Content {
  for (const policy of policies) new NetworkPolicy(chart, policy.name, { ...policy, namespace, runId });
  return objects(
    'network-policy.yaml',
    chart,
    policies.map(({ what }) => comment(what.replaceAll('. ', '.\n'))),
  );
}

function quantities({ cpu, memory }: Amounts): { readonly cpu: string; readonly memory: string } {
  return { cpu: amountOf({ unit: 'cpu', total: cpu }), memory: canonicalQuantity(`${memory}`) };
}

function joined(...all: readonly Content[]): Content {
  const files = all.flatMap((each) => each.files);
  return { files, use: { resources: files.map(({ file }) => file) } };
}

/** The objects of a chart as the resources of a component, each with its comment. */
function objects(file: string, chart: Chart, comments: readonly string[]): Content {
  const manifests = chart.toJson() as Manifest[];
  const problems: Problem[] = manifests.flatMap((manifest) => validateObject(`${COMPONENTS_FOLDER}/${file}`, manifest));
  refuse(problems);
  return {
    files: [{ file, text: manifests.map((manifest, at) => `${comments[at] ?? ''}${toYaml(manifest)}`).join('---\n') }],
    use: { resources: [file] },
  };
}

function monitoring(plan: MonitoringPlan, chart: Chart): Content {
  const [read, rules, dashboard] = ['read', 'rules', 'dashboard'].map((id) => new Chart(chart, id)) as [Chart, Chart, Chart];
  new MetricsService(read, 'service', plan);
  new ServiceMonitor(read, 'service-monitor', plan);
  new PrometheusRule(rules, 'rules', {
    ...plan,
    name: `${plan.name}-signals`,
    groups: {
      'virtwork-signals': recordingRules(plan.runId, plan.watched),
      'virtwork-alerts': alertingRules(plan.runId, plan.watched),
    },
  });
  const { runId, namespace } = plan;
  const found = { grafana_dashboard: '1' };
  new DashboardConfigMap(dashboard, 'grafana', {
    name: `${plan.name}-dashboard`,
    namespace,
    runId,
    found,
    dashboard: grafanaDashboard(),
  });
  return joined(objects('metrics.yaml', read, []), objects('rules.yaml', rules, []), objects('dashboard.yaml', dashboard, []));
}

/** The namespace of the dashboards of the console belongs to all runs, which share the dashboard. */
function openShiftMonitoring({ runId }: OpenShiftMonitoringPlan, chart: Chart): Content {
  new DashboardConfigMap(chart, 'console', {
    name: `${MANAGER}-dashboard`,
    namespace: 'openshift-config-managed',
    runId,
    found: { 'console.openshift.io/dashboard': 'true' },
    dashboard: consoleDashboard(),
  });
  return objects('dashboard.yaml', chart, []);
}

/** A patch, because the Namespace belongs to the base. */
function podSecurity({ labels }: PodSecurityPlan, namespace: string): Content {
  return {
    files: [{ file: NAMESPACE_FILE, text: toYaml({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }) }],
    use: { patches: [{ path: NAMESPACE_FILE, target: { kind: 'Namespace', name: namespace } }] },
  };
}
