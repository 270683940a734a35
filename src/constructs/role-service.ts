import { Construct } from 'constructs';
import { labels, selector } from '../kubernetes/labels';
import type { ServicePlan } from '../plan/plan';
import { kubernetesObject } from './kubernetes-object';

export type RoleServiceProps = ServicePlan;

/** The Service in front of the VMs of a role. A headless one gives each VM its own DNS name. */
export class RoleService extends Construct {
  constructor(scope: Construct, id: string, props: RoleServiceProps) {
    super(scope, id);
    kubernetesObject(this, 'Service', {
      metadata: { name: props.name, namespace: props.namespace, labels: labels(props) },
      spec: {
        type: 'ClusterIP',
        // Peers need the addresses of each other before they are ready, because they wait for each other.
        ...(props.headless ? { clusterIp: 'None', publishNotReadyAddresses: true } : {}),
        selector: selector(props),
        ports: props.ports.map(({ name, port, protocol }) => ({ name, port, protocol })),
      },
    });
  }
}
