import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { labels, type Owner } from '../kubernetes/labels';

export interface RoleBindingProps extends Owner {
  readonly name: string;
  readonly namespace: string;
  /** Name of the Role. */
  readonly to: string;
  /** Name of the ServiceAccount that gets its rights. */
  readonly account: string;
}

/** Gives a ServiceAccount the rights of a Role. */
export class RoleBinding extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, to, account, ...owner }: RoleBindingProps) {
    super(scope, id);
    const props: k8s.KubeRoleBindingProps = {
      metadata: { name, namespace, labels: labels(owner) },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: to },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    };
    new ApiObject(this, 'Default', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', ...props });
  }
}
