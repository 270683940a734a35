import { loadPlan } from '../../src/load-plan';
import type { Plan } from '../../src/plan/plan';
import type { RenderedFile } from '../../src/synth/rendered-file';
import { ROOT, tempDir } from './places';

export { ROOT, tempDir };

/** The plan for some flags, independent of the environment and the working directory of the test. */
export async function planOf(flags: { readonly [flag: string]: unknown } = {}): Promise<Plan> {
  return (await loadPlan({ flags, env: {}, cwd: tempDir() })).plan;
}

export function textOf(file: RenderedFile | undefined): string {
  return [...(file?.text() ?? [])].join('');
}
