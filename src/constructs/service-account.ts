import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { labels, type Owner } from '../kubernetes/labels';

export interface ServiceAccountProps extends Owner {
  readonly name: string;
  readonly namespace: string;
}

/** Whom the API server sees when a guest of the workload asks it. No pod runs as it. */
export class ServiceAccount extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, ...owner }: ServiceAccountProps) {
    super(scope, id);
    const props: k8s.KubeServiceAccountProps = {
      metadata: { name, namespace, labels: labels(owner) },
      automountServiceAccountToken: false,
    };
    new ApiObject(this, 'Default', { apiVersion: 'v1', kind: 'ServiceAccount', ...props });
  }
}
