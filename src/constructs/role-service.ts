import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { labels, selector } from '../kubernetes/labels';
import type { ServicePlan } from '../plan/plan';

export type RoleServiceProps = ServicePlan;

/** The Service in front of one role's VMs; a headless one gives each VM a DNS name of its own. */
export class RoleService extends Construct {
  constructor(scope: Construct, id: string, props: RoleServiceProps) {
    super(scope, id);
    const service: k8s.KubeServiceProps = {
      metadata: { name: props.name, namespace: props.namespace, labels: labels(props) },
      spec: {
        type: 'ClusterIP',
        // Peers find each other before they are ready: they wait for one another.
        ...(props.headless ? { clusterIp: 'None', publishNotReadyAddresses: true } : {}),
        selector: selector(props),
        ports: props.ports.map(({ name, port, protocol }) => ({ name, port, protocol })),
      },
    };
    const { clusterIp, ...spec } = service.spec as k8s.ServiceSpec;
    new ApiObject(this, 'Default', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: service.metadata,
      spec: { ...spec, ...(clusterIp ? { clusterIP: clusterIp } : {}) },
    });
  }
}
