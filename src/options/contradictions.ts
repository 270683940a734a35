import type { Problem } from '../errors';
import { wrongAccessModes } from '../kubernetes/access-modes';
import type { Folded, Given } from './fold';
import type { Origin } from './origin';
import type { OptionKey } from './table';

/** From the strongest source to the weakest. */
const STRENGTH: readonly Origin[] = ['flag', 'env', 'file'];

/** Options that each are good and do not go together. What only has no effect is a warning. */
export function contradictions(folded: Folded): { problems: Problem[]; warnings: Problem[] } {
  const { values } = folded;
  const modes = values.access_modes ?? [];
  const must = wrongAccessModes(modes);
  const image = imageBesideSource(folded);
  return {
    problems: [
      ...(must === undefined ? [] : [{ where: placeOf(folded, 'access_modes'), message: `must ${must}, got ${modes.join(', ')}` }]),
      ...image.problems,
    ],
    warnings: [
      ...image.warnings,
      ...idle(folded, 'write_password_hash', values.write_password_hash && values.ssh_password === undefined, 'without a password'),
      ...idle(folded, 'timeout', !values.wait_for_ready, 'because nothing waits'),
      ...idle(folded, 'audit_db', !values.audit, 'because no record is kept'),
      ...idle(folded, 'run', values.run_id !== undefined, 'beside run_id, which is the label itself'),
    ],
  };
}

/** Where the value of an option comes from; its key for a default. */
export function placeOf({ given }: Pick<Folded, 'given'>, key: OptionKey): string {
  return given[key][0]?.where() ?? key;
}

/** An image that is at least as near to the user as the source that wins over it was meant. */
function imageBesideSource(folded: Folded): { problems: Problem[]; warnings: Problem[] } {
  const [image] = folded.given.container_disk_image;
  const [source] = folded.given.boot;
  if (!image || !source || !folded.values.boot.startsWith('dataSource')) return { problems: [], warnings: [] };
  const rank = ({ origin }: Given) => STRENGTH.indexOf(origin);
  const problem = {
    where: image.where(),
    message: `has no effect: ${source.where()} boots from ${String(source.value)}, not from an image`,
  };
  return rank(image) <= rank(source)
    ? { problems: [{ ...problem, hint: 'omit one of the two' }], warnings: [] }
    : { problems: [], warnings: [problem] };
}

function idle(folded: Folded, key: OptionKey, applies: boolean, why: string): Problem[] {
  return applies && folded.origins[key] !== 'default' ? [{ where: placeOf(folded, key), message: `has no effect ${why}` }] : [];
}
