/**
 * The library: workloads of virtwork in your own cdk8s app.
 *
 * ```ts
 * const chart = new Chart(new App(), 'load', { namespace: 'load-test' });
 * new Workload(chart, 'cpu', { vmCount: 3, params: { 'cpu-load-percent': 60 } });
 * ```
 */
export type { Entry } from './catalog/entry';
export { Access, type AccessProps } from './constructs/access';
export { type DataDiskProps, dataDisk } from './constructs/data-disk';
export { GuestSecret, type GuestSecretProps } from './constructs/guest-secret';
export { Namespace, type NamespaceProps } from './constructs/namespace';
export { type Guest, PlannedWorkload, type PlannedWorkloadProps } from './constructs/planned-workload';
export { RoleService, type RoleServiceProps } from './constructs/role-service';
export { UserDataSecret, type UserDataSecretProps } from './constructs/user-data-secret';
export { VirtualMachine, type VirtualMachineProps, type VirtualMachineRole } from './constructs/virtual-machine';
export { VirtualMachinePool, type VirtualMachinePoolProps } from './constructs/virtual-machine-pool';
export { EXIT, type Problem, UserError } from './errors';
export { userData } from './guest/user-data';
export { addWorkload, type NamedWorkloadProps } from './library/add-workload';
export { buildPlan, type PlanOptions } from './library/build-plan';
export { loadPlan, type Sources } from './library/load-plan';
export type { CommonOptions, ParamValue, WorkloadOptions } from './library/options';
export { Workload, type WorkloadProps } from './library/workload';
export type { Boot, Options } from './options/options';
export type {
  AccessPlan,
  CredentialPlan,
  DiskPlan,
  GuestDiskPlan,
  GuestPlan,
  Plan,
  RolePlan,
  ServicePlan,
  Totals,
  TrialPlan,
  TrialsPlan,
  VmPlan,
  WorkloadPlan,
} from './plan/plan';
export { totals } from './plan/totals';
export { render, renderStream } from './synth/render';
export type { RenderedFile } from './synth/rendered-file';
export type { Manifest } from './validation/manifest';
