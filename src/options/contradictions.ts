import type { Problem } from '../errors';
import { wrongAccessModes } from '../kubernetes/access-modes';
import type { Folded } from './fold';
import { imageUnused, NO_EFFECT, OMIT_ONE } from './messages';
import type { Given, Origin } from './origin';
import type { OptionKey } from './table';
import { wrongValue } from './value-messages';

/** From the strongest source to the weakest. */
const STRENGTH: readonly Origin[] = ['flag', 'env', 'file'];

/** Options that are good each but do not fit together. One that only has no effect gets a warning. */
export function contradictions(folded: Folded): { problems: Problem[]; warnings: Problem[] } {
  const { values } = folded;
  const modes = values.access_modes ?? [];
  const must = wrongAccessModes(modes);
  const image = imageBesideSource(folded);
  return {
    problems: [
      ...(must === undefined ? [] : [{ where: placeOf(folded, 'access_modes'), message: wrongValue(must, modes.join(', ')) }]),
      ...image.problems,
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

/** Where the value of an option was given; its key for a default. */
export function placeOf({ given }: Pick<Folded, 'given'>, key: OptionKey): string {
  return given[key][0]?.where() ?? key;
}

/** A boot source wins over an image. The user meant the image if it comes from a source of at least the same priority. */
function imageBesideSource(folded: Folded): { problems: Problem[]; warnings: Problem[] } {
  const [image] = folded.given.container_disk_image;
  const [source] = folded.given.boot;
  if (!image || !source || !folded.values.boot.startsWith('dataSource')) return { problems: [], warnings: [] };
  const rank = ({ origin }: Given) => STRENGTH.indexOf(origin);
  const problem = {
    where: image.where(),
    message: imageUnused(source.where(), String(source.value)),
  };
  return rank(image) <= rank(source) ? { problems: [{ ...problem, hint: OMIT_ONE }], warnings: [] } : { problems: [], warnings: [problem] };
}

function idle(folded: Folded, key: OptionKey, applies: boolean, message: string): Problem[] {
  return applies && folded.origins[key] !== 'default' ? [{ where: placeOf(folded, key), message }] : [];
}
