import { loadAll } from 'js-yaml';
import type { Manifest } from '../../src/validation/manifest';
import { outputOf } from './run';

/** The objects that kubectl builds from a folder. */
export function kustomize(dir: string): Manifest[] {
  return loadAll(outputOf('kubectl', ['kustomize', dir])) as Manifest[];
}
