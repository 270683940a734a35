import type { Entry } from '../catalog/entry';
import type { Problem } from '../errors';
import type { Options } from '../options/options';
import type { OptionKey } from '../options/table';
import type { WorkloadSettings } from '../options/workload-settings';
import { powerProblems } from './access';
import type { RolePlan, WorkloadPlan } from './plan';

/**
 * Flags that change nothing of what is rendered, and numbers of VMs for workloads whose number is fixed. Variables
 * and the file may speak of more than one command renders.
 */
export function withoutEffect(options: Options, entries: readonly Entry[], workloads: readonly WorkloadPlan[]): Problem[] {
  const roles = workloads.flatMap((workload) => workload.roles);
  const volumes = roles.some(({ disks, boot }) => disks.length > 0 || boot.kind === 'dataSource');
  const sized = entries.some(({ storage }) => storage.some(({ size }) => size === undefined));
  const counted = entries.some(isCounted);
  return [
    ...(['storage_class', 'access_modes', 'volume_mode'] as const).flatMap((key) => flag(options, key, !volumes, NO_DISKS)),
    ...flag(options, 'data_disk_size', !sized, hasDisks(roles) ? 'every disk states its own size in workload.yaml' : NO_DISKS),
    ...flag(options, 'vm_count', !counted, 'the number of VMs is fixed in workload.yaml'),
    ...flag(options, 'allow_access', !entries.some((entry) => isAllowed(options, entry)), 'no entry that is rendered needs it'),
    ...entries
      .filter((entry) => !isCounted(entry))
      .flatMap(({ name }) => {
        const given = options.settings.get(name);
        if (given?.vmCount === undefined) return [];
        return [
          {
            where: given.place?.('vm_count') ?? `workload ${name}`,
            message: `has no effect: the number of VMs of ${name} is fixed in workload.yaml`,
          },
        ];
      }),
  ];
}

const NO_DISKS = 'no VM that is rendered has a disk of its own';

function isAllowed({ allowAccess }: Options, entry: Entry): boolean {
  return allowAccess.includes(entry.name) && powerProblems(entry).length > 0;
}

function isCounted({ roles }: Entry): boolean {
  return roles.some(({ vmCount }) => vmCount === undefined);
}

function hasDisks(roles: readonly RolePlan[]): boolean {
  return roles.some(({ disks }) => disks.length > 0);
}

function flag({ place, origin }: Options, key: OptionKey, applies: boolean, why: string): Problem[] {
  return applies && origin(key) === 'flag' ? [{ where: place(key), message: `has no effect: ${why}` }] : [];
}

/** @returns one warning for all that is said of a workload which is not rendered; what the file switches off is meant so */
export function idleSettings(name: string, { enabled, params, vmCount, cpuCores, memory, place }: WorkloadSettings): Problem[] {
  const given = Object.entries({ vm_count: vmCount, cpu_cores: cpuCores, memory }).filter(([, value]) => value !== undefined);
  const places = [
    ...[...params.values()].flat().flatMap(({ origin, source }) => (enabled || origin !== 'file' ? [source] : [])),
    ...given.flatMap(([key]) => (enabled && place ? [() => place(key)] : [])),
  ];
  const [first, ...others] = places;
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : `, like ${others.length} other ${others.length === 1 ? 'setting' : 'settings'}`;
  return [{ where: first(), message: `has no effect${more}: workload ${name} is not rendered` }];
}
