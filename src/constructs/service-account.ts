import { Construct } from 'constructs';
import { labels, type Owner } from '../kubernetes/labels';
import { kubernetesObject } from './kubernetes-object';

export interface ServiceAccountProps extends Owner {
  readonly name: string;
  readonly namespace: string;
}

/** The account that guests of the workload use at the API server. No pod runs as it. */
export class ServiceAccount extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, ...owner }: ServiceAccountProps) {
    super(scope, id);
    kubernetesObject(this, 'ServiceAccount', {
      metadata: { name, namespace, labels: labels(owner) },
      automountServiceAccountToken: false,
    });
  }
}
