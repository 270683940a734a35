import { Construct } from 'constructs';
import { RUN_ID, sharedLabels } from '../kubernetes/labels';
import { kubernetesObject } from './kubernetes-object';

export interface MetricsServiceProps {
  readonly name: string;
  readonly namespace: string;
  readonly runId: string;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

/** The headless Service by which Prometheus finds the guests of a run. */
export class MetricsService extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, runId, ports }: MetricsServiceProps) {
    super(scope, id);
    kubernetesObject(this, 'Service', {
      metadata: { name, namespace, labels: sharedLabels('monitoring', runId) },
      spec: {
        type: 'ClusterIP',
        clusterIp: 'None',
        // A guest whose workload does not run has metrics too.
        publishNotReadyAddresses: true,
        selector: { [RUN_ID]: runId },
        ports: ports.map(({ name: port, port: number }) => ({ name: port, port: number, protocol: 'TCP' })),
      },
    });
  }
}
