import { Construct } from 'constructs';
import type { AccessPlan } from '../plan/plan';
import { ClusterRole } from './cluster-role';
import { ClusterRoleBinding } from './cluster-role-binding';
import { Role } from './role';
import { RoleBinding } from './role-binding';
import { ServiceAccount } from './service-account';
import { TokenSecret } from './token-secret';

export type AccessProps = AccessPlan;

/** An account for the guests of a workload, its token, and exactly the permissions that the entry lists. */
export class Access extends Construct {
  constructor(scope: Construct, id: string, { account, tokenSecret, rules, cluster, ...shared }: AccessProps) {
    super(scope, id);
    new ServiceAccount(this, 'account', { ...shared, name: account });
    new TokenSecret(this, 'token', { ...shared, name: tokenSecret, account });
    if (rules.length > 0) {
      new Role(this, 'role', { ...shared, name: account, rules });
      new RoleBinding(this, 'binding', { ...shared, name: account, to: account, account });
    }
    if (cluster) {
      new ClusterRole(this, 'cluster-role', { ...shared, name: cluster.name, rules: cluster.rules });
      new ClusterRoleBinding(this, 'cluster-binding', { ...shared, name: cluster.name, to: cluster.name, account });
    }
  }
}
