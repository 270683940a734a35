import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { clusterLabels, type Owner } from '../kubernetes/labels';
import type { AccessPlan } from '../plan/plan';
import { outsideOfNamespaces } from './outside-of-namespaces';
import { policyRules } from './role';

export interface ClusterRoleProps extends Owner {
  readonly name: string;
  /** The namespace of the VMs that it is for. */
  readonly namespace: string;
  readonly rules: AccessPlan['rules'];
}

/** Rights outside of the namespace. */
export class ClusterRole extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, rules, ...owner }: ClusterRoleProps) {
    super(scope, id);
    const props: k8s.KubeClusterRoleProps = { metadata: { name, labels: clusterLabels(owner, namespace) }, rules: policyRules(rules) };
    outsideOfNamespaces(new ApiObject(this, 'Default', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', ...props }));
  }
}
