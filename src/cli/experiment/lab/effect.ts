import type { Problem } from '../../../errors';
import type { ExperimentPlan, PlannedGroup } from '../../../experiment/experiment-plan';
import type { CpuPlan, Plan, RolePlan } from '../../../plan/plan';
import { comparesNothing, sameValues } from './messages';

type Groups = readonly (readonly [PlannedGroup, Plan])[];

/** Settings that only a cluster has, and the parts of a role that come from them. */
const ON_CLUSTER: { readonly [key: string]: (role: RolePlan) => unknown } = {
  storage_class: ({ disks }) => partOf(disks, 'storageClass'),
  access_modes: ({ disks }) => partOf(disks, 'accessModes'),
  volume_mode: ({ disks }) => partOf(disks, 'volumeMode'),
  preallocation: ({ drive }) => drive?.preallocation,
  io_threads: ({ machine, drive }) => machine?.ioThreads ?? drive?.dedicatedIoThread,
  block_multiqueue: ({ machine }) => machine?.blockMultiqueue,
  network_multiqueue: ({ networkMultiqueue }) => networkMultiqueue,
  instancetype: ({ machine }) => machine?.instancetype,
  preference: ({ machine }) => machine?.preference,
  max_sockets: ({ machine }) => machine?.maxSockets,
  'cpu.model': ({ machine }) => machine?.cpu?.model,
  'cpu.dedicated': ({ machine }) => machine?.cpu?.dedicated,
  'cpu.numa': ({ machine }) => machine?.cpu?.numa,
  'cpu.isolate_emulator': ({ machine }) => machine?.cpu?.isolateEmulator,
  hugepages: ({ machine }) => machine?.hugepages,
  resources: ({ machine }) => machine?.resources,
  overcommit: ({ machine }) => machine?.overcommit,
  firmware: ({ machine }) => machine?.firmware,
  tpm: ({ machine }) => machine?.tpm,
  node_selector: ({ placement }) => placement?.nodeSelector,
  tolerations: ({ placement }) => placement?.tolerations,
  affinity: ({ placement }) => placement?.affinity,
  priority_class: ({ placement }) => placement?.priorityClass,
  scheduler: ({ placement }) => placement?.scheduler,
  run_strategy: ({ runStrategy }) => runStrategy,
  eviction_strategy: ({ evictionStrategy }) => evictionStrategy,
  pool: ({ pool }) => pool !== undefined || undefined,
  patches: ({ patches }) => patches?.map(({ place: _, ...patch }) => patch),
  boot: ({ boot }) => boot,
};

/** Settings that all groups have by default. That they have no effect says nothing. */
const ALWAYS = ['run_strategy', 'eviction_strategy', 'boot'];

function partOf(disks: RolePlan['disks'], key: 'storageClass' | 'accessModes' | 'volumeMode'): unknown {
  const parts = disks.map((disk) => disk[key]);
  return parts.some((part) => part !== undefined) ? parts : undefined;
}

/** Settings of the groups that have no effect in the lab. @param hasClasses whether storage classes have directories */
export function idleSettings(groups: Groups, hasClasses: boolean): string[] {
  const roles = groups.flatMap(([, plan]) => rolesOf(plan));
  return keysOf(hasClasses).filter((key) => !ALWAYS.includes(key) && roles.some((role) => ON_CLUSTER[key]?.(role) !== undefined));
}

function keysOf(hasClasses: boolean): string[] {
  return Object.keys(ON_CLUSTER).filter((key) => !(hasClasses && key === 'storage_class'));
}

function rolesOf({ workloads }: Plan): readonly RolePlan[] {
  return workloads.flatMap(({ roles }) => roles);
}

/**
 * The axes whose values are the same in the lab.
 * @param chosen groups that run
 * @returns problems for those that compare nothing, and warnings for those of which some values are the same
 */
export function axesWithoutEffect(
  { axes, cells }: ExperimentPlan,
  chosen: Groups,
  hasClasses: boolean,
): { readonly problems: Problem[]; readonly warnings: string[] } {
  const problems: Problem[] = [];
  const warnings: string[] = [];
  for (const { name, values: all } of axes.filter(({ kind }) => kind === 'settings')) {
    const found = effectsOf(name, chosen);
    const effects = new Map(all.flatMap((value) => (found.has(value) ? [[value, found.get(value) as Map<string, string>]] : [])));
    const values = [...effects.keys()];
    const same = classesOf(effects);
    if (values.length < 2 || same.length === values.length) continue;
    const together = same.filter((each) => each.length > 1);
    if (same.length > 1) warnings.push(...together.map((each) => sameValues(name, each)));
    else problems.push(comparesNothing(name, values, differences(name, chosen, hasClasses)));
  }
  return { problems, warnings };

  /** What each value of an axis does, next to each combination of the other ones. */
  function effectsOf(axis: string, groups: Groups): Map<string, Map<string, string>> {
    const found = new Map<string, Map<string, string>>();
    for (const [group, plan] of groups) {
      const { [axis]: value, ...others } = group.settings;
      if (value === undefined) continue;
      const trials = [...new Set(cells.filter((cell) => cell.group === group.id).map(({ trial }) => trial))].sort();
      found.set(value, (found.get(value) ?? new Map()).set(JSON.stringify(others), JSON.stringify([trials, effectOf(plan, hasClasses)])));
    }
    return found;
  }
}

/** Values that do the same wherever both exist. */
function classesOf(effects: ReadonlyMap<string, ReadonlyMap<string, string>>): string[][] {
  const found: string[][] = [];
  for (const [value, own] of effects) {
    const equal = found.find(([first = '']) => isSame(effects.get(first) as ReadonlyMap<string, string>, own));
    if (equal) equal.push(value);
    else found.push([value]);
  }
  return found;
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([place, effect]) => other.get(place) === effect);
}

/** The settings in which groups differ that differ in this axis, and that the lab does not have. */
function differences(axis: string, groups: Groups, hasClasses: boolean): string[] {
  const of = (key: string, plan: Plan) => JSON.stringify(rolesOf(plan).map((role) => ON_CLUSTER[key]?.(role)));
  return keysOf(hasClasses).filter(
    (key) => new Set(groups.filter(([{ settings }]) => settings[axis] !== undefined).map(([, plan]) => of(key, plan))).size > 1,
  );
}

/** What the lab boots for a group: without names, and without what only a cluster has. */
function effectOf(plan: Plan, hasClasses: boolean) {
  return rolesOf(plan).map(({ entry, role, vms, cpuCores, memory, machine, drive, networks, disks, healthPort, guest }) => ({
    ...{ entry, role, cpuCores, memory, networks, healthPort },
    vms: vms.map(({ cards }) => cards),
    cpu: topologyOf(cpuCores, machine?.cpu),
    rng: machine?.rng !== false,
    drive: [
      drive?.bus ?? 'virtio',
      drive?.cache ?? (drive?.io === 'native' ? 'none' : 'writeback'),
      drive?.io ?? 'threads',
      drive?.discard !== false,
    ],
    disks: disks.map(({ storageClass, accessModes: _, volumeMode: __, ...disk }) => (hasClasses ? { ...disk, storageClass } : disk)),
    guest: { ...guest, files: undefined, service: undefined, peerPrefix: undefined, traffic: undefined },
  }));
}

/** Each CPU is a socket by default. */
function topologyOf(cpuCores: number | undefined, { sockets = cpuCores, cores = 1, threads = 1 }: Partial<CpuPlan> = {}) {
  return [sockets, cores, threads];
}
