import { ApiObject, App, Chart } from 'cdk8s';
import { VirtualMachine } from '../constructs/virtual-machine';
import { VirtualMachinePool } from '../constructs/virtual-machine-pool';
import { formatProblem, type Problem, UserError } from '../errors';
import type { PatchPlan, RolePlan, VmPlan, WorkloadPlan } from '../plan/plan';
import type { Manifest } from '../validation/manifest';
import { UNKNOWN } from '../validation/messages';
import { validateObject } from '../validation/validate';
import { guestsOf } from './guests';
import { brokenObject, SHARED, sharedBy, VMS_OF_POOL } from './messages';

/** VMs that are rendered of each role: two show whether a patch gives all of them what only one can have. */
const CHECKED = 2;

/** One of the VMs that are rendered, or a pool with the name of its first VM. */
interface Patched {
  readonly role: RolePlan;
  readonly vm: VmPlan;
  readonly hash: string;
  readonly patches: readonly PatchPlan[];
}

/**
 * Problems of patches: those that cannot be applied, and those that make VMs which an API server would reject. Each has the place of its
 * patch. Problems that the VMs have without their patches are left out.
 */
export function patchProblems(workloads: readonly WorkloadPlan[]): Problem[] {
  const vms = workloads.filter(({ roles }) => roles.some(({ patches }) => patches)).flatMap(vmsOf);
  const [problems, rendered] = [[] as ProblemOfVm[], [] as (readonly [Patched, Manifest])[]];
  for (const patched of vms) {
    try {
      rendered.push([patched, manifestOf(patched)]);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(...error.problems.map((problem) => ({ ...problem, vm: patched.vm.name })));
    }
  }
  if (problems.length === 0) problems.push(...rendered.flatMap(([patched, manifest]) => invalid(patched, manifest)));
  return problems.length === 0 ? shared(rendered) : once(problems);
}

interface ProblemOfVm extends Problem {
  readonly vm: string;
}

/** A problem that several VMs have, with the name of the first one. */
function once(problems: readonly ProblemOfVm[]): Problem[] {
  const known = new Map<string, Problem>();
  for (const { vm, ...problem } of problems) {
    const key = formatProblem(problem).replaceAll(vm, '');
    if (!known.has(key)) known.set(key, problem);
  }
  return [...known.values()];
}

function vmsOf(workload: WorkloadPlan): Patched[] {
  const guests = guestsOf(workload);
  return workload.roles.flatMap((role, index) =>
    role.vms
      .slice(0, role.pool === undefined ? CHECKED : 1)
      .map((vm) => ({ role, vm, hash: guests[index]?.hash ?? '', patches: role.patches ?? [] })),
  );
}

/** @throws UserError with every patch that cannot be applied */
function manifestOf({ role, vm, hash, patches }: Patched): Manifest {
  const chart = new Chart(new App(), 'patched');
  const common = { role: { ...role, patches }, userDataHash: hash };
  const made =
    role.pool === undefined
      ? new VirtualMachine(chart, 'vm', { ...common, vm })
      : new VirtualMachinePool(chart, 'pool', { ...common, name: role.pool, replicas: role.vms.length });
  return ApiObject.of(made).toJson() as Manifest;
}

/** What an API server would reject, at the patch that causes it. */
function invalid(patched: Patched, manifest: Manifest): ProblemOfVm[] {
  const found = problemsOf(manifest);
  if (found.length === 0) return [];
  return found.flatMap((problem) => {
    const has = (count: number) =>
      problemsOf(manifestOf(withFirst(patched, count))).some((each) => formatProblem(each) === formatProblem(problem));
    const cause = causeOf(patched.patches, has);
    if (cause === undefined) return [];
    const ofPool = patched.role.pool !== undefined && problem.message.startsWith(UNKNOWN) ? { hint: VMS_OF_POOL } : {};
    return [{ ...ofPool, ...problem, where: cause.place, message: brokenObject(problem.where, problem.message), vm: patched.vm.name }];
  });
}

function problemsOf(manifest: Manifest): Problem[] {
  return validateObject('', manifest).map((problem) => ({ ...problem, where: problem.where.replace(/^: /, '') }));
}

function withFirst(patched: Patched, count: number): Patched {
  return { ...patched, patches: patched.patches.slice(0, count) };
}

/**
 * The patch from which on something holds; undefined if it holds without patches.
 * @param holds whether it holds after so many patches; it does after all of them
 */
function causeOf(patches: readonly PatchPlan[], holds: (count: number) => boolean): PatchPlan | undefined {
  if (holds(0)) return undefined;
  let [without, having] = [0, patches.length];
  while (having - without > 1) {
    const middle = Math.floor((without + having) / 2);
    if (holds(middle)) having = middle;
    else without = middle;
  }
  return patches[having - 1];
}

/** What two VMs have, and only one can have, at the patch of the second one. */
function shared(rendered: readonly (readonly [Patched, Manifest])[]): Problem[] {
  const owners = new Map<string, readonly string[]>();
  return rendered.flatMap(([patched, manifest]) =>
    uniqueOf(manifest).flatMap((unique) => {
      const [one, other] = [...(owners.get(unique) ?? []), ...namesOf(patched)];
      if (one !== undefined) owners.set(unique, [one]);
      if (one === undefined || other === undefined) return [];
      const has = (count: number) => uniqueOf(manifestOf(withFirst(patched, count))).includes(unique);
      const cause = causeOf(patched.patches, has);
      return cause === undefined ? [] : [{ where: cause.place, ...sharedBy(unique, one, other) }];
    }),
  );
}

/** The VM, or the first ones of a pool. */
function namesOf({ role, vm }: Patched): string[] {
  return role.pool === undefined ? [vm.name] : role.vms.slice(0, CHECKED).map(({ name }) => name);
}

/** What only one VM can have: DataVolumes, claims that it writes to, and addresses of network cards. */
function uniqueOf(manifest: Manifest): string[] {
  if (problemsOf(manifest).length > 0) return [];
  const isPool = manifest.kind === 'VirtualMachinePool';
  const { dataVolumeTemplates = [], template } = isPool ? (manifest.spec as PoolSpec).virtualMachineTemplate.spec : (manifest.spec as Spec);
  const { volumes = [], domain } = template.spec;
  const { disks = [], interfaces = [] } = domain.devices;
  const isShareable = (name: string) => disks.some((disk) => disk.name === name && disk.shareable === true);
  return [
    // A pool appends the index of the VM.
    ...(isPool ? [] : dataVolumeTemplates).map(({ metadata }) => SHARED.dataVolume(metadata.name)),
    ...volumes.flatMap(({ name, persistentVolumeClaim: claim }) =>
      claim === undefined || claim.readOnly === true || isShareable(name) ? [] : [SHARED.claim(claim.claimName)],
    ),
    ...interfaces.flatMap(({ macAddress }) => (macAddress === undefined ? [] : [SHARED.macAddress(macAddress)])),
  ];
}

/** The part of a valid VM that is looked at. */
interface Spec {
  readonly dataVolumeTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  readonly template: {
    readonly spec: {
      readonly volumes?: readonly {
        readonly name: string;
        readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean };
      }[];
      readonly domain: {
        readonly devices: {
          readonly disks?: readonly { readonly name: string; readonly shareable?: boolean }[];
          readonly interfaces?: readonly { readonly macAddress?: string }[];
        };
      };
    };
  };
}

interface PoolSpec {
  readonly virtualMachineTemplate: { readonly spec: Spec };
}
