import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, App, Chart } from 'cdk8s';
import type { Entry } from '../../src/catalog/entry';
import { findCatalog } from '../../src/catalog/find';
import { openEntry } from '../../src/catalog/open-entry';
import type { Problems } from '../../src/catalog/problems';
import { sharedFiles } from '../../src/catalog/shipped/shared';
import { VirtualMachine } from '../../src/constructs/virtual-machine';
import { VirtualMachinePool } from '../../src/constructs/virtual-machine-pool';
import { formatProblem } from '../../src/errors';
import { readOptions } from '../../src/options/load';
import { isOfWorkload, type OptionKey, specs, type WorkloadKey } from '../../src/options/table';
import { planEntry } from '../../src/plan/build';
import { instanceOf } from '../../src/plan/instance';
import type { RolePlan } from '../../src/plan/plan';
import { guestsOf } from '../../src/synth/guests';
import type { Manifest } from '../../src/validation/manifest';
import { RENDERED_WITH } from './option-samples';
import { tempDir } from './places';

// The settings of a workload by one and in pairs, with the values of option-samples.ts.

/** One or two settings of a workload. */
export interface Combination {
  /** Such as `cpu + memory`. */
  readonly name: string;
  /** Name of the workload. */
  readonly workload: string;
  readonly entry: string;
  /** By their keys in the configuration file. */
  readonly settings: { readonly [key: string]: unknown };
}

/** What virtwork makes of a combination. */
export interface Planned extends Combination {
  /** Why virtwork rejects it; empty if it does not. */
  readonly problems: readonly string[];
  /** The VM of each role, or its pool; also of a combination that is rejected. */
  readonly manifests: readonly Manifest[];
}

const KEYS: readonly WorkloadKey[] = specs().flatMap(([key]) => (isOfWorkload(key) ? [key] : []));

/** The settings that an option needs to have an effect, by their keys in the file. */
function settingsOf(key: WorkloadKey): { readonly [key: string]: unknown } {
  const { workloads: _, ...flags } = RENDERED_WITH[key] ?? {};
  return Object.fromEntries(
    Object.entries(flags).map(([flag, value]): [OptionKey, unknown] => {
      const [option] = specs().find(([, spec]) => spec.flag === flag) ?? [];
      if (option === undefined) throw new Error(`no option has the flag --${flag}`);
      return [option, value];
    }),
  );
}

/** An entry on which all of these have an effect. */
function entryOf(...keys: readonly WorkloadKey[]): string {
  return keys.includes('pairs') ? 'network' : 'disk';
}

function combination(index: number, ...keys: readonly WorkloadKey[]): Combination {
  const settings = Object.assign({}, ...keys.map(settingsOf));
  return { name: keys.join(' + '), workload: `${keys.length === 1 ? 'one' : 'two'}-${index}`, entry: entryOf(...keys), settings };
}

/** Every setting alone. */
export function singles(): Combination[] {
  return KEYS.map((key, index) => combination(index, key));
}

/** Every pair of settings. All of them end up in the VM, or in the Secret whose hash it has. */
export function pairs(): Combination[] {
  const all = KEYS.flatMap((one, index) => KEYS.slice(index + 1).map((other) => [one, other] as const));
  return all.map((keys, index) => combination(index, ...keys));
}

/**
 * The pairs that virtwork rejects. An API server rejects them too, unless a reason is stated.
 * They are rejected for the values of option-samples.ts; other values may fit together.
 */
export const REJECTED: { readonly [pair: string]: string | undefined } = {
  'cpu + resources': undefined,
  'cpu + architecture': undefined,
  'architecture + firmware': undefined,
  'disk_bus + io_threads': undefined,
  'memory + resources': 'the VM is accepted, but its guest could not have more memory than the limit',
  'pool + pairs': 'all VMs of a pool have the same labels, so none of them could find the other one of its pair',
  'pool + networks': 'the VMs of a pool share one template, and each needs MAC addresses of its own',
  'cpu_cores + cpu': 'only one of them can decide about the number of CPUs; the VM has those of cpu',
  ...Object.fromEntries(['cpu_cores', 'memory'].map((key) => [`${key} + instancetype`, 'the VM has neither CPUs nor memory of its own'])),
  ...Object.fromEntries(
    ['cpu', 'max_sockets', 'hugepages', 'resources'].map((key) => [
      `instancetype + ${key}`,
      'the VM has neither CPUs nor memory of its own',
    ]),
  ),
  'container_disk_image + boot': 'the VM boots from the boot source',
  'guest_os + package_repositories': 'the guest does not read files for another package manager',
  'max_sockets + architecture': 'KubeVirt does not hot-plug CPUs on arm64',
  'disk_cache + disk_io': 'QEMU does not start with them',
};

/** The configuration file with these workloads. */
export function fileOf(combinations: readonly Combination[]): string {
  return JSON.stringify({
    workloads: Object.fromEntries(combinations.map(({ workload, entry, settings }) => [workload, { entry, ...settings }])),
  });
}

/** Plans each combination alone, and renders its VMs even if it is rejected. */
export async function planned(combinations: readonly Combination[], namespace = 'virtwork'): Promise<Planned[]> {
  const cwd = tempDir();
  writeFileSync(join(cwd, 'matrix.yaml'), fileOf(combinations));
  const { options, problems } = await readOptions({ flags: { config: 'matrix.yaml', namespace }, env: {}, cwd });
  const catalog = findCatalog(options.catalogDir);
  const shared = sharedFiles(catalog.shippedDir);
  const findings: Problems = { problems: [], warnings: [] };
  const entries = new Map(['disk', 'network'].map((name) => [name, openEntry(catalog, name, cwd, findings) as Entry]));
  return combinations.map((each) => {
    const { roles: all, ...others } = instanceOf(entries.get(each.entry) as Entry, each.workload);
    // With its continuous load only.
    const entry = { ...others, roles: all.map(({ trial: _, ...role }) => role) };
    const alone = planEntry(options, entry, shared);
    const ofOptions = problems.filter(({ where }) => where.includes(`workloads.${each.workload}.`));
    const roles = alone.workloads.slice(0, 1).flatMap((workload) => {
      const guests = guestsOf(workload);
      return workload.roles.map((role, index) => manifestOf(role, guests[index]?.hash ?? ''));
    });
    return { ...each, problems: [...ofOptions, ...alone.problems].map(formatProblem), manifests: roles };
  });
}

function manifestOf(role: RolePlan, userDataHash: string): Manifest {
  const chart = new Chart(new App(), 'matrix');
  const [vm] = role.vms;
  const { pool: name } = role;
  const made =
    name === undefined
      ? new VirtualMachine(chart, 'vm', { role, vm: vm as NonNullable<typeof vm>, userDataHash })
      : new VirtualMachinePool(chart, 'pool', { role, name, replicas: role.vms.length, userDataHash });
  return ApiObject.of(made).toJson() as Manifest;
}
