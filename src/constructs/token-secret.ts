import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { labels, type Owner } from '../kubernetes/labels';

export interface TokenSecretProps extends Owner {
  readonly name: string;
  readonly namespace: string;
  /** Name of the ServiceAccount whose token it is. */
  readonly account: string;
}

/**
 * A token that outlives restarts and migrations of the VM. The cluster fills it in, so nothing secret is rendered. The
 * token of a serviceAccount volume would be that of the pod, which expires with it while the guest runs on.
 */
export class TokenSecret extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, account, ...owner }: TokenSecretProps) {
    super(scope, id);
    const props: k8s.KubeSecretProps = {
      metadata: { name, namespace, labels: labels(owner), annotations: { 'kubernetes.io/service-account.name': account } },
      type: 'kubernetes.io/service-account-token',
    };
    new ApiObject(this, 'Default', { apiVersion: 'v1', kind: 'Secret', ...props });
  }
}
