import { Construct } from 'constructs';
import { clusterLabels, type Owner } from '../kubernetes/labels';
import type { AccessPlan } from '../plan/plan';
import { kubernetesObject } from './kubernetes-object';
import { policyRules } from './role';

export interface ClusterRoleProps extends Owner {
  readonly name: string;
  /** The namespace of the VMs that it is for. */
  readonly namespace: string;
  readonly rules: AccessPlan['rules'];
}

/** Permissions outside of the namespace. */
export class ClusterRole extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, rules, ...owner }: ClusterRoleProps) {
    super(scope, id);
    kubernetesObject(this, 'ClusterRole', { metadata: { name, labels: clusterLabels(owner, namespace) }, rules: policyRules(rules) });
  }
}
