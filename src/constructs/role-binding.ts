import { Construct } from 'constructs';
import { labels, type Owner } from '../kubernetes/labels';
import { kubernetesObject, RBAC } from './kubernetes-object';

export interface RoleBindingProps extends Owner {
  readonly name: string;
  readonly namespace: string;
  /** Name of the Role. */
  readonly to: string;
  /** Name of the ServiceAccount that gets its permissions. */
  readonly account: string;
}

/** Grants a ServiceAccount the permissions of a Role. */
export class RoleBinding extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, to, account, ...owner }: RoleBindingProps) {
    super(scope, id);
    kubernetesObject(this, 'RoleBinding', {
      metadata: { name, namespace, labels: labels(owner) },
      roleRef: { apiGroup: RBAC, kind: 'Role', name: to },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    });
  }
}
