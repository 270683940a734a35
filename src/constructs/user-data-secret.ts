import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { labels, NOT_A_TEMPLATE, type Owner } from '../kubernetes/labels';

export interface UserDataSecretProps extends Owner {
  readonly name: string;
  readonly namespace: string;
  /** Text of the cloud-config. */
  readonly userData: string;
}

/** The user data of one role, in clear, so that a reviewer reads what the guests will run. */
export class UserDataSecret extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, userData, ...owner }: UserDataSecretProps) {
    super(scope, id);
    const props: k8s.KubeSecretProps = {
      metadata: { name, namespace, labels: labels(owner), annotations: NOT_A_TEMPLATE },
      type: 'Opaque',
      stringData: { userdata: userData },
    };
    new ApiObject(this, 'Default', { apiVersion: 'v1', kind: 'Secret', ...props });
  }
}
