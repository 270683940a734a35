import { Construct } from 'constructs';
import { labels, type Owner } from '../kubernetes/labels';
import { kubernetesObject } from './kubernetes-object';

export interface TokenSecretProps extends Owner {
  readonly name: string;
  readonly namespace: string;
  /** Name of the ServiceAccount whose token it is. */
  readonly account: string;
}

/**
 * A token that stays valid when the VM restarts or migrates. The cluster adds the token, so nothing secret is rendered. The token of a
 * serviceAccount volume would be that of the pod, and expire with the pod while the guest continues to run.
 */
export class TokenSecret extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, account, ...owner }: TokenSecretProps) {
    super(scope, id);
    kubernetesObject(this, 'Secret', {
      metadata: { name, namespace, labels: labels(owner), annotations: { 'kubernetes.io/service-account.name': account } },
      type: 'kubernetes.io/service-account-token',
    });
  }
}
