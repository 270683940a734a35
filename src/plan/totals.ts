import { parseBytes } from '../kubernetes/quantity';
import type { Plan, RolePlan, Totals } from './plan';

/** The sums over all VMs of a plan. */
export function totals(plan: Plan): Totals {
  const roles = plan.workloads.flatMap((workload) => workload.roles);
  const sum = (perVm: (role: RolePlan) => bigint) => roles.reduce((total, role) => total + perVm(role) * BigInt(role.vms.length), 0n);
  const names = [...new Set(roles.flatMap(({ machine }) => machine?.instancetype?.name ?? []))];
  const unknown = Number(sum(({ machine }) => (machine?.instancetype ? 1n : 0n)));
  return {
    vms: Number(sum(() => 1n)),
    cpuCores: Number(sum((role) => BigInt(role.cpuCores ?? 0))),
    memoryBytes: sum((role) => parseBytes(role.memory ?? '0') ?? 0n),
    ...(unknown > 0 ? { sizedByInstancetype: { vms: unknown, names } } : {}),
    trials: roles.reduce((total, { trials }) => total + (trials?.list.length ?? 0), 0),
    diskBytes: sum((role) => role.disks.reduce((total, disk) => total + (parseBytes(disk.size) ?? 0n), 0n)),
  };
}
