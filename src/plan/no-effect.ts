import type { Entry } from '../catalog/entry';
import type { Problem } from '../errors';
import type { Options } from '../options/options';
import type { OptionKey, WorkloadKey } from '../options/table';
import type { WorkloadSettings } from '../options/workload-settings';
import { powerProblems } from './access';
import { NO_EFFECT, notRendered } from './messages';
import { peersOf } from './peers';
import type { RolePlan, WorkloadPlan } from './plan';
import { hasPod } from './pod-network';

/** Options of the disks with DataVolumes. */
const OF_VOLUMES = [
  'storage_class',
  'access_modes',
  'volume_mode',
  'disk_bus',
  'disk_cache',
  'disk_io',
  'disk_discard',
  'preallocation',
] as const;

/**
 * Flags that change nothing of what is rendered, and numbers of VMs for workloads with a fixed number. Variables and the file are not
 * reported: they may be meant for several commands.
 */
export function withoutEffect(options: Options, entries: readonly Entry[], workloads: readonly WorkloadPlan[]): Problem[] {
  const roles = workloads.flatMap((workload) => workload.roles);
  const hasVolumes = roles.some(({ disks, boot }) => disks.length > 0 || boot.kind === 'dataSource');
  const usesDefaultSize = entries.some(({ storage }) => storage.some(({ size }) => size === undefined));
  const unused = (key: OptionKey, applies: boolean, message: string) => flag(options, key, applies, message);
  return [
    ...OF_VOLUMES.flatMap((key) => unused(key, !hasVolumes, NO_EFFECT.noDisks)),
    ...unused('data_disk_size', !usesDefaultSize, hasDisks(roles) ? NO_EFFECT.ownSizes : NO_EFFECT.noDisks),
    ...unused('network_multiqueue', roles.length > 0 && !roles.some(hasVirtioCard), NO_EFFECT.noVirtioCardAtAll),
    ...unused('health_port', roles.length > 0 && roles.every((role) => !hasPod(role) && role.healthPort > 0), NO_EFFECT.noPodProbeAtAll),
    ...unused('vm_count', !entries.some(isCounted), NO_EFFECT.fixedCount),
    ...unused('allow_access', !entries.some((entry) => isAllowed(options, entry)), NO_EFFECT.noAccess),
    ...entries.filter((entry) => !isCounted(entry)).flatMap((entry) => fixedCount(options, entry)),
    ...entries.flatMap((entry) => overridden(options, entry)),
    ...entries.flatMap((entry) => shapeOfTrials(options, entry)),
    ...entries.flatMap((entry, index) => ownWithoutEffect(options, entry, workloads[index]?.roles ?? [])),
  ];
}

/** Settings that a user states for one workload, and that change nothing of it. */
function ownWithoutEffect({ settings }: Options, entry: Entry, roles: readonly RolePlan[]): Problem[] {
  const own = settings.get(entry.name)?.own;
  if (own === undefined || own.size === 0) return [];
  const idle = (keys: readonly WorkloadKey[], applies: boolean, message: string) =>
    applies ? keys.flatMap((key) => (own.get(key) ?? []).map(({ where }) => ({ where: where(), message }))) : [];
  const bootsFromImage = roles.some(({ boot }) => boot.kind === 'containerDisk');
  return [
    ...idle(OF_VOLUMES, bootsFromImage && !hasDisks(roles), NO_EFFECT.noDisksOf(entry.name)),
    ...idle(['data_disk_size'], !hasDisks(roles), NO_EFFECT.noDisksOf(entry.name)),
    ...idle(['data_disk_size'], hasDisks(roles) && entry.storage.every(({ size }) => size !== undefined), NO_EFFECT.ownSizesOf(entry.name)),
    ...idle(['image_pull_policy', 'image_pull_secret'], !bootsFromImage, NO_EFFECT.noImage),
    ...idle(['network_multiqueue'], !roles.some(hasVirtioCard), NO_EFFECT.noVirtioCard(entry.name)),
    ...idle(
      ['health_port'],
      roles.some((role) => !hasPod(role) && role.healthPort > 0),
      NO_EFFECT.noPodProbe(entry.name),
    ),
    ...idle(['pairs'], peersOf(entry) === undefined, NO_EFFECT.noPairs(entry.name)),
  ];
}

/** Params of a workload that each of its trials sets itself. */
function overridden({ settings }: Options, { name }: Entry): Problem[] {
  const { params = [], trials = [] } = settings.get(name) ?? {};
  const idle = [...params].filter(([key]) => trials.length > 0 && trials.every((trial) => trial.params.has(key)));
  return idle.flatMap(([key, values]) => values.map(({ source }) => ({ where: source(), message: NO_EFFECT.eachTrialSets(name, key) })));
}

/** Params of a load shape, which trials do not follow. */
function shapeOfTrials({ settings }: Options, { name, params }: Entry): Problem[] {
  const { params: own = [], trials = [] } = settings.get(name) ?? {};
  if (trials.length === 0 || !['shape', 'shape-period'].every((shape) => params.some(({ key }) => key === shape))) return [];
  const common = [...own].filter(([key]) => !trials.every((trial) => trial.params.has(key)));
  const shapes = [...common, ...trials.flatMap((trial) => [...trial.params])].filter(([key]) => /^shape(-|$)/.test(key));
  return shapes.flatMap(([, values]) => values.map(({ source }) => ({ where: source(), message: NO_EFFECT.shapeOfTrials(name) })));
}

function fixedCount({ settings }: Options, { name }: Entry): Problem[] {
  const given = settings.get(name)?.own.get('vm_count') ?? [];
  return given.map(({ where }) => ({ where: where(), message: NO_EFFECT.fixedCountOf(name) }));
}

function isAllowed(options: Options, entry: Entry): boolean {
  return options.allowAccess.includes(entry.entry) && powerProblems(entry, options).length > 0;
}

function isCounted({ roles }: Entry): boolean {
  return roles.some(({ vmCount }) => vmCount === undefined);
}

function hasDisks(roles: readonly RolePlan[]): boolean {
  return roles.some(({ disks }) => disks.length > 0);
}

function hasVirtioCard({ networks }: RolePlan): boolean {
  return networks === undefined || networks.some(({ model }) => model === 'virtio');
}

function flag({ place, origin }: Options, key: OptionKey, applies: boolean, message: string): Problem[] {
  return applies && origin(key) === 'flag' ? [{ where: place(key), message }] : [];
}

/** @returns one warning for all settings of a workload that is not rendered; none if the file disables the workload, which is intended */
export function idleSettings(name: string, { enabled, own, params, place, trials, repeats, seed }: WorkloadSettings): Problem[] {
  const given = [
    ...[...params.values()].flat().map(({ origin, source }) => ({ origin, where: source })),
    ...[...own.values()].flat().map(({ origin, where }) => ({ origin, where: () => where() })),
    ...Object.entries({ trials, repeats, seed }).flatMap(([key, value]) =>
      value === undefined || !place ? [] : [{ origin: 'file', where: () => place(key) }],
    ),
  ];
  const places = given.flatMap(({ origin, where }) => (enabled || origin !== 'file' ? [where] : []));
  const [first, ...others] = places;
  if (first === undefined) return [];
  return [{ where: first(), message: notRendered(name, others.length) }];
}
