import type { Problem } from '../errors';
import { wrongAccessModes } from '../kubernetes/access-modes';
import type { DocumentPath } from '../yaml/yaml-file';
import type { Folded } from './fold';
import { CPU_TWICE, decidedByInstancetype, imageUnused, NO_EFFECT, OMIT_ONE } from './messages';
import type { Origin } from './origin';
import type { OptionKey } from './table';
import { wrongValue } from './value-messages';

/** From the strongest source to the weakest. */
const STRENGTH: readonly Origin[] = ['flag', 'env', 'file'];

/**
 * Options that are good each but do not fit together. One that only has no effect gets a warning.
 * @param general the options of all workloads, if those of one workload are checked
 */
export function contradictions(folded: Folded, general: Folded = folded): { problems: Problem[]; warnings: Problem[] } {
  const { values } = folded;
  const modes = values.access_modes ?? [];
  const must = wrongAccessModes(modes);
  const image = imageBesideSource(folded, general);
  return {
    problems: [
      ...(must === undefined ? [] : [{ where: placeOf(folded, 'access_modes'), message: wrongValue(must, modes.join(', ')) }]),
      ...image.problems,
      ...sizedTwice(folded, general),
    ],
    warnings: [
      ...image.warnings,
      ...idle(folded, 'write_password_hash', values.write_password_hash && values.ssh_password === undefined, NO_EFFECT.hash),
      ...idle(folded, 'timeout', !values.wait_for_ready, NO_EFFECT.timeout),
      ...idle(folded, 'audit_db', !values.audit, NO_EFFECT.auditDb),
      ...idle(folded, 'run', values.run_id !== undefined, NO_EFFECT.run),
    ],
  };
}

/**
 * Where the value of an option was given; its key for a default.
 * @param at a part of the value
 */
export function placeOf({ given }: Pick<Folded, 'given'>, key: OptionKey, at?: DocumentPath): string {
  return given[key][0]?.where(at) ?? key;
}

/**
 * A boot source wins over an image. The user meant the image if it comes from a source of at least the same priority. The image of all workloads
 * beside the boot source of one is meant for the others.
 */
function imageBesideSource(folded: Folded, general: Folded): { problems: Problem[]; warnings: Problem[] } {
  const [image] = folded.given.container_disk_image;
  const [source] = folded.given.boot;
  if (!image || !source || !folded.values.boot.startsWith('dataSource')) return { problems: [], warnings: [] };
  const rank = (key: OptionKey) => priority(folded, general, key);
  const problem = {
    where: image.where(),
    message: imageUnused(source.where(), String(source.value)),
  };
  if (rank('container_disk_image') <= rank('boot')) return { problems: [{ ...problem, hint: OMIT_ONE }], warnings: [] };
  const isForOthers = isOwn(folded, general, 'boot') && !isOwn(folded, general, 'container_disk_image');
  return { problems: [], warnings: isForOthers ? [] : [problem] };
}

/** What an instancetype decides. */
const SIZES = ['cpu_cores', 'memory', 'cpu', 'max_sockets', 'hugepages', 'resources'] as const;

/**
 * An instancetype decides about CPUs and memory, and the topology of `cpu` about the number of CPUs. What a source with a lower priority
 * states is meant for other workloads.
 */
function sizedTwice(folded: Folded, general: Folded): Problem[] {
  const { values } = folded;
  const rank = (key: OptionKey) => priority(folded, general, key);
  const placed = (key: OptionKey, message: string) => ({ where: placeOf(folded, key), message, hint: OMIT_ONE });
  const { instancetype, cpu = {} } = values;
  const ofInstancetype = SIZES.filter((key) => rank(key) <= rank('instancetype') && rank(key) < NOT_GIVEN);
  const isTopology = cpu.sockets !== undefined || cpu.cores !== undefined || cpu.threads !== undefined;
  return [
    ...(instancetype === undefined ? [] : ofInstancetype.map((key) => placed(key, decidedByInstancetype(instancetype.name)))),
    ...(isTopology && rank('cpu_cores') <= rank('cpu') ? [placed('cpu_cores', CPU_TWICE)] : []),
  ];
}

const NOT_GIVEN = 9;

/** Where the value of an option comes from, the source with the highest priority first. */
function priority(folded: Folded, general: Folded, key: OptionKey): number {
  const [first] = folded.given[key];
  if (first === undefined) return NOT_GIVEN;
  const own = isOwn(folded, general, key);
  if (first.origin === 'file') return own ? 3 : 4;
  return own ? 0 : 1 + STRENGTH.indexOf(first.origin);
}

/** Whether a workload states the value itself. */
function isOwn({ given }: Folded, general: Folded, key: OptionKey): boolean {
  const [first] = given[key];
  return first !== undefined && given !== general.given && !general.given[key].includes(first);
}

function idle(folded: Folded, key: OptionKey, applies: boolean, message: string): Problem[] {
  return applies && folded.origins[key] !== 'default' ? [{ where: placeOf(folded, key), message }] : [];
}
