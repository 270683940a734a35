import type { Problem } from '../errors';
import type { Manifest } from './render';

/** Everything that is wrong with an object. */
export function validateObject(_file: string, _manifest: Manifest): Problem[] {
  return [];
}
