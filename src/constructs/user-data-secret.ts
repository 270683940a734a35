import { Construct } from 'constructs';
import { labels, NOT_A_TEMPLATE, type Owner } from '../kubernetes/labels';
import { kubernetesObject } from './kubernetes-object';

export interface UserDataSecretProps extends Owner {
  readonly name: string;
  readonly namespace: string;
  /** The cloud-config. */
  readonly userData: string;
}

/** The user data of one role, as plain text, so that a reviewer can read what the guests will run. */
export class UserDataSecret extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, userData, ...owner }: UserDataSecretProps) {
    super(scope, id);
    kubernetesObject(this, 'Secret', {
      metadata: { name, namespace, labels: labels(owner), annotations: NOT_A_TEMPLATE },
      type: 'Opaque',
      stringData: { userdata: userData },
    });
  }
}
