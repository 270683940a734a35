import type { RolePlan } from './plan';

/** Whether the VMs of a role are on the pod network. */
export function hasPod({ networks }: Pick<RolePlan, 'networks'>): boolean {
  return networks === undefined || networks.some(({ multus }) => multus === undefined);
}
