import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { clusterLabels, type Owner } from '../kubernetes/labels';
import { outsideOfNamespaces } from './outside-of-namespaces';

export interface ClusterRoleBindingProps extends Owner {
  readonly name: string;
  /** The namespace of the ServiceAccount. */
  readonly namespace: string;
  /** Name of the ClusterRole. */
  readonly to: string;
  /** Name of the ServiceAccount that gets its rights. */
  readonly account: string;
}

/** Gives a ServiceAccount the rights of a ClusterRole. */
export class ClusterRoleBinding extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, to, account, ...owner }: ClusterRoleBindingProps) {
    super(scope, id);
    const props: k8s.KubeClusterRoleBindingProps = {
      metadata: { name, labels: clusterLabels(owner, namespace) },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: to },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
    };
    outsideOfNamespaces(
      new ApiObject(this, 'Default', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', ...props }),
    );
  }
}
