/**
 * The library: put a workload of virtwork into a cdk8s app of your own.
 *
 * ```ts
 * const { plan } = await loadPlan({ flags: { workloads: 'cpu' }, env: {}, cwd: process.cwd() });
 * for (const workload of plan.workloads) addWorkload(chart, workload);
 * ```
 */
export type { Entry } from './catalog/entry';
export { Access, type AccessProps } from './constructs/access';
export { type DataDiskProps, dataDisk } from './constructs/data-disk';
export { Namespace, type NamespaceProps } from './constructs/namespace';
export { RoleService, type RoleServiceProps } from './constructs/role-service';
export { UserDataSecret, type UserDataSecretProps } from './constructs/user-data-secret';
export { VirtualMachine, type VirtualMachineProps } from './constructs/virtual-machine';
export { type Guest, Workload, type WorkloadProps } from './constructs/workload';
export { EXIT, type Problem, UserError } from './errors';
export { userData } from './guest/user-data';
export { loadPlan } from './load-plan';
export { loadOptions, type Sources } from './options/load';
export type { Boot, Options } from './options/options';
export { buildPlan, totals } from './plan/build';
export type {
  AccessPlan,
  CredentialPlan,
  DiskPlan,
  GuestPlan,
  Plan,
  RolePlan,
  ServicePlan,
  Totals,
  VmPlan,
  WorkloadPlan,
} from './plan/plan';
export { addWorkload } from './synth/add-workload';
export { type Manifest, type RenderedFile, render, renderStream } from './synth/render';
