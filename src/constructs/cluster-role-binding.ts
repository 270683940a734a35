import { Construct } from 'constructs';
import { clusterLabels, type Owner } from '../kubernetes/labels';
import { kubernetesObject, RBAC } from './kubernetes-object';

export interface ClusterRoleBindingProps extends Owner {
  readonly name: string;
  /** The namespace of the ServiceAccount. */
  readonly namespace: string;
  /** Name of the ClusterRole. */
  readonly to: string;
  /** Name of the ServiceAccount that gets its permissions. */
  readonly account: string;
}

/** Grants a ServiceAccount the permissions of a ClusterRole. */
export class ClusterRoleBinding extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, to, account, ...owner }: ClusterRoleBindingProps) {
    super(scope, id);
    kubernetesObject(this, 'ClusterRoleBinding', {
      metadata: { name, labels: clusterLabels(owner, namespace) },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: to },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    });
  }
}
