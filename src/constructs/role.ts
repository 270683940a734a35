import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-29';
import { Construct } from 'constructs';
import { labels, type Owner } from '../kubernetes/labels';
import type { AccessPlan } from '../plan/plan';

export interface RoleProps extends Owner {
  readonly name: string;
  readonly namespace: string;
  readonly rules: AccessPlan['rules'];
}

/** Rights in the namespace. */
export class Role extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, rules, ...owner }: RoleProps) {
    super(scope, id);
    const props: k8s.KubeRoleProps = { metadata: { name, namespace, labels: labels(owner) }, rules: policyRules(rules) };
    new ApiObject(this, 'Default', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', ...props });
  }
}

/** The rules of a plan, which nobody changes, as the generated types have them. */
export function policyRules(rules: AccessPlan['rules']): k8s.PolicyRule[] {
  return rules.map(({ apiGroups, resources, verbs, resourceNames }) => ({
    apiGroups: [...apiGroups],
    resources: [...resources],
    verbs: [...verbs],
    ...(resourceNames ? { resourceNames: [...resourceNames] } : {}),
  }));
}
