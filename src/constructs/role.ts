import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { labels, type Owner } from '../kubernetes/labels';
import type { AccessPlan } from '../plan/plan';
import { kubernetesObject } from './kubernetes-object';

export interface RoleProps extends Owner {
  readonly name: string;
  readonly namespace: string;
  readonly rules: AccessPlan['rules'];
}

/** Permissions in the namespace. */
export class Role extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, rules, ...owner }: RoleProps) {
    super(scope, id);
    kubernetesObject(this, 'Role', { metadata: { name, namespace, labels: labels(owner) }, rules: policyRules(rules) });
  }
}

/** The read-only rules of a plan as the mutable ones of the generated types. */
export function policyRules(rules: AccessPlan['rules']): k8s.PolicyRule[] {
  return rules.map(({ apiGroups, resources, verbs, resourceNames }) => ({
    apiGroups: [...apiGroups],
    resources: [...resources],
    verbs: [...verbs],
    ...(resourceNames ? { resourceNames: [...resourceNames] } : {}),
  }));
}
