import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { ROLE, RUN_ID, sharedLabels, WORKLOAD } from '../kubernetes/labels';
import type { HealthPortPlan } from '../plan/component-plan';

export interface ServiceMonitorProps {
  readonly name: string;
  readonly namespace: string;
  readonly runId: string;
  readonly ports: readonly HealthPortPlan[];
}

/** As often as most configurations of Prometheus read KubeVirt's metrics. */
const INTERVAL = '30s';

/** By label of a series, the label of the VM's pod that it is taken from. KubeVirt's own metrics have the VM in `name` too. */
const FROM_POD = { name: 'vm.kubevirt.io/name', workload: WORKLOAD, role: ROLE, run_id: RUN_ID };

/** How the Prometheus Operator reads the metrics of the guests of a run. */
export class ServiceMonitor extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, runId, ports }: ServiceMonitorProps) {
    super(scope, id);
    new ApiObject(this, 'Default', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      metadata: { name, namespace, labels: sharedLabels('monitoring', runId) },
      spec: {
        // Other Services of the run have no port of this name.
        selector: { matchLabels: { [RUN_ID]: runId } },
        endpoints: ports.map(({ name: port, workloads }) => ({
          port,
          interval: INTERVAL,
          relabelings: [
            ...Object.entries(FROM_POD).map(([targetLabel, label]) => ({ sourceLabels: [metaLabel(label)], targetLabel })),
            ...(workloads ? [{ sourceLabels: ['workload'], regex: workloads.join('|'), action: 'keep' }] : []),
          ],
        })),
      },
    });
  }
}

/** The label of a pod as the service discovery of Prometheus names it. */
function metaLabel(label: string): string {
  return `__meta_kubernetes_pod_label_${label.replaceAll(/[^a-zA-Z0-9]/g, '_')}`;
}
