import { execFileSync } from 'node:child_process';
import { loadAll } from 'js-yaml';
import type { Manifest } from '../../src/synth/render';

/** What kubectl makes of a folder. */
export function kustomize(dir: string): Manifest[] {
  return loadAll(execFileSync('kubectl', ['kustomize', dir], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })) as Manifest[];
}
